"""YAML nodes that know their places: what the parser says, nothing resolved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from immichlint.named_tuple import NamedTuple
from immichlint.text import SourceText, Span

PLAIN: Final = ""
LITERAL: Final = "|"
FOLDED: Final = ">"
MERGE_KEY: Final = "<<"


class Node:
    """A YAML node. `start` and `end` bound its content, without anchor, tag and trailing space.

    `outer` is where the node begins with its anchor and tag; equal to `start` where it has none.
    """

    __slots__ = ("anchor", "end", "outer", "start", "tag")

    def __init__(self, outer: int, start: int, end: int, anchor: str | None, tag: str | None) -> None:
        self.outer = outer
        self.start = start
        self.end = end
        self.anchor = anchor
        self.tag = tag

    @property
    def span(self) -> Span:
        """The span of the content."""
        return Span(self.start, self.end)


class ScalarNode(Node):
    """A scalar: its decoded text, and the style it is written in (plain, ', ", | or >)."""

    __slots__ = ("style", "text")

    def __init__(
        self, outer: int, start: int, end: int, anchor: str | None, tag: str | None, text: str, style: str
    ) -> None:
        # Nine nodes of ten are scalars: not by way of what all nodes have in common.
        self.outer = outer
        self.start = start
        self.end = end
        self.anchor = anchor
        self.tag = tag
        self.text = text
        self.style = style


class Entry(NamedTuple):
    """A key of a mapping: its node, its value's node as written (perhaps an alias), and whether it is
    written in this mapping itself rather than merged into it."""

    key: ScalarNode
    value: Node
    own: bool


class MappingNode(Node):
    """A mapping: its entries in order, merge keys (`<<`) and duplicates included. `found`: what they come to,
    once it was asked for."""

    __slots__ = ("entries", "flow", "found")

    def __init__(self, outer: int, start: int, anchor: str | None, tag: str | None, flow: bool) -> None:
        super().__init__(outer, start, start, anchor, tag)
        self.entries: list[tuple[Node, Node]] = []
        self.flow = flow
        self.found: Mapping[str, Entry] | None = None


class SequenceNode(Node):
    """A sequence and its items."""

    __slots__ = ("flow", "items")

    def __init__(self, outer: int, start: int, anchor: str | None, tag: str | None, flow: bool) -> None:
        super().__init__(outer, start, start, anchor, tag)
        self.items: list[Node] = []
        self.flow = flow


class AliasNode(Node):
    """A use of an anchor; `target` is the node that the anchor stood for at that place."""

    __slots__ = ("target",)

    def __init__(self, start: int, end: int, name: str, target: Node) -> None:
        super().__init__(start, start, end, name, None)
        self.target = target


def resolve(node: Node) -> Node:
    """The node itself, or what an alias stands for."""
    while isinstance(node, AliasNode):
        node = node.target
    return node


class Document:
    """One YAML document of a text.

    `root` is None for an empty document. `span` runs from its first marker or content to its last.
    `duplicates` are keys that stand a second time in their mapping. `explicit` says that it begins
    with `---`. `embedded`: the documents in the texts of its scalars, by their routes, once they were asked for.
    """

    __slots__ = ("duplicates", "embedded", "explicit", "index", "root", "source", "span")

    def __init__(self, source: SourceText, index: int, explicit: bool) -> None:
        self.source = source
        self.index = index
        self.explicit = explicit
        self.root: Node | None = None
        self.span = Span(0, 0)
        self.duplicates: list[ScalarNode] = []
        self.embedded: dict[tuple[str | int, ...], Document | None] = {}
