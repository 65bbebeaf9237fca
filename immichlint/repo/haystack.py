"""Searching many files for a text at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from copy import copy
from typing import Final

from immichlint.repo.classify import UTF_16

_LARGE: Final = 4096
"""Bytes from which on it costs less to search a file by itself than to have it in one text with others."""


class Haystack:
    """The bytes of files. The small ones lie one after another in one text: a search is few calls, not one for each
    file, and none of them is an object of its own. All files are put there before the first search, which is made
    once. What is found is in the order of the paths."""

    def __init__(self) -> None:
        self._large: dict[str, bytes] = {}
        self._apart: dict[str, bytes] = {}
        """The bytes of the large files, of the changed ones, and of the small ones that somebody asked for."""
        self._small: dict[str, int] = {}
        self._paths: list[str] = []
        # No text that is searched for has a zero byte, so none is found across two files.
        self._text = bytearray()
        self._starts = [0]
        self._changed: Mapping[str, bytes] = {}
        self._known: dict[bytes, tuple[str, ...]] = {}

    def put(self, path: str, raw: bytes) -> None:
        """Add a file."""
        if len(raw) >= _LARGE:
            self._large[path] = self._apart[path] = raw
            return
        text, paths = self._text, self._paths
        self._small[path] = len(paths)
        paths.append(path)
        text += raw
        text.append(0)
        self._starts.append(len(text))

    def __contains__(self, path: str) -> bool:
        return path in self._small or path in self._apart

    def paths(self) -> list[str]:
        """All paths, in no order."""
        return [*self._small, *(path for path in self._apart if path not in self._small)]

    def raw(self, path: str) -> bytes | None:
        """The bytes of a file; None where it is not there."""
        raw = self._apart.get(path)
        if raw is None and (index := self._small.get(path)) is not None:
            raw = self._apart[path] = bytes(self._text[self._starts[index] : self._starts[index + 1] - 1])
        return raw

    def containing(self, needle: bytes) -> tuple[str, ...]:
        """The files that contain a text."""
        found = self._known.get(needle)
        if found is None:
            # Where a part of it was found, it may be as a whole.
            part = next((known for known in self._known if known in needle), None)
            found = self._known[needle] = (
                _corrected(needle, self._search(needle), self._changed)
                if part is None
                else self.among(self._known[part], needle)
            )
        return found

    def among(self, paths: Iterable[str], needle: bytes) -> tuple[str, ...]:
        """Those of some files that are there that contain a text."""
        apart, small, starts, find = self._apart, self._small, self._starts, self._text.find
        return tuple(
            [
                path
                for path in paths
                if (
                    needle in apart[path]
                    if path in apart
                    else find(needle, starts[index := small[path]], starts[index + 1] - 1) >= 0
                )
            ]
        )

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
        changed._apart = {**self._apart, **texts}
        changed._known = {needle: _corrected(needle, found, texts) for needle, found in self._known.items()}
        return changed

    def _search(self, needle: bytes) -> tuple[str, ...]:
        found = [path for path, raw in self._large.items() if needle in raw]
        text, starts = self._text, self._starts
        at = text.find(needle)
        while at >= 0:
            index = bisect_right(starts, at)
            found.append(self._paths[index - 1])
            at = text.find(needle, starts[index])
        return tuple(sorted(found))


def _corrected(needle: bytes, found: tuple[str, ...], changed: Mapping[str, bytes]) -> tuple[str, ...]:
    """What is found where some files have other bytes."""
    now = {path for path, raw in changed.items() if needle in raw}
    if all((path in now) == (path in found) for path in changed):
        return found
    return tuple(sorted(({*found} - changed.keys()) | now))
