"""What a person types: single keys where the terminal can give them, lines elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TextIO

_MOST: Final = 4096
_STEP: Final = 0.2
"""Seconds after which a Ctrl-C is noticed that came in the instant before a read, which would go on waiting."""
END: Final = "\x04"
"""What stands for the end of what is typed: Ctrl-D."""


@contextmanager
def single_keys(stream: TextIO) -> Iterator[None]:
    """While it lasts, keys come without Return and are not shown; what was typed before it is forgotten.

    Ctrl-C stays what it is. Where there is no such terminal, lines are read instead.
    """
    try:
        import termios
        import tty
    except ImportError:
        yield
        return
    before = termios.tcgetattr(stream.fileno())
    try:
        tty.setcbreak(stream.fileno(), termios.TCSAFLUSH)
        yield
    finally:
        termios.tcsetattr(stream.fileno(), termios.TCSADRAIN, before)


def key(stream: TextIO) -> str:
    """The key that is pressed, in lower case; `\\n` for Return, END where nothing can come any more.

    What comes as several characters (an arrow, a paste) is nobody's answer, and comes as it is.
    """
    typed = _typed(stream)
    return (typed.strip(" \r\n").lower() or "\n") if typed else END


def line(stream: TextIO) -> str | None:
    """A line, without its end; None where nothing can come any more."""
    typed = _typed(stream)
    return typed.rstrip("\r\n") if typed else None


def _typed(stream: TextIO) -> str:
    # Windows waits for sockets only.
    if sys.platform != "win32":
        from select import select

        while not select((stream,), (), (), _STEP)[0]:
            pass
    return os.read(stream.fileno(), _MOST).decode("utf-8", errors="replace")
