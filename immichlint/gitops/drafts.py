"""Drafts: files of ours that nothing applies, and why."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection
from typing import Final

from immichlint.facts import load
from immichlint.gitops.environment import Draft, Idle
from immichlint.repo.repository import Repository

_NUMBERING: Final = "0123456789_-"


def is_put_away(folder: str) -> bool:
    """Whether a folder's name says that what is in it is not in use."""
    names = load("draft_folders")["names"]
    return any(
        part.strip(_NUMBERING) in names or (part.startswith(".") and len(part) > 1) for part in folder.split("/")
    )


def draft(repository: Repository, path: str, put_away: Collection[str] = ()) -> Draft | None:
    """The draft that a file is which took part in nothing; None where it may be applied by hand or otherwise.

    `put_away`: files of kustomizations that are put away.
    """
    folder = posixpath.dirname(path)
    if path in put_away or is_put_away(folder):
        return Draft(path, Idle.PUT_AWAY)
    beside = repository.kustomization_in(folder)
    if beside is None:
        return None
    why = Idle.COMMENTED if _in_a_comment(repository.raw(beside), path[len(folder) :].lstrip("/")) else Idle.UNLISTED
    return Draft(path, why, beside)


def _in_a_comment(raw: bytes, entry: str) -> bool:
    """Whether a kustomization has an entry of a list, commented out."""
    written = rb"^\s*#[\s#]*-\s*[\"']?(?:\./)?" + re.escape(entry.encode()) + rb"/?[\"']?\s*(?:#|$)"
    return re.search(written, raw, re.MULTILINE) is not None
