"""GitHub code scanning's fingerprint of a line, `primaryLocationLineHash`.

Source: codeql-action's fingerprints.ts, as the facts on output contracts describe it. The hash of a line is
that of the next 100 UTF-16 units from its start on, over line ends, without spaces and tabs, CR and CRLF
counting as LF; the text ends in 65535, then zeros. What follows the colon numbers equal hashes of a file.
"""

from __future__ import annotations

import sys
from array import array
from typing import Final

_BLOCK: Final = 100
_BASE: Final = 37
_MASK: Final = (1 << 64) - 1
_END_OF_TEXT: Final = 65535
_LINE_FEED: Final = ord("\n")
_OLDEST: Final = pow(_BASE, _BLOCK, 1 << 64)
_UTF16: Final = "utf-16-le" if sys.byteorder == "little" else "utf-16-be"


def line_hashes(text: str) -> list[str]:
    """The hash of each line of a text, which begins with its byte order mark where it has one."""
    bare = text.replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
    units = array("H", bare.encode(_UTF16, "surrogatepass"))
    units.append(_END_OF_TEXT)
    starts = [0, *(index + 1 for index, unit in enumerate(units) if unit == _LINE_FEED)]
    units.extend([0] * _BLOCK)
    prefix = [0]
    value = 0
    for unit in units:
        value = (value * _BASE + unit) & _MASK
        prefix.append(value)
    seen: dict[int, int] = {}
    hashes: list[str] = []
    for start in starts:
        block = (prefix[start + _BLOCK] - _OLDEST * prefix[start]) & _MASK
        seen[block] = seen.get(block, 0) + 1
        hashes.append(f"{block:x}:{seen[block]}")
    return hashes
