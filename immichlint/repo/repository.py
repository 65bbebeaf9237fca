"""A repository: its files, parsed when they are asked for."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, TypeVar

from immichlint.named_tuple import NamedTuple
from immichlint.repo.classify import (
    KUSTOMIZATION_NAMES,
    OURS,
    is_encrypted,
    is_kustomization,
    is_ours,
    looks_templated,
)
from immichlint.repo.walk import File
from immichlint.text import NotTextError, SourceText
from immichlint.yamltree.compose import compose
from immichlint.yamltree.errors import TooDeepError, TooLargeError, YamlError
from immichlint.yamltree.nodes import Document

T = TypeVar("T")

_PARSER_LIMIT: Final = "found unexpected ':'"
"""libyaml before 0.2 refuses `[http://x]`, which other parsers take: no claim that the file is wrong."""


class Trouble(StrEnum):
    """Why a file has no documents."""

    UNREAD = "unread"
    NOT_TEXT = "not text"
    ENCRYPTED = "encrypted"
    TEMPLATED = "templated"
    INVALID = "invalid"
    UNSUPPORTED = "unsupported"


class Reading(NamedTuple):
    """A file as it was read.

    `source` and `documents` are there when `trouble` is None; an invalid file has its source, and `offset` says
    where reading stopped. `derived`: what later steps make of the documents, kept because a repository with other
    texts in some files shares it; None where there are no documents.
    """

    path: str
    documents: tuple[Document, ...] = ()
    source: SourceText | None = None
    trouble: Trouble | None = None
    why: str = ""
    offset: int = 0
    derived: dict[str, Any] | None = None


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
        raws = [(before.raw(path), after.raw(path)) for path in changed]
        return all(_found(old, marks) == _found(new, marks) for old, new in raws for marks in self.searches)


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
        files: Mapping[str, File],
        remotes: Callable[[], tuple[str, ...]] = tuple,
        others: Callable[[str], File | None] = lambda path: None,
    ) -> None:
        self._links = {path: file.leads_to for path, file in files.items() if file.leads_to is not None}
        self._files = {path: file for path, file in files.items() if path not in self._links} if self._links else files
        self._remotes = remotes
        self._others = others
        self._read_others: dict[str, File | None] = {}
        self._answers: dict[tuple[Hashable, ...], Answer] = {}
        self._looked: Looked | None = None
        self._readings: dict[str, Reading] = {}
        self._ours: tuple[str, ...] | None = None

    @cached_property
    def remotes(self) -> tuple[str, ...]:
        """The URLs from which Git fetches it; empty where nothing tells."""
        return self._remotes()

    @property
    def paths(self) -> tuple[str, ...]:
        """All files, in order."""
        return tuple(self._files)

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
        file = self._files.get(path)
        return (file.raw or b"") if file is not None else b""

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
        for _ in self._links:
            link = next((link for link in self._links if path == link or path.startswith(f"{link}/")), None)
            if link is None:
                break
            path = posixpath.normpath(posixpath.join(self._links[link], path[len(link) :].lstrip("/")))
        return "" if path == "." else path

    def links_to(self, path: str) -> Iterator[str]:
        """The other paths under which something is found through links inside the root."""
        for link, target in self._links.items():
            if path == target or path.startswith(f"{target}/" if target else ""):
                yield posixpath.normpath(posixpath.join(link, path[len(target) :].lstrip("/")))

    def unread(self) -> Iterator[File]:
        """The files whose bytes could not be had."""
        return (file for file in self._files.values() if file.raw is None)

    def ours(self) -> tuple[str, ...]:
        """The files that name Immich or CloudNativePG."""
        if self._looked is not None:
            self._looked.searches.add(OURS)
        if self._ours is None:
            files = self._files.items()
            self._ours = tuple(path for path, file in files if file.raw is not None and is_ours(file.raw))
        return self._ours

    def containing(self, needle: bytes) -> tuple[str, ...]:
        """The files whose bytes contain a text."""
        if self._looked is not None:
            self._looked.searches.add((needle,))
        return tuple(path for path, file in self._files.items() if file.raw is not None and needle in file.raw)

    def kustomizations(self) -> tuple[str, ...]:
        """The kustomization files."""
        return tuple(path for path in self._files if is_kustomization(path))

    def kustomization_in(self, folder: str) -> str | None:
        """The kustomization file of a folder."""
        for name in KUSTOMIZATION_NAMES:
            path = posixpath.join(folder, name)
            if path in self._files:
                return path
        return None

    def is_folder(self, path: str) -> bool:
        """Whether any file lies below a folder."""
        return bool(self._files) if not path else path in self.folders

    @cached_property
    def folders(self) -> frozenset[str]:
        """The folders that files lie in, and those above them; the root is none."""
        found: set[str] = set()
        for path in self._files:
            folder = posixpath.dirname(path)
            while folder and folder not in found:
                found.add(folder)
                folder = posixpath.dirname(folder)
        return frozenset(found)

    def read(self, path: str) -> Reading:
        """A file, parsed once."""
        self._look(path)
        reading = self._readings.get(path)
        if reading is None:
            reading = self._readings[path] = _read(self._files.get(path), path) if path in self else self._other(path)
        return reading

    def _other(self, path: str) -> Reading:
        """A file that holds no manifests: its text alone."""
        file = self.file(path)
        if file is None or file.raw is None:
            return _read(file, path)
        try:
            return Reading(path, (), SourceText.decode(file.raw))
        except NotTextError as error:
            return Reading(path, (), None, Trouble.NOT_TEXT, str(error))

    def with_texts(self, texts: Mapping[str, SourceText]) -> Repository:
        """The repository as it would be with other texts in some files; everything else is shared."""
        files = dict(self._files)
        for path, source in texts.items():
            files[path] = File(path, source.encode())
        ordered = files if texts.keys() <= self._files.keys() else dict(sorted(files.items()))
        changed = Repository(ordered, self._remotes, self._others)
        changed._links = self._links
        changed._readings = {path: reading for path, reading in self._readings.items() if path not in texts}
        ours = {*self.ours()} - texts.keys() | {path for path in texts if is_ours(changed.raw(path))}
        changed._ours = tuple(path for path in changed._files if path in ours)
        if texts.keys() <= self._files.keys():
            # Which files there are is the same, so what was asked of names alone is.
            changed.__dict__ |= {name: self.__dict__[name] for name in ("folders", "remotes") if name in self.__dict__}
            changed._answers = {
                key: answer for key, answer in self._answers.items() if answer.looked.lasts(self, changed, texts)
            }
        return changed


def _found(raw: bytes, marks: tuple[bytes, ...]) -> bool:
    return is_ours(raw) if marks == OURS else any(mark in raw for mark in marks)


def sharing(files: Mapping[str, File], other: Repository) -> Repository:
    """A repository of other files; what it has in common with another one is read once."""
    made = Repository(files)
    made._readings = {
        path: reading for path, reading in other._readings.items() if path in made and made.raw(path) == other.raw(path)
    }
    return made


def _read(file: File | None, path: str) -> Reading:
    if file is None:
        return Reading(path, trouble=Trouble.UNREAD, why="there is no such file")
    if file.raw is None:
        return Reading(path, trouble=Trouble.UNREAD, why=file.unread)
    if is_encrypted(file.raw):
        return Reading(path, trouble=Trouble.ENCRYPTED, why="it is encrypted")
    try:
        source = SourceText.decode(file.raw)
    except NotTextError as error:
        shown = SourceText(file.raw.decode("utf-8", errors="replace"))
        offset = len(file.raw[: error.at].decode("utf-8"))
        return Reading(path, (), shown, Trouble.NOT_TEXT, str(error), offset)
    try:
        return Reading(path, tuple(compose(source)), source, derived={})
    except (TooDeepError, TooLargeError) as error:
        return Reading(path, (), source, Trouble.UNSUPPORTED, error.message, error.offset)
    except YamlError as error:
        if looks_templated(file.raw):
            why = "it is a template, which is not rendered"
            return Reading(path, (), source, Trouble.TEMPLATED, why, error.offset)
        if _PARSER_LIMIT in error.message:
            return Reading(path, (), source, Trouble.UNSUPPORTED, f"the parser stops: {error.message}", error.offset)
        return Reading(path, (), source, Trouble.INVALID, error.message, error.offset)
