"""Looking into nodes by route, with aliases and merges resolved.

A route is a tuple of mapping keys and sequence indices, in the coordinates of the *value*: the route of
what a merge brings into a mapping leads through that mapping, and `Found` says where it is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from immichlint.named_tuple import NamedTuple
from immichlint.yamltree.nodes import (
    MERGE_KEY,
    PLAIN,
    AliasNode,
    Entry,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    resolve,
)
from immichlint.yamltree.scalars import Value, typed

Step: TypeAlias = str | int
Route: TypeAlias = tuple[Step, ...]
Data: TypeAlias = "Value | list[Data] | dict[str, Data]"


class Found(NamedTuple):
    """What a route leads to.

    `node`: the value, aliases resolved. `written`: the node that stands there (perhaps an alias).
    `key`: its key, None for an item of a sequence and for the root. `shared`: whether the way led
    through an alias or a merge, so that the node is written somewhere else than the route says.
    """

    node: Node
    written: Node
    key: ScalarNode | None
    shared: bool


def key_text(node: Node) -> str | None:
    """The text of a mapping key; None where the key is no scalar."""
    node = resolve(node)
    return node.text if isinstance(node, ScalarNode) else None


def is_merge(key: Node) -> bool:
    """Whether a key is the merge key `<<`."""
    return isinstance(key, ScalarNode) and key.text == MERGE_KEY and key.style == PLAIN


def entries(mapping: MappingNode) -> Mapping[str, Entry]:
    """The keys of a mapping in order, merges resolved: its own keys win, then the merge written first."""
    if mapping.found is None:
        mapping.found = _entries(mapping)
    return mapping.found


def _entries(mapping: MappingNode) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    merged: list[MappingNode] = []
    for key, value in mapping.entries:
        if is_merge(key):
            merged += _merge_sources(value)
            continue
        target = key if isinstance(key, ScalarNode) else resolve(key)
        if isinstance(target, ScalarNode):
            found[target.text] = Entry(target, value, own=True)
    for source in merged:
        for name, entry in entries(source).items():
            if name not in found:
                found[name] = Entry(entry.key, entry.value, own=False)
    return found


def _merge_sources(node: Node) -> list[MappingNode]:
    node = resolve(node)
    if isinstance(node, MappingNode):
        return [node]
    if isinstance(node, SequenceNode):
        return [item for item in map(resolve, node.items) if isinstance(item, MappingNode)]
    return []


def find(root: Node | None, route: Route) -> Found | None:
    """What a route leads to below a root; None where there is nothing."""
    if root is None:
        return None
    found = Found(resolve(root), root, None, isinstance(root, AliasNode))
    for step in route:
        following = _child(found, step)
        if following is None:
            return None
        found = following
    return found


def _child(parent: Found, step: Step) -> Found | None:
    node = parent.node
    if isinstance(node, MappingNode) and isinstance(step, str):
        entry = entries(node).get(step)
        if entry is None:
            return None
        shared = parent.shared or not entry.own or isinstance(entry.value, AliasNode)
        return Found(resolve(entry.value), entry.value, entry.key, shared)
    if isinstance(node, SequenceNode) and isinstance(step, int) and 0 <= step < len(node.items):
        item = node.items[step]
        return Found(resolve(item), item, None, parent.shared or isinstance(item, AliasNode))
    return None


def data(node: Node | None) -> Data:
    """The value of a node as Kubernetes reads it."""
    if node is None:
        return None
    node = resolve(node)
    if isinstance(node, ScalarNode):
        return typed(node)
    if isinstance(node, SequenceNode):
        return [data(item) for item in node.items]
    assert isinstance(node, MappingNode)
    return {name: data(entry.value) for name, entry in entries(node).items()}
