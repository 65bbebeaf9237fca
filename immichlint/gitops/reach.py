"""Which kustomizations lead to a file: found by searching for its name, not by parsing them all."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from immichlint.gitops.kustomize.kustomization import generator_entries, is_remote, kustomization_tree
from immichlint.repo.classify import parent
from immichlint.repo.repository import Repository
from immichlint.trees.tree import Leaf, Map, Seq, Tree

_LISTS = ("resources", "bases", "components", "patchesStrategicMerge", "patches", "patchesJson6902", "crds")

_UPWARD: Final = re.compile(rb"\.\.(.*)")
"""What stands behind the first step up in a line."""
_AFTER_A_SLASH: Final = re.compile(rb"/([\w.-]*)")
"""What a part of a path begins with."""


class Reach:
    """Who lists what among the kustomizations of a repository."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._listed: dict[str, frozenset[str]] = {}
        self._in_folder = {parent(path): path for path in repository.kustomizations}
        # Only these can list what does not lie below their own folder.
        self._outward: dict[bytes, list[tuple[str, str]]] = {}
        for folder, path in self._in_folder.items():
            raw = repository.raw(path)
            for name in {name for rest in _UPWARD.findall(raw) for name in _AFTER_A_SLASH.findall(rest)}:
                self._outward.setdefault(name, []).append((folder, path))

    def listing(self, target: str) -> tuple[str, ...]:
        """The folders whose kustomization lists a file or a folder, perhaps through a link."""
        candidates: dict[tuple[str, str], None] = {}
        for known in (target, *self._repository.links_to(target)):
            candidates.update(dict.fromkeys(self._above(known)))
            candidates.update(dict.fromkeys(self._outside(known)))
        return tuple(folder for folder, path in candidates if folder != target and target in self._entries(path))

    def _above(self, target: str) -> Iterator[tuple[str, str]]:
        """The kustomizations of the folders above a target whose text has the path down to it."""
        folder = target
        while folder:
            folder = parent(folder)
            path = self._in_folder.get(folder)
            below = target[len(folder) + 1 if folder else 0 :].encode()
            if path is not None and below in self._repository.raw(path):
                yield folder, path

    def _outside(self, target: str) -> Iterator[tuple[str, str]]:
        """The kustomizations whose text has the end of a path that leads up and then down to a target: its name, and
        that of its folder where they do not lie below that folder themselves."""
        above, slash, name = target.rpartition("/")
        own, both = f"/{name}".encode(), f"/{above.rpartition('/')[2]}/{name}".encode()
        begun = _AFTER_A_SLASH.match(own)
        for folder, path in self._outward.get(begun[1], ()) if begun is not None else ():
            raw = self._repository.raw(path)
            if own in raw and (both in raw or folder.startswith(above + slash)):
                yield folder, path

    def roots(self, targets: Iterable[str], folders: Iterable[str] = ()) -> tuple[tuple[str, ...], frozenset[str]]:
        """The folders at which building has to start so that every target and the kustomization of every folder
        is reached, and all on the way."""
        tops: dict[str, None] = {}
        way: dict[str, tuple[str, ...]] = {}
        pending = [*folders, *(folder for target in targets for folder in self.listing(target))]
        while pending:
            folder = pending.pop()
            if folder in way:
                continue
            above = way[folder] = self.listing(folder)
            if above:
                pending += above
            else:
                tops[folder] = None
        covered = _below(tops, way)
        for folder in sorted(way):
            if folder not in covered:
                # Kustomizations that list each other: start at any of them, the builder stops at the cycle.
                start = _on_a_cycle(folder, way)
                tops[start] = None
                covered |= _below((start,), way)
        return tuple(sorted(tops)), frozenset(way)

    def _entries(self, path: str) -> frozenset[str]:
        found = self._listed.get(path)
        if found is None:
            # Other data than charts' values is nobody's way to what is applied: a dashboard names Immich too.
            found = self._listed[path] = _listed(self._repository, path, lambda name: "values" in name)
        return found


def listed(repository: Repository, path: str) -> frozenset[str]:
    """The files and folders that a kustomization lists, relative to the root."""
    return _listed(repository, path, lambda name: True)


def files_from(repository: Repository, folder: str, takes: Callable[[str], bool]) -> frozenset[str]:
    """The files that the kustomization of a folder leads to, its own included, as far as `takes` says yes to an entry:
    what `build` looks at, told without building it."""
    files: set[str] = set()
    pending = [folder]
    while pending:
        path = repository.kustomization_in(pending.pop())
        if path is None or path in files:
            continue
        files.add(path)
        entries = [entry for entry in listed(repository, path) if takes(entry)]
        files.update(entry for entry in entries if entry in repository)
        pending += (entry for entry in entries if entry not in repository)
    return frozenset(files)


def _listed(repository: Repository, path: str, is_meant: Callable[[str], bool]) -> frozenset[str]:
    """What a kustomization lists, with the files that its generators take whose names are meant."""
    tree = kustomization_tree(repository, path)
    if tree is None:
        return frozenset()
    sources = (item for item in _sources(tree, parent(path)) if is_meant(posixpath.basename(item)))
    return frozenset(map(repository.resolved, (*_targets(tree, parent(path)), *sources)))


def _below(tops: Iterable[str], above: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The folders that are reached from some; `above`: who lists each folder."""
    listed: dict[str, list[str]] = {}
    for folder, parents in above.items():
        for other in parents:
            listed.setdefault(other, []).append(folder)
    found: set[str] = set()
    pending = list(tops)
    while pending:
        folder = pending.pop()
        if folder not in found:
            found.add(folder)
            pending += listed.get(folder, ())
    return found


def _on_a_cycle(folder: str, above: Mapping[str, tuple[str, ...]]) -> str:
    """A folder that leads to itself and to another one, which no folder without a parent leads to."""
    seen: set[str] = set()
    while folder not in seen:
        seen.add(folder)
        folder = min(above[folder])
    return folder


def _targets(tree: Map, folder: str) -> Iterable[str]:
    for field in _LISTS:
        items = tree.items.get(field)
        for item in items.items if isinstance(items, Seq) else ():
            entry = _entry(item)
            if entry and "\n" not in entry and not is_remote(entry):
                target = posixpath.normpath(posixpath.join(folder, entry))
                yield "" if target == "." else target


def _sources(tree: Map, folder: str) -> Iterator[str]:
    """The files that a kustomization's generators put into ConfigMaps and Secrets."""
    for *_, entry in generator_entries(tree):
        from immichlint.gitops.kustomize.sources import listed_files

        yield from (path for _, path in listed_files(folder, entry))


def _entry(item: Tree) -> str:
    if isinstance(item, Map):
        item = item.items.get("path", item)
    return item.value if isinstance(item, Leaf) and isinstance(item.value, str) else ""
