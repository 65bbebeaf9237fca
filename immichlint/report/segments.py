"""Styled text: what the text report is made of before it becomes plain, coloured or a picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from immichlint.named_tuple import NamedTuple
from immichlint.report.visible import cells, no_command, visible

PLAIN: Final = "plain"
ERROR: Final = "error"
WARNING: Final = "warning"
INFO: Final = "info"
RULE: Final = "rule"
NAME: Final = "name"
PATH: Final = "path"
GUTTER: Final = "gutter"
CODE: Final = "code"
FIX: Final = "fix"
DIM: Final = "dim"
STRONG: Final = "strong"
ADDED: Final = "added"
REMOVED: Final = "removed"

_UNBROKEN: Final = 48
"""Inline code up to this length is kept on one line."""


class Segment(NamedTuple):
    """A piece of a line in one style, one of the names above; it holds no line end."""

    text: str
    style: str = PLAIN


Line: TypeAlias = tuple[Segment, ...]
EMPTY: Final[Line] = ()


def painted(lines: Iterable[Line], width: int, *, color: bool) -> str:
    """The lines as text, with ANSI colours or without."""
    if not color:
        return plain(lines)
    from immichlint.report.paint import ansi

    return ansi(lines, width)


def plain(lines: Iterable[Line]) -> str:
    """The lines as text, each with its line end and without trailing blanks."""
    return "".join("".join(segment.text for segment in trimmed(line)) + "\n" for line in lines)


def trimmed(line: Line) -> Line:
    """A line without trailing blanks, neighbours of one style joined."""
    kept: list[Segment] = []
    for segment in line:
        if kept and kept[-1].style == segment.style:
            kept[-1] = Segment(kept[-1].text + segment.text, segment.style)
        else:
            kept.append(segment)
    while kept and not (text := kept[-1].text.rstrip(" ")):
        kept.pop()
    if kept:
        kept[-1] = Segment(text, kept[-1].style)
        kept[0] = Segment(no_command(kept[0].text), kept[0].style)
    return tuple(kept)


def prose(text: str, style: str = PLAIN) -> list[Line]:
    """The paragraphs of a message, what stands in backticks being code; harmful characters are replaced."""
    return [_paragraph(part, style) for part in text.replace("\r\n", "\n").split("\n")]


def _paragraph(text: str, style: str) -> Line:
    parts = visible(text).split("`")
    if len(parts) % 2 == 0:
        return (Segment("`".join(parts), style),)
    return tuple(
        Segment(f"`{part}`", CODE) if index % 2 else Segment(part, style)
        for index, part in enumerate(parts)
        if part or index % 2
    )


def wrap(text: Line, width: int, first: Line = EMPTY, rest: Line = EMPTY) -> list[Line]:
    """A paragraph broken at blanks into lines of at most `width` columns, a longer word standing alone.

    `first` begins the first line, `rest` every other one; their columns count.
    """
    lines: list[Line] = []
    head, current, used = first, list[Segment](), _cells(first)
    for word in _words(text):
        size = _cells(word)
        if current and used + 1 + size > width:
            lines.append((*head, *current))
            head, current, used = rest, [], _cells(rest)
        if current:
            current.append(Segment(" ", word[0].style if word[0].style == current[-1].style else PLAIN))
            used += 1
        current += word
        used += size
    lines.append((*head, *current))
    return lines


def _words(text: Line) -> Iterator[list[Segment]]:
    """The words of a paragraph; one word may be in several styles."""
    word: list[Segment] = []
    for segment in text:
        if segment.style == CODE and len(segment.text) <= _UNBROKEN:
            word.append(segment)
            continue
        for index, piece in enumerate(segment.text.split(" ")):
            if index and word:
                yield word
                word = []
            if piece:
                word.append(Segment(piece, segment.style))
    if word:
        yield word


def _cells(segments: Iterable[Segment]) -> int:
    return sum(cells(segment.text) for segment in segments)
