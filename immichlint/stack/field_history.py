"""Fields and values that a release of an operator does not know yet, or still knows, by the CRDs of all releases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from immichlint.facts import load
from immichlint.named_tuple import NamedTuple
from immichlint.stack.release import Release, has
from immichlint.trees.tree import Leaf, Map, Seq, Tree
from immichlint.yamltree.lookup import Route

ITEMS = "[]"
ANY_KEY = "*"


class Later(NamedTuple):
    """A field of an object that came with a later release than the oldest known. `value`: the value of an
    enumeration that did, empty where the field itself did. `since`: the first release of each branch."""

    route: Route
    node: Tree
    value: str
    since: tuple[str, ...]

    def is_known_to(self, release: Release) -> bool:
        """Whether a release has it."""
        return has(release, self.since)


def later(tree: Tree, kind: str) -> Iterator[Later]:
    """The fields and values of an object that not all known releases have."""
    facts = load("field_releases")
    for name in ("fields", "values", "pods"):
        for row in _rows(facts, name, kind):
            for field in row["fields"]:
                route, _, value = field.partition("=")
                for found, node in _at(tree, tuple(_steps(route))):
                    if isinstance(node, Leaf) and (node.value is None or (value and node.value != value)):
                        continue
                    yield Later(found, node, value, tuple(row["since"]))


def had(kind: str, route: Route, release: Release) -> bool:
    """Whether a release has a field that later ones have no more, or one above it."""
    return any(
        _leads(tuple(_steps(field)), route)
        for row in _rows(load("field_releases"), "gone", kind)
        if has(release, row["since"]) and not has(release, row["until"])
        for field in row["fields"]
    )


def _rows(facts: Mapping[str, Any], name: str, kind: str) -> Iterator[Mapping[str, Any]]:
    return (row for row in facts[name] if row["kind"] == kind)


def _steps(route: str) -> Iterator[str]:
    """The steps of a route as the table writes it."""
    for step in route.split("."):
        yield step.removesuffix(ITEMS)
        if step.endswith(ITEMS):
            yield ITEMS


def _at(tree: Tree, steps: tuple[str, ...], route: Route = ()) -> Iterator[tuple[Route, Tree]]:
    """What stands at a route of the table."""
    if not steps:
        yield route, tree
    elif isinstance(tree, Seq):
        for index, item in enumerate(tree.items if steps[0] == ITEMS else ()):
            yield from _at(item, steps[1:], (*route, index))
    elif isinstance(tree, Map):
        for key in tree.items if steps[0] == ANY_KEY else steps[:1]:
            if key in tree.items:
                yield from _at(tree.items[key], steps[1:], (*route, key))


def _leads(steps: tuple[str, ...], route: Route) -> bool:
    """Whether a route of the table is a route, or leads to it."""
    found = zip(steps, route, strict=False)
    return len(steps) <= len(route) and all(
        step == ITEMS if isinstance(given, int) else step in (given, ANY_KEY) for step, given in found
    )
