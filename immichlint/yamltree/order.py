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
    written: list[tuple[Node, Route, tuple[int, int] | None, Data]] = []
    kept: list[tuple[Op, bool]] = []
    for op in ops:
        if isinstance(op, NewFile):
            continue
        spot = _spot(documents, op)
        kept.append((op, spot is not None and spot[1]))
        if spot is not None and not spot[1]:
            written.append(spot[0])
    gone = [entry.what for op in ops if (entry := _entry(documents, op)) is not None and not entry.shared]
    return [
        op
        for op, shared in kept
        if not (shared and _is_written(documents, op, written))
        and ((entry := _entry(documents, op)) is None or not entry.shared or entry.what not in gone)
    ]


def _is_written(
    documents: Sequence[Document],
    op: Op,
    written: list[tuple[Node, Route, tuple[int, int] | None, Data]],
) -> bool:
    spot = _spot(documents, op)
    if spot is None:
        return False
    node, rest, part, value = spot[0]
    return any(node is n and rest == r and part == p and value == v for n, r, p, v in written)


def _spot(
    documents: Sequence[Document], op: Op
) -> tuple[tuple[Node, Route, tuple[int, int] | None, Data], bool] | None:
    """The node that a Set writes below, and whether its way there is shared; None for what is no Set."""
    if not isinstance(op, Set) or op.place.document.hosts:
        return None
    index = op.place.document.index
    root = documents[index].root if 0 <= index < len(documents) else None
    if root is None:
        return None
    there = reach(root, op.place.route)
    return (there.found.node, there.rest, op.place.part, op.value), there.found.shared


class _Entry(NamedTuple):
    """What a Remove or a Rename takes away. `what`: its key, or the sequence and the index of an item, and the new
    name. `shared`: whether it is written somewhere else than the route says."""

    what: tuple[Node, int | None, str | None]
    shared: bool


def _entry(documents: Sequence[Document], op: Op) -> _Entry | None:
    if not isinstance(op, (Remove, Rename)) or op.place.document.hosts or not op.place.route:
        return None
    *above, step = op.place.route
    name = op.name if isinstance(op, Rename) else None
    index = op.place.document.index
    holder = find(documents[index].root, tuple(above)) if 0 <= index < len(documents) else None
    if holder is None:
        return None
    if isinstance(step, int):
        return _Entry((holder.node, step, name), holder.shared)
    entry = entries(holder.node).get(step) if isinstance(holder.node, MappingNode) else None
    return _Entry((entry.key, None, name), holder.shared or not entry.own) if entry is not None else None
