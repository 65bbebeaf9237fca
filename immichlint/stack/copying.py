"""Copying a part of an object to another one: what is applied, and what has to be written for that."""

from __future__ import annotations

from collections.abc import Sequence

from immichlint.repo.documents import document
from immichlint.repo.repository import Repository
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Tree
from immichlint.yamltree.lookup import Data, data, find


def as_written(tree: Tree, repository: Repository) -> Data | Hole:
    """The data of a tree with references to variables as they stand in its file; a hole where something of it is
    not known, or comes from nowhere in the repository."""
    if isinstance(tree, Leaf):
        return _leaf(tree, repository)
    if tree.open is not None:
        return Hole("", tree.open)
    if isinstance(tree, Map):
        made = {key: as_written(item, repository) for key, item in tree.items.items()}
        return _hole(list(made.values())) or {key: item for key, item in made.items() if not isinstance(item, Hole)}
    items = [as_written(item, repository) for item in tree.items]
    return _hole(items) or [item for item in items if not isinstance(item, Hole)]


def _hole(items: Sequence[Data | Hole]) -> Hole | None:
    return next((item for item in items if isinstance(item, Hole)), None)


def _leaf(leaf: Leaf, repository: Repository) -> Data | Hole:
    substituted = any(write.layer is Layer.SUBSTITUTION for write in leaf.writes) or bool(leaf.pieces)
    if not substituted and not isinstance(leaf.value, Hole):
        return leaf.value
    own = next((write.place for write in reversed(leaf.writes) if write.layer is not Layer.SUBSTITUTION), None)
    body = document(repository, own.document) if own is not None else None
    found = find(body.root, own.route) if body is not None and own is not None else None
    text = data(found.node) if found is not None else None
    if isinstance(text, str) and "${" in text:
        return text
    return Hole("", leaf.value.why if isinstance(leaf.value, Hole) else "it is composed of several places")
