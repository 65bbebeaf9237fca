"""Where applying starts: the Flux Kustomizations and the kustomizations that lead to some files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from immichlint.gitops.environment import ARGO, FLUX
from immichlint.gitops.reach import Reach
from immichlint.named_tuple import NamedTuple
from immichlint.repo.classify import parent
from immichlint.repo.repository import Repository

# A text at the start of an expression is found at once; a border of a word there is looked for at every byte.
_PATHS: Final = re.compile(rb"path(?<=\bpath)[\"']?:\s*[\"']?([^\s\"',#}]+(?:\}[^\s\"',#}]+)*)")
_FILES: Final = (".yaml", ".yml", ".json")


class Wanted:
    """What of a repository has to be read: some files, all that lies beside them, and kustomizations of folders;
    what those list, save the files of other applications' appliers.

    `own`: the folders of kustomizations that are those files' own, of which every folder that they list is read too.
    """

    def __init__(
        self, files: Collection[str], folders: Collection[str], unwanted: Collection[str], own: Collection[str]
    ) -> None:
        self._unwanted = frozenset(unwanted)
        self._beside = frozenset(map(parent, files))
        self._folders = frozenset(folders)
        self._own = frozenset(own)
        self._way = frozenset(_with_parents([*self._beside, *folders]))

    def takes(self, entry: str, *, own: bool = False) -> bool:
        """Whether a file or a folder has to be read that a kustomization lists; `own`: one that all is read of."""
        if entry.endswith(_FILES):
            return entry not in self._unwanted
        return own or entry in self._folders or "immich" in entry

    def owns(self, folder: str) -> bool:
        """Whether every folder that the kustomization of a folder lists has to be read."""
        return folder in self._own

    def leads(self, folder: str) -> bool:
        """Whether something that has to be read lies in a folder or is listed there."""
        return folder in self._way

    def beside(self, folder: str) -> bool:
        """Whether the manifests of a folder that no kustomization lists have to be read."""
        return folder in self._beside


class Starts(NamedTuple):
    """`tops`: the folders with a kustomization that no other one lists. `way`: all folders with a kustomization
    between them and the files. `flux` and `argo`: the files that may hold Flux Kustomizations and Applications
    that apply what is wanted."""

    tops: tuple[str, ...]
    way: frozenset[str]
    flux: tuple[str, ...]
    argo: tuple[str, ...]
    wanted: Wanted


def starts(repository: Repository, files: Sequence[str], folders: Sequence[str]) -> Starts:
    """Where applying has to start so that some files and the kustomizations of some folders are reached."""
    return repository.remember(("starts", tuple(files), tuple(folders)), lambda: _starts(repository, files, folders))


def _starts(repository: Repository, files: Sequence[str], folders: Sequence[str]) -> Starts:
    reach = Reach(repository)
    flux = repository.manifests_containing(f"{FLUX}/v".encode(), b"Kustomization")
    argo = repository.manifests_containing(f"{ARGO}/v".encode(), b"Application")
    named = {path: _folders(repository, path) for path in (*flux, *argo)}
    found = dict.fromkeys(path for path in named if path in files)
    while True:
        tops, way = reach.roots([*files, *found], folders)
        wanted = _with_parents([*way, *map(parent, files), *map(parent, found)])
        more = [path for path, paths in named.items() if path not in found and not wanted.isdisjoint(paths)]
        if not more:
            own = {parent(path) for path in files if path not in named}
            read = Wanted([*files, *found], way, named.keys() - found.keys() - set(files), own)
            return Starts(tops, way, _among(flux, found), _among(argo, found), read)
        found.update(dict.fromkeys(more))


def _among(paths: Iterable[str], found: Collection[str]) -> tuple[str, ...]:
    return tuple(path for path in paths if path in found)


def _folders(repository: Repository, path: str) -> frozenset[str]:
    """The folders that a file's `path` fields name; those with variables and patterns may be any, and count as the
    root."""
    return frozenset(map(_normal, paths_in(repository, path)))


def paths_in(repository: Repository, path: str) -> list[str]:
    """What a file's `path` fields say, as it is written; read once."""
    return repository.remember(("written paths", path), lambda: _written_paths(repository.raw(path)))


def _written_paths(raw: bytes) -> list[str]:
    return [match.decode("utf-8", "replace") for match in _PATHS.findall(raw)]


def may_be_applied(repository: Repository, folder: str) -> bool:
    """Whether a `path` field of any file names a folder, whoever reads it: the inputs of a ResourceSet, the elements of
    a generator, a chart's values. What stands after a variable is the end of such a path."""
    for path in repository.containing(posixpath.basename(folder).encode(), b"path"):
        for text in paths_in(repository, path):
            _, variable, rest = text.rpartition("}")
            if _normal(text) == folder or (variable and rest.strip("/") and folder.endswith(f"/{rest.strip('/')}")):
                return True
    return False


def _normal(path: str) -> str:
    if "${" in path or "{{" in path or "*" in path:
        return ""
    folder = path.removeprefix("./").strip("/")
    if "//" in folder or "." in folder:
        folder = posixpath.normpath(path).strip("/")
    return "" if folder == "." else folder


def _with_parents(folders: Iterable[str]) -> set[str]:
    """Some folders, and those above them up to the root."""
    found = {""}
    for folder in folders:
        while folder not in found:
            found.add(folder)
            folder = parent(folder)
    return found
