"""Merges of trees in which the writes of both sides are kept."""

from __future__ import annotations

from immichlint.trees.tree import Leaf, Map, Tree, Write, Writes


def merge(base: Tree, over: Tree) -> Tree:
    """Helm's merge, and Kustomize's for kinds that it has no schema for: mappings deep, sequences and scalars
    replaced, null deletes."""
    if not isinstance(base, Map) or not isinstance(over, Map):
        return over_written(base, over)
    items = dict(base.items)
    deleted = dict(base.deleted)
    for key, value in over.items.items():
        below = items.get(key)
        if is_null(value):
            items.pop(key, None)
            deleted[key] = history(below) + as_deletion(value.writes)
        elif below is None:
            items[key] = value
            deleted.pop(key, None)
        else:
            items[key] = merge(below, value)
    return Map(items, base.writes + over.writes, deleted, base.open or over.open)


def over_written(base: Tree, over: Tree) -> Tree:
    """The later tree, with the writes of the earlier one in its history."""
    if isinstance(over, Leaf):
        return Leaf(over.value, base.writes + over.writes, over.pieces, plain=over.plain, raw=over.raw)
    return over


def is_null(tree: Tree) -> bool:
    """Whether a tree is the value null."""
    return isinstance(tree, Leaf) and tree.value is None


def history(tree: Tree | None) -> Writes:
    """The writes of a tree that may be absent."""
    return tree.writes if tree is not None else ()


def as_deletion(writes: Writes) -> Writes:
    """Writes, said as deletions."""
    return tuple(Write(write.layer, write.place, True, write.detail) for write in writes)
