"""The text of a file as it is on disk, byte for byte recoverable, and where a stretch of it lies."""

from __future__ import annotations

from bisect import bisect_right

from immichlint.named_tuple import NamedTuple

_BOM = "\ufeff"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Span(NamedTuple):
    """A half-open range of code points in a text: `start` is the first, `end` the one after the last."""

    start: int
    end: int


class Position(NamedTuple):
    """A line and a column, both counted from 1; columns are code points."""

    line: int
    column: int


class NotTextError(ValueError):
    """The bytes of a file are not UTF-8; the message says so, and `at` is the first byte that is not."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


class SourceText:
    """A decoded file: its text without a byte order mark, with its line ends untouched.

    `text`: what spans index. `bom`: whether a byte order mark stood before it. `newline`: the line end
    that the file uses (the first one found; a line feed where there is none). `raw`: its bytes, where they are at hand.
    """

    __slots__ = ("_raw", "_starts", "bom", "newline", "text")

    def __init__(self, text: str, *, bom: bool = False, raw: bytes | None = None) -> None:
        self._raw = raw
        self.text = text
        self.bom = bom
        first = text.find("\n")
        self.newline = "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"
        self._starts: list[int] | None = None

    @classmethod
    def decode(cls, raw: bytes) -> SourceText:
        """The text of a file's bytes. Raises NotTextError where they are not UTF-8."""
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            what = "it is UTF-16" if raw.startswith(_UTF_16) else f"byte {error.start} is 0x{raw[error.start]:02x}"
            raise NotTextError(f"not UTF-8: {what}", error.start) from error
        if text.startswith(_BOM):
            return cls(text[1:], bom=True, raw=raw)
        return cls(text, raw=raw)

    def encode(self) -> bytes:
        """The bytes that this text is on disk."""
        if self._raw is None:
            self._raw = ((_BOM if self.bom else "") + self.text).encode("utf-8")
        return self._raw

    @property
    def utf_8(self) -> bytes:
        """The bytes of the text alone."""
        return self.encode()[3:] if self.bom else self.encode()

    def with_text(self, text: str) -> SourceText:
        """The same file with another text."""
        return SourceText(text, bom=self.bom)

    @property
    def _line_starts(self) -> list[int]:
        if self._starts is None:
            starts = [0]
            find = self.text.find
            at = find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = find("\n", at + 1)
            self._starts = starts
        return self._starts

    @property
    def line_count(self) -> int:
        """How many lines there are; a text that ends in a line feed has an empty last one."""
        return len(self._line_starts)

    def position(self, offset: int) -> Position:
        """The line and column of an offset."""
        starts = self._line_starts
        line = bisect_right(starts, offset)
        return Position(line, offset - starts[line - 1] + 1)

    def line_span(self, line: int) -> Span:
        """The span of a line, counted from 1, without its line end."""
        starts = self._line_starts
        start = starts[line - 1]
        end = starts[line] - 1 if line < len(starts) else len(self.text)
        if end > start and self.text[end - 1] == "\r":
            end -= 1
        return Span(start, end)

    def line_start(self, offset: int) -> int:
        """The offset at which the line of an offset begins."""
        return self.text.rfind("\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        """The offset after the line end of the line that an offset lies in."""
        end = self.text.find("\n", offset)
        return len(self.text) if end < 0 else end + 1
