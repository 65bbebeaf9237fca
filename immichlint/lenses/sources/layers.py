"""Layers of values: read from files and embedded texts, and laid over each other as Helm does.

Mappings merge deep, lists and scalars are replaced. A null stays, so that it also takes away the chart's default
(Helm keeps it until it has laid the values over the defaults of the chart).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from immichlint.gitops.manifest import blurred
from immichlint.repo.documents import document, embedded
from immichlint.repo.repository import Repository
from immichlint.trees.grow import grow
from immichlint.trees.merge import over_written
from immichlint.trees.tree import Layer, Leaf, Map, Seq, Tree, Write
from immichlint.yamltree.lookup import Route
from immichlint.yamltree.nodes import Document
from immichlint.yamltree.place import FILE, DocumentId, Place

Values: TypeAlias = "Map | str"
"""Values, or why they are not known."""

_REACHES = (Layer.SUBSTITUTION,)


def file_values(repository: Repository, path: str) -> Values:
    """The values in a file of the repository."""
    reading = repository.read(path)
    if reading.trouble is not None:
        return f"the values in {path} are not known: {reading.why}"
    if not reading.documents:
        return Map({}, (Write(Layer.VALUES, Place(DocumentId(path, 0))),))
    return _grown(reading.documents[0], DocumentId(path, 0), path)


def text_values(repository: Repository, text: Tree | None) -> Values:
    """The values in a text of the repository, as it is written there: substitutions are not in it yet."""
    place = written_at(text)
    if place is not None and place.document.index == FILE:
        return file_values(repository, place.document.path)
    outer = document(repository, place.document) if place is not None else None
    inner = embedded(outer, place.route) if outer is not None and place is not None else None
    if inner is None or place is None:
        return "values in a text that is not understood"
    return _grown(inner, place.document.inside(place.route), place.document.path)


def written_at(tree: Tree | None) -> Place | None:
    """Where a scalar as a whole is written, before any substitution into it."""
    for write in reversed(tree.writes if tree is not None else ()):
        if write.layer not in _REACHES and write.place is not None and _is_whole(write.place):
            return write.place
    return None


def _is_whole(place: Place) -> bool:
    """Whether a place is no part of a text: a generated value that a file is begins where the file does."""
    return place.part is None or (place.document.index == FILE and place.part[0] == 0)


def _grown(found: Document, identity: DocumentId, path: str) -> Values:
    tree = grow(found, identity, Layer.VALUES)
    if isinstance(tree, Leaf) and tree.value is None:
        return Map({}, tree.writes)
    return tree if isinstance(tree, Map) else f"the values in {path} are no mapping"


def layered(layers: Iterable[Values]) -> Map:
    """The layers over each other, the last on top. What lies below or above a layer that is not known may be
    changed or joined by it: scalars below it are unknown, and every mapping is open."""
    made = Map({}, ())
    why = ""
    for layer in layers:
        if isinstance(layer, str):
            why = why or layer
            lower = blurred(made, layer)
            made = lower if isinstance(lower, Map) else made
        else:
            upper = opened(layer, why) if why else layer
            why = why or layer.open or ""
            made = overlaid(made, upper) if made.writes or made.items or made.open else _as_map(upper)
    return made


def overlaid(base: Map, over: Tree) -> Map:
    """Values over others."""
    if not isinstance(over, Map):
        return base
    items = dict(base.items)
    for key, value in over.items.items():
        below = items.get(key)
        if isinstance(below, Map) and isinstance(value, Map):
            items[key] = overlaid(below, value)
        else:
            items[key] = over_written(below, value) if below is not None else value
    return Map(items, base.writes + over.writes, base.deleted, base.open or over.open)


def opened(tree: Tree, why: str) -> Tree:
    """The tree with every mapping open: what it does not say may come from elsewhere."""
    if isinstance(tree, Map):
        items = {key: opened(item, why) for key, item in tree.items.items()}
        return Map(items, tree.writes, tree.deleted, tree.open or why)
    return tree


def _as_map(tree: Tree) -> Map:
    return tree if isinstance(tree, Map) else Map({}, tree.writes)


def below(values: Map, key: str, home: Place) -> Map:
    """The values of a dependency: what lies below its key, with the `global` values of its parent."""
    own = values.items.get(key)
    made = own if isinstance(own, Map) else Map({}, (Write(Layer.VALUES, home.at(key)),), None, values.open)
    shared = values.items.get("global")
    if not isinstance(shared, Map):
        return made
    theirs = made.items.get("global")
    merged = overlaid(theirs, shared) if isinstance(theirs, Map) else shared
    return Map({**made.items, "global": merged}, made.writes, made.deleted, made.open)


def with_value(tree: Tree | None, route: Route, leaf: Tree) -> Tree:
    """The values with one of them set; what is missing on the way belongs to no document, so that nothing else
    is ever written there."""
    if not route:
        return over_written(tree, leaf) if tree is not None else leaf
    step, rest = route[0], route[1:]
    if isinstance(step, int):
        items = list(tree.items) if isinstance(tree, Seq) else []
        items += [Leaf(None, ()) for _ in range(step + 1 - len(items))]
        items[step] = with_value(items[step], rest, leaf)
        return Seq(items, tree.writes if isinstance(tree, Seq) else (), tree.open if isinstance(tree, Seq) else None)
    fields: Mapping[str, Tree] = tree.items if isinstance(tree, Map) else {}
    made = {**fields, step: with_value(fields.get(step), rest, leaf)}
    if isinstance(tree, Map):
        return Map(made, tree.writes, tree.deleted, tree.open)
    return Map(made, ())
