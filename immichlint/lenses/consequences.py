"""What other values of a release would change in what its chart makes."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.findings.change import REMOVED, Effect, Removed
from immichlint.lenses.apply import make
from immichlint.lenses.keyed import KEYS, step
from immichlint.lenses.release import Release
from immichlint.trees.tree import Hole, Leaf, Map, Plain, Seq, Tree, get, plain, replaced
from immichlint.yamltree.lookup import Data, Route


def of_renaming(environment: str, release: Release, route: Route, name: str) -> tuple[Effect, ...] | None:
    """The effects of another name for the key at a route of the values; None where objects would come or go, or
    where what would change is not all known."""
    parent = get(release.values, route[:-1])
    if not isinstance(parent, Map):
        return None
    items = {name if key == route[-1] else key: item for key, item in parent.items.items()}
    return _of(environment, release, replaced(release.values, route[:-1], _with_items(parent, items)))


def of_value(environment: str, release: Release, route: Route, value: str) -> tuple[Effect, ...] | None:
    """The effects of a text at a route of the values, as `of_renaming`."""
    parent = get(release.values, route[:-1])
    if not isinstance(parent, Map):
        return None
    items = {**parent.items, str(route[-1]): Leaf(value, parent.writes)}
    return _of(environment, release, replaced(release.values, route[:-1], _with_items(parent, items)))


def _with_items(parent: Map, items: dict[str, Tree]) -> Map:
    return Map(items, parent.writes, parent.deleted, parent.open)


def _of(environment: str, release: Release, values: Tree) -> tuple[Effect, ...] | None:
    assert isinstance(values, Map)
    before = {item.key: item.manifest.tree for item in make(environment, release)}
    after = {item.key: item.manifest.tree for item in make(environment, release._replace(values=values))}
    if before.keys() != after.keys():
        return None
    found: list[Effect] = []
    for key, tree in before.items():
        for changed, value in _differences(tree, after[key], ()):
            if not isinstance(value, Removed) and _has_hole(value):
                return None
            found.append(Effect(key, changed, _data(value)))
    return tuple(found)


def _data(value: Plain | Removed) -> Data | Removed:
    made: Data | Removed = value  # type: ignore[assignment]
    return made


def _has_hole(value: Plain) -> bool:
    if isinstance(value, dict):
        return any(map(_has_hole, value.values()))
    return any(map(_has_hole, value)) if isinstance(value, list) else isinstance(value, Hole)


def _differences(one: Tree, other: Tree, route: Route) -> Iterator[tuple[Route, Plain | Removed]]:
    if isinstance(one, Map) and isinstance(other, Map):
        yield from _in_mapping(one.items, other.items, route)
    elif isinstance(one, Seq) and isinstance(other, Seq) and (steps := _keyed(one, other)) is not None:
        yield from _in_mapping(steps[0], steps[1], route)
    elif plain(one) != plain(other) or (isinstance(one, Leaf) and isinstance(other, Leaf) and one.value != other.value):
        yield route, plain(other)


def _in_mapping(one: dict[str, Tree], other: dict[str, Tree], route: Route) -> Iterator[tuple[Route, Plain | Removed]]:
    for key in dict.fromkeys((*one, *other)):
        below = (*route, key)
        if key not in other:
            yield below, REMOVED
        elif key not in one:
            yield below, plain(other[key])
        else:
            yield from _differences(one[key], other[key], below)


def _keyed(one: Seq, other: Seq) -> tuple[dict[str, Tree], dict[str, Tree]] | None:
    """The items of two lists by the key that names them in both; None where none does."""
    for key in KEYS:
        found = [_by(items, key) for items in (one, other)]
        if found[0] is not None and found[1] is not None and (found[0] or found[1]):
            return found[0], found[1]
    return None


def _by(items: Seq, key: str) -> dict[str, Tree] | None:
    found: dict[str, Tree] = {}
    for item in items.items:
        leaf = item.items.get(key) if isinstance(item, Map) else None
        if not isinstance(leaf, Leaf) or not isinstance(leaf.value, (str, int)):
            return None
        found[step(key, str(leaf.value))] = item
    return found if len(found) == len(items.items) else None
