"""What the terminal can do: its width, and whether colours are wanted."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final, TextIO

from immichlint.report.settings import DEFAULT_WIDTH

_MOST_DIGITS: Final = 9
NARROWEST: Final = 40
WIDEST: Final = 120
"""Lines longer than this are hard to read, however wide the terminal."""


def width(stream: TextIO, environment: Mapping[str, str]) -> int:
    """The columns to use: COLUMNS, else the terminal's, else 80; between 40 and 120."""
    told = environment.get("COLUMNS", "")
    is_told = told.isascii() and told.isdigit() and len(told) <= _MOST_DIGITS
    columns = int(told) if is_told else _terminal_columns(stream)
    return min(max(columns or DEFAULT_WIDTH, NARROWEST), WIDEST)


def _terminal_columns(stream: TextIO) -> int:
    if not stream.isatty():
        return 0
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except OSError:
        return 0


def color(wish: str, stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether to write colours. `wish`: always, never, or auto, which asks NO_COLOR (https://no-color.org),
    then FORCE_COLOR, then whether the stream is a terminal that knows colours."""
    if wish != "auto":
        return wish == "always"
    if environment.get("NO_COLOR"):
        return False
    if forced := environment.get("FORCE_COLOR"):
        return forced != "0"
    return stream.isatty() and environment.get("TERM") != "dumb"
