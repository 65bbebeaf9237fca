"""Drafts: files of ours that nothing applies, and why."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator
from typing import Final

from immichlint.facts import load
from immichlint.gitops.environment import Draft, Idle
from immichlint.gitops.reach import listed
from immichlint.repo.repository import Repository

_NUMBERING: Final = "0123456789_-"


def is_put_away(folder: str) -> bool:
    """Whether a folder's name says that what is in it is not in use."""
    names = load("draft_folders")["names"]
    return any(
        part.strip(_NUMBERING) in names or (part.startswith(".") and len(part) > 1) for part in folder.split("/")
    )


def is_pattern(path: str) -> bool:
    """Whether a file's name says that another one is made of it: `backup.template.yaml`, `secret_example.yaml`."""
    name, words = posixpath.basename(path).lower(), load("draft_folders")
    said = {*name.split(".")[1:]} & {*words["patterns"]}
    return bool(said or {*re.split(r"[._-]", name)} & {*words["examples"]})


def left_out(repository: Repository, path: str) -> Draft | None:
    """Why the nearest kustomization that could list a file or a folder does not; None where there is none."""
    above = _above(repository, path)
    if above is None:
        return None
    folder = posixpath.dirname(above)
    inner = path[len(folder) :].lstrip("/")
    if _in_a_comment(repository.raw(above), inner):
        return Draft(path, Idle.COMMENTED, above)
    if _leads(repository, above, path):
        further = left_out(repository, folder) if folder else None
        commented = further is not None and further.why is Idle.COMMENTED
        return (
            Draft(path, Idle.COMMENTED, further.kustomization)
            if commented and further
            else Draft(path, Idle.UNREACHED, above)
        )
    return Draft(path, Idle.UNLISTED, above)


def _above(repository: Repository, path: str) -> str | None:
    """The nearest kustomization above a file or a folder."""
    folder = posixpath.dirname(path)
    while True:
        found = repository.kustomization_in(folder)
        if found is not None and found != path:
            return found
        if not folder:
            return None
        folder = posixpath.dirname(folder)


def _leads(repository: Repository, kustomization: str, path: str) -> bool:
    """Whether a kustomization lists a path, or a folder on the way to it."""
    entries = listed(repository, kustomization)
    folder = posixpath.dirname(kustomization)
    while len(path) > len(folder):
        if path in entries:
            return True
        path = posixpath.dirname(path)
    return False


def draft(repository: Repository, path: str, applied: Collection[str] = ()) -> Draft | None:
    """The draft that a file is which took part in nothing; None where it may be applied by hand or otherwise.

    `applied`: the kustomizations of what an engine applies: the folders below them are theirs.
    """
    if is_put_away(posixpath.dirname(path)):
        return Draft(path, Idle.PUT_AWAY)
    found = left_out(repository, path)
    if found is None:
        return None
    beside = posixpath.dirname(found.kustomization) == posixpath.dirname(path)
    return found if beside or found.why is Idle.COMMENTED or found.kustomization in applied else None


def _in_a_comment(raw: bytes, inner: str) -> bool:
    """Whether a kustomization has an entry of a list that leads to a path, commented out."""
    return any(
        re.search(
            rb"^[ \t]*#[ \t#]*-[ \t]*[\"']?(?:\./)?" + re.escape(entry.encode()) + rb"/?[\"']?[ \t\r]*(?:#|$)",
            raw,
            re.M,
        )
        for entry in _leading_to(inner)
    )


def _leading_to(inner: str) -> Iterator[str]:
    """A path and the folders on the way to it."""
    while inner:
        yield inner
        inner = posixpath.dirname(inner)
