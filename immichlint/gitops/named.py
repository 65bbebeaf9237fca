"""Finding objects by their kind and name in a whole repository, by searching bytes before parsing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from immichlint.gitops.manifest import Manifest, manifests
from immichlint.repo.repository import Repository


def objects_named(repository: Repository, kind: str, name: str) -> tuple[Manifest, ...]:
    """The objects of this kind and name that any file defines, applied or not."""
    return repository.remember(("objects named", kind, name), lambda: tuple(_search(repository, kind, name)))


def objects_of(repository: Repository, kind: str, group: str) -> tuple[Manifest, ...]:
    """The objects of this kind that any file defines, applied or not."""
    return repository.remember(("objects of", kind, group), lambda: tuple(_of(repository, kind, group)))


def _of(repository: Repository, kind: str, group: str) -> Iterator[Manifest]:
    for path in repository.containing(kind.encode()):
        if group.encode() in repository.raw(path):
            for manifest in manifests(repository.read(path)):
                if manifest.kind == kind and manifest.group == group:
                    yield manifest


def _search(repository: Repository, kind: str, name: str) -> Iterator[Manifest]:
    if not kind or not name or "${" in name:
        return
    # A reference to the object has its kind too, but not at the start of a document or a list item; JSON is flat.
    kinds = _line(rb'(?:^(?:- |  )?{? ?kind|"kind")', kind)
    names = _line(rb'(?:^|[{,\s])"?name"?', name)
    for path in repository.containing(name.encode()):
        raw = repository.raw(path)
        if kinds.search(raw) and names.search(raw):
            for manifest in manifests(repository.read(path)):
                if manifest.kind == kind and manifest.name == name:
                    yield manifest


def _line(key: bytes, value: str) -> re.Pattern[bytes]:
    """What a line that gives a key this value looks like, in YAML and in JSON."""
    written = re.escape(value).encode()
    return re.compile(key + rb': *["\']?' + written + rb'["\']?\s*(?:#|,|}|$)', re.MULTILINE)
