"""Trees of lines, with guides that join what belongs together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from immichlint.named_tuple import NamedTuple
from immichlint.report.segments import DIM, PLAIN, Line, Segment, prose, wrap
from immichlint.report.visible import visible

_TEE: Final = "├─ "
_LAST: Final = "└─ "
_PIPE: Final = "│  "
_BLANK: Final = "   "


class Branch(NamedTuple):
    """A node. `text`: one paragraph, what stands in backticks being code. `where`: shown dimly behind it."""

    text: str
    where: str = ""
    below: tuple[Branch, ...] = ()
    style: str = PLAIN


def drawn(root: Branch, width: int) -> list[Line]:
    """The lines of a tree."""
    lines = wrap(_words(root), width)
    return [*lines, *_below(root.below, "", width)]


def _below(branches: Sequence[Branch], guide: str, width: int) -> Iterator[Line]:
    for index, branch in enumerate(branches):
        is_last = index == len(branches) - 1
        inner = guide + (_BLANK if is_last else _PIPE)
        first = (Segment(guide + (_LAST if is_last else _TEE), DIM),)
        rest = (Segment(inner + (_PIPE if branch.below else _BLANK), DIM),)
        yield from wrap(_words(branch), width, first, rest)
        yield from _below(branch.below, inner, width)


def _words(branch: Branch) -> Line:
    text = prose(branch.text.replace("\n", " "), branch.style)[0]
    return (*text, Segment(f" {visible(branch.where)}", DIM)) if branch.where else text


def group(title: str, branches: Iterable[Branch], style: str) -> tuple[Branch, ...]:
    """A titled branch; none where there is nothing below it."""
    below = tuple(branches)
    return (Branch(title, below=below, style=style),) if below else ()
