"""Searching all files of a repository for a text at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from copy import copy
from itertools import accumulate
from typing import Final

from immichlint.repo.classify import UTF_16

_LARGE: Final = 4096
"""Bytes from which on it costs less to search a file by itself than to have it in one text with others."""


class Haystack:
    """The bytes of all files, the small ones one after another: a search is few calls, not one for each file, and is
    made once. Files are in the order of their paths; so is what is found."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self._large = {path: raw for path, raw in files.items() if len(raw) >= _LARGE}
        small = {path: raw for path, raw in files.items() if len(raw) < _LARGE}
        self._paths = tuple(small)
        # No text that is searched for has a zero byte, so none is found across two files.
        self._text = b"\0".join(small.values())
        self._starts = list(accumulate([len(raw) + 1 for raw in small.values()], initial=0))
        self._changed: Mapping[str, bytes] = {}
        self._known: dict[bytes, tuple[str, ...]] = {}

    def containing(self, needle: bytes) -> tuple[str, ...]:
        """The files that contain a text."""
        found = self._known.get(needle)
        if found is None:
            # Where a part of it was found, it may be as a whole.
            part = next((known for known in self._known if known in needle), None)
            found = self._known[needle] = (
                _corrected(needle, self._search(needle), self._changed)
                if part is None
                else tuple([path for path in self._known[part] if needle in self._raw(path)])
            )
        return found

    def perhaps_ours(self) -> tuple[str, ...]:
        """All files that `is_ours` may tell to be so, and some others."""
        # "mmich" stands for what begins with a small letter and for what begins with a great one.
        found = {path for mark in (b"mmich", b"cnpg.io") for path in self.containing(mark)}
        found.update(path for path, raw in self._large.items() if raw.startswith(UTF_16))
        if b"\xff" in self._text or self._changed:
            found.update(path for mark in UTF_16 for path in self.containing(mark))
        return tuple(sorted(found))

    def with_texts(self, texts: Mapping[str, bytes]) -> Haystack:
        """The same with other bytes in some files, or with files that were not there; what is known stays known."""
        changed = copy(self)
        changed._changed = {**self._changed, **texts}
        changed._known = {needle: _corrected(needle, found, texts) for needle, found in self._known.items()}
        return changed

    def _raw(self, path: str) -> bytes:
        return self._changed[path] if path in self._changed else self.files[path]

    def _search(self, needle: bytes) -> tuple[str, ...]:
        found = [path for path, raw in self._large.items() if needle in raw]
        at = self._text.find(needle)
        while at >= 0:
            index = bisect_right(self._starts, at)
            found.append(self._paths[index - 1])
            at = self._text.find(needle, self._starts[index])
        return tuple(sorted(found) if self._large else found)


def _corrected(needle: bytes, found: tuple[str, ...], changed: Mapping[str, bytes]) -> tuple[str, ...]:
    """What is found where some files have other bytes."""
    now = {path for path, raw in changed.items() if needle in raw}
    if all((path in now) == (path in found) for path in changed):
        return found
    return tuple(sorted(({*found} - changed.keys()) | now))
