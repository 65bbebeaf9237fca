"""A repository: its files, parsed when they are asked for."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from immichlint.named_tuple import NamedTuple
from immichlint.repo.classify import (
    KUSTOMIZATION_NAMES,
    OURS,
    is_data,
    is_kustomization,
    is_ours,
    parent,
)
from immichlint.repo.files import File, Files
from immichlint.repo.haystack import Haystack
from immichlint.text import SourceText

if TYPE_CHECKING:
    from immichlint.repo.reading import Reading

T = TypeVar("T")

_OF_NAMES: Final = ("folders", "remotes", "paths", "kustomizations", "by_folder", "_kustomization_of")
"""What follows from the names of the files alone."""


class Looked(NamedTuple):
    """What an answer rests on: the files whose text was looked at, and the marks that files were searched for, any of
    several."""

    files: set[str]
    searches: set[tuple[bytes, ...]]

    def add(self, other: Looked) -> None:
        """Take in what another answer rests on."""
        self.files.update(other.files)
        self.searches.update(other.searches)

    def lasts(self, before: Repository, after: Repository, changed: Iterable[str]) -> bool:
        """Whether other texts in some files change nothing of it."""
        if not self.files.isdisjoint(changed):
            return False
        return all(before.finds(path, marks) == after.finds(path, marks) for path in changed for marks in self.searches)


class Answer(NamedTuple):
    """An answer that took work, and what it rests on."""

    value: Any
    looked: Looked


class Repository:
    """The files below a root. Paths are relative to it, with forward slashes.

    `others`: reads a file of another kind than those that hold manifests (an env file), None where there is none.
    """

    def __init__(
        self,
        files: Files,
        remotes: Callable[[], tuple[str, ...]] = tuple,
        others: Callable[[str], File | None] = lambda path: None,
    ) -> None:
        self._files = files
        self._remotes = remotes
        self._others = others
        self._read_others: dict[str, File | None] = {}
        self._answers: dict[tuple[Hashable, ...], Answer] = {}
        self._looked: Looked | None = None
        self._readings: dict[str, Reading] = {}
        self._judged: tuple[str, ...] | None = None

    @cached_property
    def remotes(self) -> tuple[str, ...]:
        """The URLs from which Git fetches it; empty where nothing tells."""
        return self._remotes()

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """All files, in order."""
        return self._files.paths()

    def __contains__(self, path: str) -> bool:
        return path in self._files

    def remember(self, key: tuple[Hashable, ...], make: Callable[[], T]) -> T:
        """An answer that takes work, made once. It is the same one in a repository with other texts as long as they
        are in no file that was looked at; so it must not refer to this repository."""
        known = self._answers.get(key)
        if known is None:
            outer, self._looked = self._looked, Looked(set(), set())
            try:
                known = self._answers[key] = Answer(make(), self._looked)
            finally:
                inner, self._looked = self._looked, outer
                if outer is not None:
                    outer.add(inner)
        elif self._looked is not None:
            self._looked.add(known.looked)
        value: T = known.value
        return value

    def _look(self, path: str) -> None:
        if self._looked is not None:
            self._looked.files.add(path)

    def raw(self, path: str) -> bytes:
        """The bytes of a file; empty where it was not read."""
        self._look(path)
        return self._files.raw(path)

    def file(self, path: str) -> File | None:
        """A file of any kind, read when it is asked for; None where there is none."""
        self._look(path)
        if path in self._files:
            return self._files[path]
        if path not in self._read_others:
            self._read_others[path] = self._others(path)
        return self._read_others[path]

    def resolved(self, path: str) -> str:
        """The path of what is at a path when links inside the root are followed, as they may be in every folder."""
        links = self._files.links
        for _ in links:
            link = next((link for link in links if path == link or path.startswith(f"{link}/")), None)
            if link is None:
                break
            path = posixpath.normpath(posixpath.join(links[link], path[len(link) :].lstrip("/")))
        return "" if path == "." else path

    def links_to(self, path: str) -> Iterator[str]:
        """The other paths under which something is found through links inside the root."""
        for link, target in self._files.links.items():
            if path == target or path.startswith(f"{target}/" if target else ""):
                yield posixpath.normpath(posixpath.join(link, path[len(target) :].lstrip("/")))

    def unread(self) -> tuple[File, ...]:
        """The files whose bytes could not be had, in order."""
        return tuple(file for _, file in sorted(self._files.unread.items()))

    def judged(self) -> tuple[str, ...]:
        """The files that name Immich or CloudNativePG and may hold what is applied."""
        if self._looked is not None:
            self._looked.searches.add(OURS)
        if self._judged is None:
            self._judged = tuple(filter(self._is_judged, self._files.manifests.perhaps_ours()))
        return self._judged

    def finds(self, path: str, marks: tuple[bytes, ...]) -> bool:
        """Whether a file is found where others are searched for these marks."""
        return self._is_judged(path) if marks == OURS else any(mark in self._files.raw(path) for mark in marks)

    def _is_judged(self, path: str) -> bool:
        raw = self._files.raw(path)
        return is_ours(raw) and not is_data(path, raw)

    def containing(self, needle: bytes, *others: bytes) -> tuple[str, ...]:
        """The files whose bytes contain a text, and all of some others: the first should be the rarest."""
        found = self.manifests_containing(needle, *others)
        data = _with_all(self._files.data, needle, *others)
        return tuple(sorted((*found, *data))) if data else found

    def manifests_containing(self, needle: bytes, *others: bytes) -> tuple[str, ...]:
        """Those of them that may hold manifests: JSON data may not."""
        if self._looked is not None:
            self._looked.searches.update((text,) for text in (needle, *others))
        return _with_all(self._files.manifests, needle, *others)

    @cached_property
    def kustomizations(self) -> tuple[str, ...]:
        """The kustomization files."""
        likely = [path for path in self.paths if path.endswith(KUSTOMIZATION_NAMES)]
        return tuple(filter(is_kustomization, likely))

    @cached_property
    def by_folder(self) -> Mapping[str, Sequence[str]]:
        """The files that lie in each folder that has any; the root is the empty name."""
        found: dict[str, list[str]] = {}
        for path in self.paths:
            found.setdefault(path.rpartition("/")[0], []).append(path)
        return found

    @cached_property
    def _kustomization_of(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for path in self.kustomizations:
            folder = parent(path)
            if folder not in found or _precedence(path) < _precedence(found[folder]):
                found[folder] = path
        return found

    def kustomization_in(self, folder: str) -> str | None:
        """The kustomization file of a folder."""
        return self._kustomization_of.get(folder)

    def is_folder(self, path: str) -> bool:
        """Whether any file lies below a folder."""
        return bool(self.paths) if not path else path in self.folders

    @cached_property
    def folders(self) -> frozenset[str]:
        """The folders that files lie in, and those above them; the root is none."""
        found: set[str] = set()
        for folder in self.by_folder:
            while folder and folder not in found:
                found.add(folder)
                folder = parent(folder)
        return frozenset(found)

    def read(self, path: str) -> Reading:
        """A file, parsed once."""
        self._look(path)
        reading = self._readings.get(path)
        if reading is None:
            reading = self._readings[path] = self._read(path)
        return reading

    def _read(self, path: str) -> Reading:
        from immichlint.repo.reading import as_text, parsed  # most runs parse nothing

        return parsed(path, self._files[path]) if path in self else as_text(path, self.file(path))

    def with_texts(self, texts: Mapping[str, SourceText]) -> Repository:
        """The repository as it would be with other texts in some files; everything else is shared."""
        files = self._files.with_texts({path: source.encode() for path, source in texts.items()})
        changed = Repository(files, self._remotes, self._others)
        changed._readings = {path: reading for path, reading in self._readings.items() if path not in texts}
        judged = {*self.judged()} - texts.keys() | {path for path in texts if changed._is_judged(path)}
        changed._judged = tuple(sorted(judged))
        if all(path in self._files for path in texts):
            # Which files there are is the same, so what was asked of names alone is.
            changed.__dict__ |= {name: self.__dict__[name] for name in _OF_NAMES if name in self.__dict__}
            changed._answers = {
                key: answer for key, answer in self._answers.items() if answer.looked.lasts(self, changed, texts)
            }
        return changed


def _with_all(haystack: Haystack, needle: bytes, *others: bytes) -> tuple[str, ...]:
    found = haystack.containing(needle)
    for text in others:
        found = haystack.among(found, text)
    return found


def _precedence(path: str) -> int:
    """Which of several kustomizations of a folder holds: the one with the least."""
    return KUSTOMIZATION_NAMES.index(path.rpartition("/")[2])


def sharing(files: Files, other: Repository) -> Repository:
    """A repository of other files; what it has in common with another one is read once."""
    made = Repository(files)
    made._readings = {
        path: reading for path, reading in other._readings.items() if path in made and made.raw(path) == other.raw(path)
    }
    return made
