"""A line that says what is going on, while a run takes long."""

from __future__ import annotations

import os
from collections.abc import Callable
from time import monotonic
from types import TracebackType
from typing import Final, Self, TextIO

DELAY: Final = 0.5
"""Seconds before anything is shown."""
_PAUSE: Final = 0.1
_ERASE: Final = "\r\x1b[K"


class Progress:
    """Shows what it is told on a terminal, in one line, after half a second, and erases it at the end.

    On a stream that is no terminal it shows nothing. It is called with a few words, or with none to take
    the line away at once, as before a question.
    """

    __slots__ = ("_clock", "_next", "_shown", "_stream")

    def __init__(self, stream: TextIO, clock: Callable[[], float] = monotonic) -> None:
        self._stream = stream if stream.isatty() and os.environ.get("TERM") != "dumb" else None
        self._clock = clock
        self._next = clock() + DELAY
        self._shown = False

    def __call__(self, text: str) -> None:
        """Show this text from now on, if it is time for it."""
        if self._stream is None:
            return
        if not text:
            self._erase()
            return
        now = self._clock()
        if now < self._next:
            return
        from immichlint.cli.terminal import width
        from immichlint.report.visible import visible

        self._next = now + _PAUSE
        self._shown = True
        self._stream.write(_ERASE + visible(text)[: width(self._stream, os.environ) - 1])
        self._stream.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._erase()

    def _erase(self) -> None:
        if self._stream is not None and self._shown:
            self._stream.write(_ERASE)
            self._stream.flush()
            self._shown = False
