"""Where the characters of a scalar's decoded text stand in the text that it is written in."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

from immichlint.named_tuple import NamedTuple
from immichlint.text import SourceText, Span
from immichlint.yamltree.nodes import FOLDED, LITERAL, ScalarNode
from immichlint.yamltree.quoting import DOUBLE, SINGLE

_ESCAPED: Final = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r",
    "e": "\x1b", " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\u0085", "_": "\u00a0",
    "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_HEX: Final = {"x": 2, "u": 4, "U": 8}


class Run(NamedTuple):
    """A stretch of decoded text (`inner`, `text`) and where it is written (`outer`, `width` code points).

    As wide as its text, it is written as it is; else it is an escape, a doubled quote or a folded line end.
    """

    inner: int
    outer: int
    text: str
    width: int


class OffsetMap:
    """The offsets of a decoded text in the text that holds it."""

    __slots__ = ("_end", "_runs", "_starts")

    def __init__(self, runs: list[Run], end: int) -> None:
        self._runs = runs
        self._starts = [run.inner for run in runs]
        self._end = end

    def start(self, inner: int) -> int:
        """Where the character at an inner offset begins; the end of all behind the last one."""
        index = bisect_right(self._starts, inner) - 1
        if index < 0:
            return self._end
        run = self._runs[index]
        ahead = inner - run.inner
        if ahead >= len(run.text):
            return self._end
        return run.outer + (ahead if run.width == len(run.text) else 0)

    def end(self, inner: int) -> int:
        """Where the character before an inner offset ends."""
        if inner == 0:
            return self.start(0)
        index = bisect_right(self._starts, inner - 1) - 1
        run = self._runs[index]
        if run.width == len(run.text):
            return run.outer + inner - run.inner
        return run.outer + run.width

    def span(self, inner: Span) -> Span:
        """The stretch that a stretch of decoded text is written in."""
        if inner.start == inner.end:
            at = self.start(inner.start) if inner.start == 0 else self.end(inner.start)
            return Span(at, at)
        return Span(self.start(inner.start), self.end(inner.end))


class _Runs:
    """Runs while they are found, in order."""

    __slots__ = ("at", "runs")

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.at = 0

    def add(self, outer: int, text: str, width: int) -> None:
        if text:
            self.runs.append(Run(self.at, outer, text, width))
            self.at += len(text)

    @property
    def text(self) -> str:
        return "".join([run.text for run in self.runs])


def offsets(source: SourceText, node: ScalarNode) -> OffsetMap | None:
    """The map of a scalar; None where it does not agree with the text that the parser decoded."""
    if node.style == LITERAL:
        found, end = _literal(source, node)
    elif node.style == FOLDED:
        found, end = _folded(source, node)
    elif node.style in (DOUBLE, SINGLE) and node.style:
        found, end = _flow(source.text, node.start + 1, node.end - 1, node.style), node.end - 1
    else:
        found, end = _flow(source.text, node.start, node.end, ""), node.end
    return OffsetMap(found.runs, end) if found.text == node.text else None


def indentation(source: SourceText, node: ScalarNode) -> int | None:
    """The columns by which a block scalar's lines are indented; None where it has no line that tells."""
    at = source.line_end(node.start)
    for line in node.text.split("\n"):
        if at >= len(source.text):
            break
        stop = source.line_end(at)
        written = source.text[at:stop].rstrip("\r\n")
        if line.strip(" "):
            return (len(written) - len(written.lstrip(" "))) - (len(line) - len(line.lstrip(" ")))
        at = stop
    return None


def _literal(source: SourceText, node: ScalarNode) -> tuple[_Runs, int]:
    found, text = _Runs(), source.text
    indent = indentation(source, node) or 0
    at = source.line_end(node.start)
    lines = node.text.split("\n")
    end = at
    for index, line in enumerate(lines):
        if index == len(lines) - 1 and not line:
            return found, at
        stop = source.line_end(at)
        content = text[at:stop].rstrip("\r\n") if at < len(text) else ""
        body = at + min(indent, len(content))
        end = at + len(content)
        found.add(body, content[indent:], len(content[indent:]))
        if index < len(lines) - 1:
            found.add(end, "\n", stop - end)
        at = stop
    return found, end


def _folded(source: SourceText, node: ScalarNode) -> tuple[_Runs, int]:
    """Each line of a folded scalar is in its text as it is written; between lines are a space or line feeds."""
    found, text, decoded = _Runs(), source.text, node.text
    indent = indentation(source, node) or 0
    at = source.line_end(node.start)
    previous = at
    while found.at < len(decoded) and at < len(text):
        stop = source.line_end(at)
        content = text[at:stop].rstrip("\r\n")
        body = content[indent:]
        if body:
            if found.runs:
                ahead = decoded[found.at :]
                gap = ahead[: len(ahead) - len(ahead.lstrip("\n"))] or ahead[:1]
                found.add(previous, gap, at + indent - previous)
            found.add(at + indent, body, len(body))
            previous = at + len(content)
        at = stop
    rest = decoded[found.at :]
    if rest and not rest.strip("\n"):
        found.add(previous, rest, source.line_end(previous) - previous)
    return found, previous


def _flow(text: str, at: int, end: int, quote: str) -> _Runs:
    """A plain or quoted scalar's content: verbatim stretches, escapes and folded line ends."""
    found = _Runs()
    special = "\n" + ("\\" if quote == DOUBLE else "'" if quote == SINGLE else "")
    while at < end:
        stop = at
        while stop < end and text[stop] not in special:
            stop += 1
        if stop < end and text[stop] == "\n":
            at = _fold(found, text, at, stop, end)
            continue
        found.add(at, text[at:stop], stop - at)
        if stop < end:
            stop = _escape(found, text, stop, end)
        at = stop
    return found


def _fold(found: _Runs, text: str, at: int, line_end: int, end: int) -> int:
    """Fold the line end that follows `text[at:line_end]`; the offset of the next line's content."""
    content = text[at:line_end].rstrip(" \t\r")
    found.add(at, content, len(content))
    fold, breaks, after = at + len(content), 0, line_end
    while after < end and text[after] in " \t\r\n":
        breaks += text[after] == "\n"
        after += 1
    found.add(fold, "\n" * (breaks - 1) or " ", after - fold)
    return after


def _escape(found: _Runs, text: str, at: int, end: int) -> int:
    if text[at] == "'":
        found.add(at, "'", 2)
        return at + 2
    mark = text[at + 1 : at + 2]
    if mark in _HEX and mark:
        width = 2 + _HEX[mark]
        digits = text[at + 2 : at + width]
        code = int(digits, 16) if digits.isalnum() else 0
        found.add(at, chr(code) if code < 0x110000 else "", width)
        return at + width
    if mark in ("\n", "\r"):
        after = text.find("\n", at) + 1
        while after < end and text[after] in " \t":
            after += 1
        return after
    found.add(at, _ESCAPED.get(mark, ""), 2)
    return at + 2
