"""Where applying starts: the Flux Kustomizations and the kustomizations that lead to some files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from immichlint.gitops.environment import FLUX
from immichlint.gitops.reach import Reach
from immichlint.repo.repository import Repository

_PATHS: Final = re.compile(rb"\bpath[\"']?:\s*[\"']?([^\s\"',#}]+)")


class Starts(NamedTuple):
    """`tops`: the folders with a kustomization that no other one lists. `way`: all folders with a kustomization
    between them and the files. `flux`: the files that may hold Flux Kustomizations on the way."""

    tops: tuple[str, ...]
    way: frozenset[str]
    flux: tuple[str, ...]


def starts(repository: Repository, files: Sequence[str], folders: Sequence[str]) -> Starts:
    """Where applying has to start so that some files and the kustomizations of some folders are reached."""
    reach = Reach(repository)
    named = {path: _folders(repository.raw(path)) for path in repository.containing(FLUX.encode())}
    found: dict[str, None] = {}
    while True:
        tops, way = reach.roots([*files, *found], folders)
        wanted = _with_parents([*way, *map(posixpath.dirname, files), *map(posixpath.dirname, found)])
        more = [path for path, paths in named.items() if path not in found and not wanted.isdisjoint(paths)]
        if not more:
            return Starts(tops, way, tuple(found))
        found.update(dict.fromkeys(more))


def _folders(raw: bytes) -> frozenset[str]:
    """The folders that a file's `path` fields name; those with variables may be any, and count as the root."""
    named = (match.decode("utf-8", "replace") for match in _PATHS.findall(raw))
    return frozenset("" if "${" in path else _normal(path) for path in named)


def _normal(path: str) -> str:
    folder = posixpath.normpath(path).strip("/")
    return "" if folder == "." else folder


def _with_parents(folders: Iterable[str]) -> set[str]:
    found = {""}
    for folder in folders:
        while folder not in found:
            found.add(folder)
            folder = posixpath.dirname(folder)
    return found
