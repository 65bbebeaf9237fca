"""YAML in a scalar: its text, where that stands in the host, and edits encoded for the host."""

from __future__ import annotations

from immichlint.text import SourceText, Span
from immichlint.text.edit import Edit, splice
from immichlint.yamltree.nodes import FOLDED, LITERAL, ScalarNode
from immichlint.yamltree.offsets import OffsetMap, indentation, offsets
from immichlint.yamltree.ops import Refusal
from immichlint.yamltree.quoting import DOUBLE, SINGLE, escaped, plain_is_safe, printable


class Embedded:
    """The decoded text of a scalar as a text of its own. It nests: `source` may be another's `inner`.

    `inner`: the decoded text. `mapped`: whether every character of it is known to stand somewhere in the
    host; where it is not, spans are the whole scalar's and edits are refused.
    """

    __slots__ = ("_map", "inner", "node", "source")

    def __init__(self, source: SourceText, node: ScalarNode) -> None:
        self.source = source
        self.node = node
        self.inner = SourceText(node.text)
        self._map: OffsetMap | None = offsets(source, node)

    @property
    def mapped(self) -> bool:
        """Whether the offsets are known."""
        return self._map is not None

    def outer_span(self, inner: Span) -> Span:
        """Where a span of the decoded text stands in the host."""
        return self._map.span(inner) if self._map is not None else self.node.span

    def outer_edit(self, inner: Edit) -> Edit | Refusal:
        """An edit of the decoded text as an edit of the host."""
        if self._map is None:
            return Refusal("how this text is written in its file is not understood well enough to edit it")
        text = inner.text
        style = self.node.style
        if style == LITERAL:
            return self._literal_edit(inner)
        outer = self._map.span(inner.span)
        if style == DOUBLE:
            return Edit(outer, escaped(text))
        if not printable(text) or text.strip() != text:
            return Refusal("this text cannot stand in its scalar as that is written")
        if style == SINGLE:
            return Edit(outer, text.replace(SINGLE, SINGLE * 2))
        if style == FOLDED:
            return Edit(outer, text) if text else Refusal("folded text cannot be shortened safely")
        whole = splice(self.node.text, [inner])
        if "\n" in whole or not plain_is_safe(whole, flow=False):
            return Refusal("this text would need quotes")
        return Edit(outer, text)

    def _literal_edit(self, inner: Edit) -> Edit | Refusal:
        """Whole lines, indented as the block is: then what did not change is left out."""
        text = self.inner.text
        indent = indentation(self.source, self.node)
        whole = splice(text, [inner])
        if indent is None or not all(map(printable, inner.text.split("\n"))):
            return Refusal("this text cannot stand in its block scalar")
        if whole[:1] in (" ", "\n", "") or whole.endswith("\n") != text.endswith("\n"):
            return Refusal("the first or the last line end of the block scalar would change")
        start = text.rfind("\n", 0, inner.span.start) + 1
        stop = text.find("\n", inner.span.end)
        stop = len(text) if stop < 0 else stop
        lines = text[start : inner.span.start] + inner.text + text[inner.span.end : stop]
        pad, newline = " " * indent, self.source.newline
        written = newline.join(pad + line if line else "" for line in lines.split("\n"))
        outer = Span(self._line(start, indent), self._stop(stop))
        return _shrunk(self.source.text, outer, written)

    def _line(self, inner: int, indent: int) -> int:
        assert self._map is not None
        return (
            self.source.line_start(self._map.start(inner)) if inner < len(self.inner.text) else self._map.start(inner)
        )

    def _stop(self, inner: int) -> int:
        assert self._map is not None
        return self._map.start(inner)


def _shrunk(text: str, span: Span, written: str) -> Edit:
    """The edit without what it would not change."""
    there = text[span.start : span.end]
    ahead = _common(there, written)
    behind = _common(there[ahead:][::-1], written[ahead:][::-1])
    return Edit(Span(span.start + ahead, span.end - behind), written[ahead : len(written) - behind])


def _common(a: str, b: str) -> int:
    """How many characters two texts begin with together."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((index for index, (one, other) in pairs if one != other), min(len(a), len(b)))
