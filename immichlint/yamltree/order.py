"""In which order operations that speak of one state of a document are made, one after another."""

from __future__ import annotations

from collections.abc import Sequence

from immichlint.named_tuple import NamedTuple
from immichlint.yamltree.lookup import Data, Route, entries, find
from immichlint.yamltree.nodes import Document, MappingNode, Node
from immichlint.yamltree.ops import Append, Move, NewFile, Op, Remove, Rename, Set
from immichlint.yamltree.sharing import reach


def ordered(documents: Sequence[Document], ops: Sequence[Op]) -> list[Op]:
    """The operations in an order that keeps every route valid until its turn.

    What sets and appends comes first, as given; then what takes away or renames, the last and deepest first;
    then new documents. What leads through an alias or a merge to what another operation sets to the same value,
    or takes away, is left out: the definition's edit makes both.
    """
    writes: list[Op] = []
    takes: list[Remove | Rename | Move] = []
    adds: list[Op] = []
    for op in _once(documents, ops):
        if isinstance(op, (Remove, Rename, Move)):
            takes.append(op)
        elif isinstance(op, (Set, Append)):
            writes.append(op)
        else:
            adds.append(op)
    takes.sort(key=lambda op: _sort_key(op.place.route), reverse=True)
    return [*writes, *takes, *adds]


def _sort_key(route: Route) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (-1, step) for step in route]


def _once(documents: Sequence[Document], ops: Sequence[Op]) -> list[Op]:
    spots = [(op, _spot(documents, op)) for op in ops if not isinstance(op, NewFile)]
    own = [spot.what for _, spot in spots if spot is not None and not spot.shared]
    return [op for op, spot in spots if spot is None or not spot.shared or spot.what not in own]


class _Spot(NamedTuple):
    """What an operation does, and where it is written. `what`: of a Set the node that it writes below, the rest of the
    way, the part and the value; of a Remove or a Rename the key, or the sequence and the index of an item, and the new
    name. `shared`: whether the way there leads through an alias or a merge."""

    what: tuple[Node, Route, tuple[int, int] | None, Data] | tuple[Node, int | None, str | None]
    shared: bool


def _spot(documents: Sequence[Document], op: Op) -> _Spot | None:
    """Where an operation sets or takes away something; None for others, and for what is not there."""
    if not isinstance(op, (Set, Remove, Rename)) or op.place.document.hosts:
        return None
    index = op.place.document.index
    root = documents[index].root if 0 <= index < len(documents) else None
    if root is None:
        return None
    if isinstance(op, Set):
        there = reach(root, op.place.route)
        return _Spot((there.found.node, there.rest, op.place.part, op.value), there.found.shared)
    return _taken(root, op.place.route, op.name if isinstance(op, Rename) else None)


def _taken(root: Node, route: Route, name: str | None) -> _Spot | None:
    holder = find(root, route[:-1]) if route else None
    if holder is None:
        return None
    step = route[-1]
    if isinstance(step, int):
        return _Spot((holder.node, step, name), holder.shared)
    entry = entries(holder.node).get(step) if isinstance(holder.node, MappingNode) else None
    return _Spot((entry.key, None, name), holder.shared or not entry.own) if entry is not None else None
