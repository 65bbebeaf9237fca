"""What is written moves as it is written: an entry to another place, a document to the end of a file."""

from __future__ import annotations

from collections.abc import Sequence

from immichlint.text import SourceText, Span
from immichlint.text.edit import Edit
from immichlint.yamltree.compose import compose
from immichlint.yamltree.lookup import Data, Route, data
from immichlint.yamltree.nodes import Document, MappingNode, ScalarNode, SequenceNode
from immichlint.yamltree.ops import AddDocument
from immichlint.yamltree.quoting import DOUBLE, SINGLE, plain_is_safe
from immichlint.yamltree.remove import children, lines_of
from immichlint.yamltree.slots import CannotEditError, Slot, content_end, slot, starts_line
from immichlint.yamltree.style import column_of


def raw_entry(document: Document, route: Route, to: Route) -> Edit | None:
    """The edit that puts an entry's text, its comments included, over the `key: null` that waits for it at
    another place; None where the text cannot stand there."""
    source = document.source
    there, target = slot(document, route), slot(document, to)
    if there is None or target is None or there.key is None or target.key is None:
        return None
    text = source.text
    end = content_end(source, there.value)
    if there.flow or target.flow:
        value = text[there.value.outer : end]
        return Edit(target.value.span, value) if _fits(there, target, value) else None
    name = text[target.key.start : target.key.end]
    start, stop = there.key.outer, max(end, there.head)
    below = text[there.key.end : stop]
    above = ""
    if starts_line(source, start):
        assert isinstance(there.parent, MappingNode)
        spans = children(source, there.parent)
        lines = lines_of(source, spans, [key for key, _ in there.parent.entries].index(there.key))
        above = text[lines.start : source.line_start(start)].lstrip("\r\n")
        below = text[there.key.end : lines.end].rstrip("\r\n") if lines.end > stop else below
    before, after = column_of(source, start), column_of(source, target.key.outer)
    moved = _indented(f"{above}{' ' * before}{name}{below}", before, after)
    at = target.key.outer
    if above and not starts_line(source, at):
        return None
    return Edit(
        Span(at - after if starts_line(source, at) else at, target.value.end),
        moved if starts_line(source, at) else moved[after:],
    )


def _fits(there: Slot, target: Slot, text: str) -> bool:
    """Whether a value's text means the same on the one line where a flow collection is left or entered."""
    value = there.value
    if not text or "\n" in text or (isinstance(value, (MappingNode, SequenceNode)) and not value.flow):
        return False
    plain = isinstance(value, ScalarNode) and value.style not in (DOUBLE, SINGLE)
    return not plain or not target.flow or plain_is_safe(text, flow=True)


def _indented(lines: str, before: int, after: int) -> str:
    pad, old = " " * after, " " * before
    return "\n".join(
        pad + (line.removeprefix(old) if line.startswith(old) else line.lstrip(" ")) if line.strip() else line
        for line in lines.split("\n")
    )


def added_document(source: SourceText, documents: Sequence[Document], op: AddDocument) -> tuple[list[Edit], list[Data]]:
    """The edit that adds a document behind the last one, and the values of all documents then."""
    if op.path.endswith(".json"):
        raise CannotEditError("a JSON file holds one document")
    added = [data(document.root) for document in compose(SourceText(op.text))]
    if len(added) != 1:
        raise CannotEditError("the new text is not exactly one document")
    values = [data(document.root) for document in documents]
    body = source.newline.join(op.text.strip("\r\n").splitlines()) + source.newline
    text, newline = source.text, source.newline
    end = len(text)
    gap = "" if not text or text.endswith("\n") else newline
    if documents and values[-1] is None and text.rstrip().endswith("---"):
        return [Edit(Span(end, end), gap + body)], [*values[:-1], *added]
    if not documents and not text.strip():
        return [Edit(Span(end, end), gap + body)], added
    return [Edit(Span(end, end), f"{gap}---{newline}{body}")], [*values, *added]
