"""Where a stretch of text lies."""

from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of code points in a text: `start` is the first, `end` the one after the last."""

    start: int
    end: int

    def covers(self, other: "Span") -> bool:
        """Whether the other span lies inside this one."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Span") -> bool:
        """Whether a code point lies in both; two insertions at one offset overlap too."""
        if self.start == self.end or other.start == other.end:
            return self.start <= other.end and other.start <= self.end
        return self.start < other.end and other.start < self.end


class Position(NamedTuple):
    """A line and a column, both counted from 1; columns are code points."""

    line: int
    column: int
