"""Text from users' files, made harmless for a terminal, and the columns it takes."""

from __future__ import annotations

import re
from typing import Final

_HARMFUL: Final = (
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
"""Control characters (C0, C1), what reorders or hides text (bidirectional controls, zero widths), what is no
character, surrogates."""

_REPLACEMENT: Final = "\ufffd"
_COMMANDS: Final = ("::", "##[", "##vso[")
_PICTURES: Final = 0x2400
_DELETE: Final = 0x7F
_TAB_STOP: Final = 4


def visible(text: str) -> str:
    """The text with each harmful character replaced by one that shows it; as many code points as before."""
    return text if text.isascii() and text.isprintable() else re.sub(_HARMFUL, lambda found: _picture(found[0]), text)


def no_command(line: str) -> str:
    """A line of output that a CI runner takes for no command (`::error::`, `##[error]`, `##vso[task]`), whatever of a
    user's text begins it; as many code points as before."""
    bare = line.lstrip()
    if not bare.startswith(_COMMANDS) or bare.startswith(":::"):
        return line
    return line[: -len(bare)] + _REPLACEMENT + bare[1:]


def visible_diff(text: str) -> str:
    """A diff as a terminal may show it: line ends and tabs are as they were."""
    return "\n".join("\t".join(map(visible, line.split("\t"))) for line in text.split("\n"))


def _picture(char: str) -> str:
    code = ord(char)
    if code < ord(" "):
        return chr(_PICTURES + code)
    return "\u2421" if code == _DELETE else _REPLACEMENT


def cells(text: str) -> int:
    """How many columns of a terminal a visible text takes."""
    return len(text) if text.isascii() else sum(map(_char_cells, text))


def _char_cells(char: str) -> int:
    if char.isascii():
        return 1
    from unicodedata import combining, east_asian_width

    if combining(char):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1


class DrawnLine:
    """A source line as it is drawn. `chars`: what is drawn for each of its code points (a tab is several
    blanks). `at`: the column, from 0, at which each begins, and at the end the width of the whole."""

    __slots__ = ("at", "chars")

    def __init__(self, line: str) -> None:
        self.chars: list[str] = []
        self.at = [0]
        column = 0
        for char in line:
            drawn = " " * (_TAB_STOP - column % _TAB_STOP) if char == "\t" else visible(char)
            self.chars.append(drawn)
            column += cells(drawn)
            self.at.append(column)

    def column(self, index: int) -> int:
        """The column at which a code point begins; past the end, the width of the line."""
        return self.at[min(index, len(self.chars))]

    def window(self, start: int, width: int) -> tuple[int, int]:
        """The code points, first and last (exclusive), that fit into `width` columns and show `start`."""
        if self.at[-1] <= width:
            return 0, len(self.chars)
        room = width - 2
        first = 0
        if self.column(start) > room * 3 // 4:
            from bisect import bisect_left

            first = bisect_left(self.at, self.column(start) - room // 3)
        last = first
        while last < len(self.chars) and self.at[last + 1] - self.at[first] <= room:
            last += 1
        return first, last
