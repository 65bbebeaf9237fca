"""Anchors, aliases and merges: which routes see what is written in one place."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.named_tuple import NamedTuple
from immichlint.yamltree.lookup import Found, Route, Step, entries, find, is_merge
from immichlint.yamltree.nodes import AliasNode, Document, MappingNode, Node, SequenceNode, resolve
from immichlint.yamltree.style import walk


class Reach(NamedTuple):
    """How far a route leads: what is found, the route that leads there, and the rest that is missing."""

    found: Found
    route: Route
    rest: Route


def reach(root: Node, route: Route) -> Reach:
    """The last thing that is there on the way of a route."""
    for length in range(len(route), 0, -1):
        found = find(root, route[:length])
        if found is not None:
            return Reach(found, route[:length], route[length:])
    whole = find(root, ())
    assert whole is not None
    return Reach(whole, (), route)


def has_aliases(document: Document) -> bool:
    """Whether a document uses an anchor."""
    return any(isinstance(node, AliasNode) for node in walk(document.root))


def routes_of(root: Node, route: Route) -> list[Route]:
    """All routes whose value changes with what is written at a route that leads through no alias: the route
    itself, and those that an alias or a merge leads to the same text."""
    there = reach(root, route)
    if there.rest:
        return [(*at, *there.rest) for at in _seen(root, there.found.node, there.rest[0])]
    if not route:
        return [()]
    holder = reach(root, route[:-1]).found.node
    if isinstance(holder, MappingNode) and not entries(holder)[str(route[-1])].own:
        return child_routes(root, route)
    written = there.found.written
    if isinstance(written, AliasNode):
        return [at for at, node in _uses(root) if node is written]
    return [at for at, node in _uses(root) if resolve(node) is written]


def child_routes(root: Node, route: Route) -> list[Route]:
    """All routes on which the entry or item at a route is seen as a child of what holds it, itself or merged."""
    holder = reach(root, route[:-1]).found.node
    return [(*at, route[-1]) for at in _seen(root, holder, route[-1])]


def _seen(root: Node, holder: Node, step: Step) -> list[Route]:
    """The routes to all collections whose child at a step is the holder's, or would be."""
    child = entries(holder).get(step) if isinstance(holder, MappingNode) and isinstance(step, str) else None
    routes: list[Route] = []
    for at, node in _uses(root):
        node = resolve(node)
        if node is holder:
            routes.append(at)
        elif isinstance(node, MappingNode) and isinstance(step, str) and _merges(node, holder):
            other = entries(node).get(step)
            value = child.value if child is not None else None
            if (other.value if other is not None else None) is value and (other is None or not other.own):
                routes.append(at)
    return routes


def _merges(mapping: MappingNode, target: Node) -> bool:
    for key, value in mapping.entries:
        if not is_merge(key):
            continue
        value = resolve(value)
        for source in value.items if isinstance(value, SequenceNode) else [value]:
            source = resolve(source)
            if source is target or (isinstance(source, MappingNode) and _merges(source, target)):
                return True
    return False


def _uses(root: Node) -> Iterator[tuple[Route, Node]]:
    stack: list[tuple[Route, Node]] = [((), root)]
    while stack:
        route, node = stack.pop()
        yield route, node
        target = resolve(node)
        if isinstance(target, MappingNode):
            stack += [((*route, name), entry.value) for name, entry in entries(target).items()]
        elif isinstance(target, SequenceNode):
            stack += [((*route, index), item) for index, item in enumerate(target.items)]
