"""Plain texts with colons in flow collections: `[https://x]`, `{scope: os:admin}`.

YAML 1.2 takes a colon for a part of a plain text where no blank or flow indicator follows it, and so do the parsers of
Kubernetes (go-yaml); libyaml refuses it inside of flow collections. A character that no text has in its place, which is
taken back in what is parsed, keeps every position as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from immichlint.named_tuple import NamedTuple

# After a quote or a bracket a colon ends a key, and a text begins with it after a blank.
_INNER: Final = re.compile(r"""(?<=[^\s"'\[\]{},]):(?=[^\s\[\]{},])""")
_PRIVATE: Final = range(0xE000, 0xF8FF)


class Veiled(NamedTuple):
    """A text whose colons inside of words are another character. `text`: of the same length."""

    text: str
    mark: str

    def unveiled(self, text: str) -> str:
        """A part of it as it is written."""
        return text.replace(self.mark, ":")


def veiled(text: str) -> Veiled | None:
    """The text for libyaml; None where there is nothing to veil, or nothing to do so with."""
    mark = next(_free(text), None)
    found = _INNER.sub(mark, text) if mark is not None else text
    return Veiled(found, mark) if mark is not None and found != text else None


def _free(text: str) -> Iterator[str]:
    """The characters for private use that a text has not."""
    used = set(text)
    return (mark for mark in map(chr, _PRIVATE) if mark not in used)
