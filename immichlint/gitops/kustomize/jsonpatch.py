"""JSON patches (RFC 6902) on trees."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from immichlint.text.whole import whole
from immichlint.trees.merge import as_deletion, over_written
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Plain, Seq, Tree, Write, get, plain
from immichlint.yamltree.compose import MAX_DEPTH, MAX_NODES
from immichlint.yamltree.lookup import Route

_Change: TypeAlias = Callable[[Tree, "str | int"], Tree]


class JsonPatchError(ValueError):
    """An operation that does not apply; the message names its path."""


def apply_json_patch(tree: Tree, operations: Seq) -> Tree:
    """The tree after the operations. Raises JsonPatchError for one that does not apply, and where copies make more
    than is read: a few dozen can double the tree each time, or nest it without end."""
    room = MAX_NODES
    for operation in operations.items:
        if not isinstance(operation, Map):
            raise JsonPatchError("an operation is no mapping")
        room -= _weight(tree, operation, room)
        tree = _apply(tree, operation)
    return tree


def _weight(tree: Tree, operation: Map, room: int) -> int:
    """How many nodes an operation copies. Raises JsonPatchError where they are too many or would lie too deep."""
    copies = _text(operation, "op") in ("copy", "move")
    value = get(tree, _route(tree, _text(operation, "from"))) if copies else operation.items.get("value")
    pending = [(value, _text(operation, "path").count("/"))] if value is not None else []
    count = 0
    while pending:
        node, depth = pending.pop()
        count += 1
        if depth > MAX_DEPTH:
            raise JsonPatchError(f"it nests deeper than {MAX_DEPTH} levels")
        if copies and count > room:
            raise JsonPatchError(f"its copies have more than {MAX_NODES:,} nodes")
        below = node.items.values() if isinstance(node, Map) else node.items if isinstance(node, Seq) else ()
        pending += [(item, depth + 1) for item in below]
    return count if copies else 0


def _apply(tree: Tree, operation: Map) -> Tree:
    verb, path = _text(operation, "op"), _text(operation, "path")
    route = _route(tree, path)
    writes = operation.writes
    if verb == "remove":
        return _removed(tree, route, writes)
    if verb in ("move", "copy"):
        origin = _route(tree, _text(operation, "from"))
        value = get(tree, origin)
        if value is None:
            raise JsonPatchError(f"nothing stands at {_text(operation, 'from')}")
        if verb == "move":
            tree = _removed(tree, origin, writes)
        return _added(tree, _route(tree, path), value)
    if verb == "test":
        return _tested(tree, route, operation.items.get("value"), path)
    patched = operation.items.get("value")
    if patched is None:
        raise JsonPatchError(f"{verb} {path} has no value")
    if verb == "add":
        return _added(tree, route, patched)
    if verb == "replace":
        if get(tree, route) is None:
            # The library of kustomize adds a key that it should replace (evanphx/json-patch before version 5).
            if not isinstance(get(tree, route[:-1]), Map):
                raise JsonPatchError(f"nothing stands at {path}")
            return _added(tree, route, patched)
        return _replaced(tree, route, patched)
    raise JsonPatchError(f"unknown operation {verb!r}")


def _tested(tree: Tree, route: Route, value: Tree | None, path: str) -> Tree:
    """The tree as it is. Raises JsonPatchError where something else stands at a route than a test says."""
    found = get(tree, route)
    actual = plain(found) if found is not None else None
    if not _has_hole(actual) and actual != (plain(value) if value is not None else None):
        raise JsonPatchError(f"the test of {path} fails")
    return tree


def _has_hole(data: Plain) -> bool:
    below = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return isinstance(data, Hole) or any(map(_has_hole, below))


def _text(operation: Map, key: str) -> str:
    node = operation.items.get(key)
    return node.value if isinstance(node, Leaf) and isinstance(node.value, str) else ""


def _route(tree: Tree, path: str) -> Route:
    route: list[str | int] = []
    node: Tree | None = tree
    for raw in path.split("/")[1:]:
        step: str | int = raw.replace("~1", "/").replace("~0", "~")
        if isinstance(node, Seq):
            number = whole(raw)
            step = len(node.items) if raw == "-" else number if number is not None else -1
            node = node.items[step] if 0 <= step < len(node.items) else None
        else:
            node = node.items.get(str(step)) if isinstance(node, Map) else None
        route.append(step)
    return tuple(route)


def _descend(tree: Tree, route: Route, change: _Change) -> Tree:
    if len(route) == 1:
        return change(tree, route[0])
    step, rest = route[0], route[1:]
    if isinstance(tree, Map) and isinstance(step, str) and step in tree.items:
        items = {**tree.items, step: _descend(tree.items[step], rest, change)}
        return Map(items, tree.writes, tree.deleted, tree.open)
    if isinstance(tree, Seq) and isinstance(step, int) and 0 <= step < len(tree.items):
        copy = list(tree.items)
        copy[step] = _descend(copy[step], rest, change)
        return Seq(copy, tree.writes, tree.open)
    raise JsonPatchError(f"nothing stands at {step!r}")


def _added(tree: Tree, route: Route, value: Tree) -> Tree:
    def add(parent: Tree, step: str | int) -> Tree:
        if isinstance(parent, Seq) and isinstance(step, int) and 0 <= step <= len(parent.items):
            items = [*parent.items[:step], value, *parent.items[step:]]
            return Seq(items, parent.writes, parent.open)
        if isinstance(parent, Map) and isinstance(step, str):
            old = parent.items.get(step)
            new = over_written(old, value) if old is not None else value
            deleted = {key: writes for key, writes in parent.deleted.items() if key != step}
            return Map({**parent.items, step: new}, parent.writes, deleted, parent.open)
        raise JsonPatchError(f"{step!r} cannot be added")

    return _descend(tree, route, add) if route else value


def _replaced(tree: Tree, route: Route, value: Tree) -> Tree:
    def replace(parent: Tree, step: str | int) -> Tree:
        if isinstance(parent, Seq) and isinstance(step, int):
            items = list(parent.items)
            items[step] = over_written(items[step], value)
            return Seq(items, parent.writes, parent.open)
        assert isinstance(parent, Map)
        new = over_written(parent.items[str(step)], value)
        return Map({**parent.items, str(step): new}, parent.writes, parent.deleted, parent.open)

    return _descend(tree, route, replace) if route else value


def _removed(tree: Tree, route: Route, writes: tuple[Write, ...]) -> Tree:
    def remove(parent: Tree, step: str | int) -> Tree:
        if isinstance(parent, Seq) and isinstance(step, int) and 0 <= step < len(parent.items):
            return Seq([*parent.items[:step], *parent.items[step + 1 :]], parent.writes, parent.open)
        if isinstance(parent, Map) and step in parent.items:
            items = {key: value for key, value in parent.items.items() if key != step}
            deleted = {**parent.deleted, str(step): parent.items[str(step)].writes + as_deletion(writes)}
            return Map(items, parent.writes, deleted, parent.open)
        raise JsonPatchError(f"nothing stands at {step!r}")

    return _descend(tree, route, remove) if route else Leaf(None, (Write(Layer.PATCH, None),))
