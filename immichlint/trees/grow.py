"""From YAML nodes to trees: the first writing of every value."""

from __future__ import annotations

from typing import Final

from immichlint.trees.tree import Hole, Layer, Leaf, Map, Seq, Tree, Write
from immichlint.yamltree.lookup import entries
from immichlint.yamltree.nodes import PLAIN, Document, MappingNode, Node, ScalarNode, SequenceNode, resolve
from immichlint.yamltree.place import DocumentId, Place
from immichlint.yamltree.scalars import typed

_ENCRYPTED: Final = "ENC["
_TEMPLATE: Final = "{{"
DUPLICATE: Final = "the key stands twice"


def grow(document: Document, identity: DocumentId, layer: Layer = Layer.BASE) -> Tree:
    """The tree of a document."""
    grower = _Grower(layer, frozenset(id(key) for key in document.duplicates))
    if document.root is None:
        return Leaf(None, (Write(layer, Place(identity)),))
    return grower.grow(document.root, Place(identity))


class _Grower:
    __slots__ = ("_duplicates", "_layer")

    def __init__(self, layer: Layer, duplicates: frozenset[int]) -> None:
        self._layer = layer
        self._duplicates = duplicates

    def grow(self, node: Node, place: Place) -> Tree:
        writes = (Write(self._layer, place),)
        if isinstance(node, ScalarNode):
            return _leaf(node, writes)
        if isinstance(node, SequenceNode):
            return Seq([self.grow(item, place.at(index)) for index, item in enumerate(node.items)], writes)
        if not isinstance(node, MappingNode):
            return self.grow(resolve(node), place)
        items: dict[str, Tree] = {}
        for key, entry in entries(node).items():
            below = Place(place.document, (*place.route, key))
            items[key] = (
                Leaf(Hole(key, DUPLICATE), (Write(self._layer, below),))
                if id(entry.key) in self._duplicates
                else self.grow(entry.value, below)
            )
        return Map(items, writes)


def _leaf(node: ScalarNode, writes: tuple[Write, ...]) -> Leaf:
    text = node.text
    if text.startswith(_ENCRYPTED):
        return Leaf(Hole("", "it is encrypted"), writes)
    if _TEMPLATE in text and "}}" in text:
        return Leaf(Hole(text, "it is a template"), writes)
    value = typed(node)
    plain = node.style == PLAIN and node.tag is None
    return Leaf(value, writes, plain=plain, raw="" if isinstance(value, str) else text)
