"""The comments of a text, found by a scanner that knows where the scalars are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from immichlint.named_tuple import NamedTuple
from immichlint.text import SourceText, Span
from immichlint.yamltree.nodes import FOLDED, LITERAL, Document, ScalarNode
from immichlint.yamltree.style import walk


class Comment(NamedTuple):
    """A comment: its span from `#` to the end of its line, its text without the `#` and outer spaces, its line
    (from 1), and whether it stands alone on that line."""

    span: Span
    text: str
    line: int
    alone: bool


def comments(source: SourceText, documents: Sequence[Document]) -> list[Comment]:
    """The comments of a text in order.

    `documents`: of `compose(source)`. Empty for a text that is not YAML: then a comment is what cannot be
    anything else, outside what looks like a block scalar and with no quote before it on its line.
    """
    if "#" not in source.text:
        return []
    marks = _outside_scalars(source, documents) if documents else _beyond_doubt(source)
    return [_comment(source, mark) for mark in marks]


def _comment(source: SourceText, mark: int) -> Comment:
    position = source.position(mark)
    end = source.line_span(position.line).end
    before = source.text[mark - position.column + 1 : mark]
    return Comment(Span(mark, end), source.text[mark + 1 : end].strip(), position.line, not before.strip())


def _outside_scalars(source: SourceText, documents: Sequence[Document]) -> Iterator[int]:
    text = source.text
    starts: list[int] = []
    ends: list[int] = []
    for document in documents:
        for node in walk(document.root):
            if isinstance(node, ScalarNode) and node.end > node.start:
                start = node.start
                if node.style in (LITERAL, FOLDED):  # a comment may stand beside the header
                    start = text.find("\n", start, node.end)
                    if start < 0:
                        continue
                starts.append(start)
                ends.append(node.end)
    at = text.find("#")
    while at >= 0:
        index = bisect_right(starts, at) - 1
        if index >= 0 and at < ends[index]:
            at = text.find("#", ends[index])
        elif at == 0 or text[at - 1] in " \t\r\n":
            yield at
            at = text.find("#", source.line_end(at))
        else:
            at = text.find("#", at + 1)


def _beyond_doubt(source: SourceText) -> Iterator[int]:
    block: int | None = None  # the indentation of the line whose block scalar goes on
    start = 0
    for line in source.text.splitlines(keepends=True):
        content = line.strip()
        indent = len(line) - len(line.lstrip(" "))
        if content and block is not None and indent <= block:
            block = None
        if content and block is None:
            mark = _mark(line)
            if mark is not None:
                yield start + mark
            if _opens_block(line[:mark]):
                block = indent
        start += len(line)


def _mark(line: str) -> int | None:
    at = line.find("#")
    while at >= 0:
        if at == 0 or line[at - 1] in " \t":
            before = line[:at]
            return at if '"' not in before and "'" not in before else None
        at = line.find("#", at + 1)
    return None


def _opens_block(line: str) -> bool:
    last = line.split()[-1:] or [""]
    return last[0][:1] in ("|", ">") and not last[0][1:].strip("+-0123456789")
