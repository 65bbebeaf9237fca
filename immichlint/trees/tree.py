"""Trees: the values of an object after all steps, each with the writes that made it.

A tree is immutable by convention: steps build new nodes and share what they leave alone. A plain manifest
is a tree in which every node has a single write.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TypeAlias

from immichlint.named_tuple import NamedTuple
from immichlint.yamltree.lookup import Route
from immichlint.yamltree.place import Place
from immichlint.yamltree.scalars import Value


class Layer(StrEnum):
    """What kind of source wrote a value."""

    BASE = "base"
    PATCH = "patch"
    TRANSFORMER = "transformer"
    GENERATOR = "generator"
    SUBSTITUTION = "substitution"
    VALUES = "values"
    PARAMETER = "parameter"
    CHART_DEFAULT = "chart default"


class Write(NamedTuple):
    """One writing of a value. `place` is None for what no file of the repository says (a chart's default).

    `deleted`: the value was taken away. `detail`: the chart and version of a default, the name of a variable.
    """

    layer: Layer
    place: Place | None
    deleted: bool = False
    detail: str = ""


class Hole(NamedTuple):
    """A scalar that nobody can tell from the repository: its source text and why it is unknown."""

    text: str
    why: str


class Piece(NamedTuple):
    """A slice of a composed text (an image from repository and tag, a text with substitutions) and its write."""

    start: int
    end: int
    write: Write


Writes: TypeAlias = tuple[Write, ...]


class Leaf:
    """A scalar, or a hole where its value is unknown.

    `pieces`: who wrote which slice, where the text is composed. `plain`: whether the source was a plain
    scalar, so that text substituted into it is typed again. `raw`: the source text of a plain scalar that is
    no string (`on`), else empty.
    """

    __slots__ = ("pieces", "plain", "raw", "value", "writes")

    def __init__(
        self,
        value: Value | Hole,
        writes: Writes,
        pieces: tuple[Piece, ...] = (),
        *,
        plain: bool = False,
        raw: str = "",
    ) -> None:
        self.value = value
        self.writes = writes
        self.pieces = pieces
        self.plain = plain
        self.raw = raw


class Map:
    """A mapping. `deleted`: keys that a step took away, with their writes. `open`: why further keys may
    exist that are not known; None where all are known."""

    __slots__ = ("deleted", "items", "open", "writes")

    def __init__(
        self,
        items: dict[str, Tree],
        writes: Writes,
        deleted: dict[str, Writes] | None = None,
        open: str | None = None,  # noqa: A002 - the field's word
    ) -> None:
        self.items = items
        self.writes = writes
        self.deleted = deleted or {}
        self.open = open


class Seq:
    """A sequence. `open`: why further items may exist that are not known; None where all are known."""

    __slots__ = ("items", "open", "writes")

    def __init__(self, items: list[Tree], writes: Writes, open: str | None = None) -> None:  # noqa: A002
        self.items = items
        self.writes = writes
        self.open = open


Tree: TypeAlias = Leaf | Map | Seq
Plain: TypeAlias = "Value | Hole | list[Plain] | dict[str, Plain]"


def decided_at(tree: Tree | None) -> Place | None:
    """Where a value is decided; None where nothing in the repository says."""
    return tree.writes[-1].place if tree is not None and tree.writes else None


def get(tree: Tree, route: Route) -> Tree | None:
    """The node at a route; None where there is none."""
    node: Tree | None = tree
    for step in route:
        if isinstance(node, Map) and isinstance(step, str):
            node = node.items.get(step)
        elif isinstance(node, Seq) and isinstance(step, int) and 0 <= step < len(node.items):
            node = node.items[step]
        else:
            return None
    return node


def plain(tree: Tree) -> Plain:
    """The data of a tree; holes stay holes, and what is open is not visible."""
    if isinstance(tree, Map):
        return {key: plain(item) for key, item in tree.items.items()}
    if isinstance(tree, Seq):
        return [plain(item) for item in tree.items]
    return tree.value


def leaves(tree: Tree | None) -> Iterator[Leaf]:
    """The leaves of a tree, in order; none of what is absent."""
    pending = [tree] if tree is not None else []
    while pending:
        node = pending.pop()
        if isinstance(node, Leaf):
            yield node
        else:
            pending += reversed(list(node.items.values()) if isinstance(node, Map) else node.items)


def texts(tree: Tree | None) -> Iterator[str]:
    """The texts of a tree, in order; where one is not known, what is written there."""
    for leaf in leaves(tree):
        text = leaf.value.text if isinstance(leaf.value, Hole) else leaf.value
        if isinstance(text, str):
            yield text


def is_settled(tree: Tree) -> bool:
    """Whether all of a tree is known."""
    if isinstance(tree, Leaf):
        return not isinstance(tree.value, Hole)
    below = tree.items.values() if isinstance(tree, Map) else tree.items
    return not tree.open and all(map(is_settled, below))


def replaced(tree: Tree, route: Route, new: Tree) -> Tree:
    """The tree with another node at a route; mappings missing on the way are made with the writes of `new`."""
    if not route:
        return new
    step, rest = route[0], route[1:]
    if isinstance(tree, Seq) and isinstance(step, int):
        items = list(tree.items)
        items[step] = replaced(items[step], rest, new)
        return Seq(items, tree.writes, tree.open)
    if not isinstance(tree, Map) or not isinstance(step, str):
        tree = Map({}, new.writes)
    below = tree.items.get(str(step), Map({}, new.writes))
    return Map({**tree.items, str(step): replaced(below, rest, new)}, tree.writes, tree.deleted, tree.open)
