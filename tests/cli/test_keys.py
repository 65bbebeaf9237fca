"""Single keys: what is typed, and a Ctrl-C that no read is told of."""

from __future__ import annotations

import os
import signal
import sys
import threading
from _thread import interrupt_main
from collections.abc import Iterator
from typing import TextIO

import pytest

from immichlint.cli.keys import END, key, line

UNTIL_IT_WOULD_HANG = 5.0


@pytest.fixture
def typed() -> Iterator[tuple[int, TextIO]]:
    """A descriptor to write to, and the stream that reads it."""
    reading, writing = os.pipe()
    with open(reading, encoding="utf-8") as stream:  # noqa: PTH123 - a descriptor
        yield writing, stream
        os.close(writing)


@pytest.mark.parametrize(
    ("written", "pressed"), [(b"Y", "y"), (b"\n", "\n"), (b"\r", "\n"), (b"\x1b[A", "\x1b[a"), (b"\xff", "\ufffd")]
)
def test_a_key(typed: tuple[int, TextIO], written: bytes, pressed: str) -> None:
    os.write(typed[0], written)
    assert key(typed[1]) == pressed


def test_nothing_can_come_any_more() -> None:
    with open(os.devnull, encoding="utf-8") as stream:  # noqa: PTH123 - no Path is needed
        assert key(stream) == END
        assert line(stream) is None


@pytest.mark.skipif(sys.platform == "win32", reason="a read of Windows' console is told of Ctrl-C")
def test_a_ctrl_c_right_before_a_read_is_noticed(typed: tuple[int, TextIO]) -> None:
    # What starts in the background of a shell ignores Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    # It is noted, but interrupts no read: so it is where it comes in the instant before one.
    threading.Timer(0.05, interrupt_main).start()
    unblocks = threading.Timer(UNTIL_IT_WOULD_HANG, os.write, (typed[0], b"y"))
    unblocks.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            key(typed[1])
    finally:
        signal.signal(signal.SIGINT, before)
    in_time = unblocks.is_alive()
    unblocks.cancel()
    assert in_time
