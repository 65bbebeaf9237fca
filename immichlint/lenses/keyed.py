"""Steps that name list items by their merge key: `[name=HF_HOME]`.

Effects and reported routes name items this way, so that they do not depend on the order of a list.
"""

from __future__ import annotations

from typing import Final

from immichlint.trees.tree import Leaf, Map, Seq, Tree
from immichlint.yamltree.lookup import Data, Route, Step

KEYS: Final = ("mountPath", "name", "containerPort")
"""The keys that name items, the most telling first: a volume may be mounted twice, at two paths."""


def step(key: str, value: str) -> str:
    """The step to the item whose `key` is `value`."""
    return f"[{key}={value}]"


def parse(text: Step) -> tuple[str, str] | None:
    """The key and value of a keyed step; None for any other."""
    if not isinstance(text, str) or not text.startswith("[") or not text.endswith("]"):
        return None
    key, equals, value = text[1:-1].partition("=")
    return (key, value) if equals else None


def index_of(items: Seq, keyed: tuple[str, str]) -> int | None:
    """Where the item with a key stands."""
    key, value = keyed
    for index, item in enumerate(items.items):
        leaf = item.items.get(key) if isinstance(item, Map) else None
        if isinstance(leaf, Leaf) and str(leaf.value) == value:
            return index
    return None


def indexed(tree: Tree, route: Route) -> Route:
    """A route with its keyed steps turned into indices, as far as the items are there."""
    found: list[Step] = []
    node: Tree | None = tree
    for position, item in enumerate(route):
        keyed = parse(item)
        if keyed is not None and isinstance(node, Seq):
            index = index_of(node, keyed)
            if index is None:
                return (*found, *route[position:])
            found.append(index)
            node = node.items[index]
            continue
        found.append(item)
        if isinstance(node, Map):
            node = node.items.get(str(item))
        elif isinstance(node, Seq) and isinstance(item, int) and item < len(node.items):
            node = node.items[item]
        else:
            node = None
    return tuple(found)


def named(tree: Tree, route: Route) -> Route:
    """A route with indices turned into keyed steps where the items have a merge key."""
    found: list[Step] = []
    node: Tree | None = tree
    for item in route:
        if isinstance(node, Seq) and isinstance(item, int):
            below = node.items[item] if item < len(node.items) else None
            found.append(_step_of(below) or item)
            node = below
        else:
            found.append(item)
            node = node.items.get(str(item)) if isinstance(node, Map) else None
    return tuple(found)


def _step_of(item: Tree | None) -> str | None:
    for key in KEYS if isinstance(item, Map) else ():
        leaf = item.items.get(key) if isinstance(item, Map) else None
        if isinstance(leaf, Leaf) and isinstance(leaf.value, (str, int)):
            return step(key, str(leaf.value))
    return None


def as_item(keyed: tuple[str, str], rest: Route, value: Data) -> Data:
    """The list item that a keyed step and what lies below it describe."""
    below = value
    for name in reversed(rest):
        below = {str(name): below}
    item: Data = {keyed[0]: keyed[1], **below} if isinstance(below, dict) else below
    return item
