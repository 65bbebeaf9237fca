"""Source lines with their numbers and a mark under the exact span."""

from __future__ import annotations

from typing import Final

from immichlint.findings.report import Region
from immichlint.named_tuple import NamedTuple
from immichlint.report.segments import DIM, GUTTER, Line, Segment, prose, wrap
from immichlint.report.visible import DrawnLine, cells

_MOST_LINES: Final = 4
_NARROWEST_LABEL: Final = 24


class Mark(NamedTuple):
    """What underlines a span: one character, its style, and a text after it or below."""

    char: str
    style: str
    label: str = ""


def gutter(number: str, width: int) -> Segment:
    """The left edge of a source line: its number, `width` columns wide, and a bar."""
    return Segment(f"{number:>{width}} | ", GUTTER)


def bar(width: int) -> Line:
    """An empty source line."""
    return (Segment(f"{'':>{width}} |", GUTTER),)


def excerpt(region: Region, source: tuple[str, ...], mark: Mark, digits: int, width: int) -> list[Line]:
    """The source lines of a region, each followed by a line that marks the part of it that the span covers.

    `source`: the lines, the first being `region.start.line`. `digits`: the width of the line numbers. A line
    that is too long is cut around the span; of many lines the first ones and the last are shown.
    """
    indices = [index for index in range(len(source)) if index <= region.end.line - region.start.line]
    skipped = len(indices) - _MOST_LINES
    if skipped > 0:
        indices = [*indices[: _MOST_LINES - 1], indices[-1]]
    lines: list[Line] = []
    for index in indices:
        if skipped > 0 and index == indices[-1]:
            lines.append((Segment(f"{'':>{digits}} ", GUTTER), Segment(f"... {skipped} more lines", DIM)))
        label = mark.label if index == indices[-1] else ""
        lines += _marked(region, index, source[index], mark._replace(label=label), digits, width)
    return lines


def _marked(region: Region, index: int, text: str, mark: Mark, digits: int, width: int) -> list[Line]:
    number = region.start.line + index
    start = region.start.column - 1 if index == 0 else len(text) - len(text.lstrip())
    end = region.end.column - 1 if number == region.end.line else len(text)
    drawn = DrawnLine(text)
    room = width - digits - 3
    first, last = drawn.window(start, room)
    before, after = ("…" if first else ""), ("…" if last < len(drawn.chars) else "")
    code = Segment(before + "".join(drawn.chars[first:last]) + after)
    shown = (gutter(str(number), digits), code)
    if end <= start and index:
        return [shown]
    shift = len(before) - drawn.column(first)
    left = drawn.column(start) + shift
    right = min(max(drawn.column(end) + shift, left + 1), max(cells(code.text), left + 1))
    return [shown, *_underline(left, right, mark, digits, width)]


def _underline(left: int, right: int, mark: Mark, digits: int, width: int) -> list[Line]:
    edge = gutter("", digits)
    under: Line = (edge, Segment(" " * left), Segment(mark.char * (right - left), mark.style))
    if not mark.label:
        return [under]
    room = width - digits - 3
    label = prose(mark.label, mark.style)
    if len(label) == 1 and right + 1 + sum(cells(part.text) for part in label[0]) <= room:
        return [(*under, Segment(" "), *label[0])]
    indent = (edge, Segment(" " * (left if room - left >= _NARROWEST_LABEL else 0)))
    return [under, *(line for paragraph in label for line in wrap(paragraph, width, indent, indent))]
