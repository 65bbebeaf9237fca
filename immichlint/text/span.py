"""Where a stretch of text lies."""

from immichlint.named_tuple import NamedTuple


class Span(NamedTuple):
    """A half-open range of code points in a text: `start` is the first, `end` the one after the last."""

    start: int
    end: int


class Position(NamedTuple):
    """A line and a column, both counted from 1; columns are code points."""

    line: int
    column: int
