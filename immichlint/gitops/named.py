"""Finding objects by their kind and name in a whole repository, by searching bytes before parsing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from immichlint.gitops.manifest import Manifest, manifests
from immichlint.repo.repository import Repository

# A reference to an object has its kind too, but not at the start of a document or a list item; JSON is flat.
_KIND: Final = re.compile(rb'(?:^(?:- |  )?{? ?kind|"kind"): *["\']?\Z', re.MULTILINE)
_ANY_KIND: Final = re.compile(rb'(?:^|[{,\s])"?kind"?: *["\']?\Z', re.MULTILINE)
_NAME: Final = re.compile(rb'(?:^|[{,\s])"?name"?: *["\']?\Z', re.MULTILINE)
_KEY_BYTES: Final = 64
_ENDS: Final = (b"", b"\n", b"\r", b" ", b"\t", b",", b"}", b"#", b'"', b"'")


def objects_named(repository: Repository, kind: str, name: str, group: str | None = None) -> tuple[Manifest, ...]:
    """The objects of this kind and name that any file defines, applied or not. `group`: their API group, empty for
    the core group, None where it may be any."""
    key = ("objects named", kind, name, group)
    return repository.remember(key, lambda: tuple(_search(repository, kind, name, group)))


def objects_of(repository: Repository, kind: str, group: str, text: str = "") -> tuple[Manifest, ...]:
    """The objects of this kind that any file defines, applied or not. `text`: only those of files that have it."""
    return repository.remember(("objects of", kind, group, text), lambda: tuple(_of(repository, kind, group, text)))


def _of(repository: Repository, kind: str, group: str, text: str) -> Iterator[Manifest]:
    # A definition of the kind has its group too, but is no object of that group. A text is asked for with many kinds.
    needles = (text, f"{group}/v" if group else "", kind)
    for path in repository.containing(*(needle.encode() for needle in needles if needle)):
        if has_kind(repository.raw(path), kind):
            for manifest in manifests(repository.read(path)):
                if manifest.kind == kind and manifest.group == group:
                    yield manifest


def _search(repository: Repository, kind: str, name: str, group: str | None) -> Iterator[Manifest]:
    if not kind or not name or "${" in name:
        return
    kinds, names = kind.encode(), name.encode()
    # Fewer files name an API group than an object that many refer to.
    for path in repository.containing(*([f"{group}/".encode()] if group else []), names):
        raw = repository.raw(path)
        if _is_value(raw, kinds, _KIND) and _is_value(raw, names, _NAME):
            for manifest in manifests(repository.read(path)):
                if manifest.kind == kind and manifest.name == name and group in (None, manifest.group):
                    yield manifest


def has_kind(raw: bytes, kind: str) -> bool:
    """Whether a text may have `kind` with this value anywhere."""
    return _is_value(raw, kind.encode(), _ANY_KIND)


def _is_value(raw: bytes, value: bytes, key: re.Pattern[bytes]) -> bool:
    """Whether a text has a line, or a part of one, that may give a key this value, in YAML or in JSON."""
    found = raw.find(value)
    while found >= 0:
        end = found + len(value)
        # Most of what is found is part of another word, or another key's value: the line before it tells.
        least = max(0, found - _KEY_BYTES)
        start = raw.rfind(b"\n", least, found) + 1 or least
        if raw[end : end + 1] in _ENDS and key.search(raw, start, found):
            return True
        found = raw.find(value, end)
    return False
