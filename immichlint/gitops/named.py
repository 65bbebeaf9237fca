"""Finding objects by their kind and name in a whole repository, by searching bytes before parsing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from immichlint.gitops.manifest import Manifest, manifests
from immichlint.repo.repository import Repository


def objects_named(repository: Repository, kind: str, name: str) -> tuple[Manifest, ...]:
    """The objects of this kind and name that any file defines, applied or not."""
    key = ("objects named", kind, name)
    if key not in repository.looked_up:
        repository.looked_up[key] = tuple(_search(repository, kind, name))
    found: tuple[Manifest, ...] = repository.looked_up[key]
    return found


def objects_of(repository: Repository, kind: str, group: str) -> tuple[Manifest, ...]:
    """The objects of this kind that any file defines, applied or not."""
    key = ("objects of", kind, group)
    if key not in repository.looked_up:
        named = (path for path in repository.containing(kind.encode()) if group.encode() in repository.raw(path))
        repository.looked_up[key] = tuple(
            manifest
            for path in named
            for manifest in manifests(repository.read(path))
            if manifest.kind == kind and manifest.group == group
        )
    found: tuple[Manifest, ...] = repository.looked_up[key]
    return found


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
