"""A program on a pseudo-terminal, driven by a test: wait for a text, press a key."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self

PATIENCE = 60.0
"""Seconds to wait for a text; only a failing test waits that long."""
# What starts in the background of a shell ignores Ctrl-C, and so would what it starts.
_PROGRAM = """
import fcntl, signal, sys, termios
signal.signal(signal.SIGINT, signal.default_int_handler)
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from immichlint.__main__ import main
main(sys.argv[1:])
"""


class PseudoTerminal:
    """`immichlint` with a terminal of its own, 100 columns wide, that Ctrl-C interrupts."""

    def __init__(self, folder: Path, *arguments: str, term: str = "xterm") -> None:
        self._near, far = pty.openpty()
        fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
        environment = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS")}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, *arguments],
            cwd=folder,
            stdin=far,
            stdout=far,
            stderr=far,
            env={**environment, "TERM": term, "PYTHONPATH": str(Path(__file__).parent.parent.parent)},
            start_new_session=True,
        )
        self.settings = termios.tcgetattr(far)
        self._far = far

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._near)
        os.close(self._far)

    def until(self, text: str) -> str:
        """What is shown from now on up to a text, which must come."""
        shown = ""
        end = monotonic() + PATIENCE
        while text not in shown:
            assert monotonic() < end, f"no {text!r} in:\n{shown}"
            assert select.select([self._near], [], [], 0.05)[0] or self._process.poll() is None, shown
            shown += self._read()
        return shown

    def press(self, keys: str) -> None:
        """What a person types."""
        os.write(self._near, keys.encode())

    def end(self) -> tuple[int, str]:
        """The exit code, and what is shown from now on."""
        shown = ""
        end = monotonic() + PATIENCE
        while self._process.poll() is None:
            assert monotonic() < end, f"it does not end:\n{shown}"
            shown += self._read()
        return self._process.returncode, shown + self._read()

    def is_restored(self) -> bool:
        """Whether the terminal is set as it was at first."""
        return termios.tcgetattr(self._far) == self.settings

    def _read(self) -> str:
        shown = b""
        while select.select([self._near], [], [], 0.02)[0]:
            shown += os.read(self._near, 65536)
        return shown.decode().replace("\r\n", "\n")
