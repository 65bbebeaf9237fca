"""The order of what values describe as a mapping: by name, and what depends on others after them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from immichlint.trees.tree import Leaf, Map, Seq, Tree

Item = TypeVar("Item", bound=Tree)


def in_order(items: Iterable[tuple[str, Item]]) -> list[tuple[str, Item]]:
    """The items of a mapping in the order that the chart gives them (common 4.1.1, `templates/lib/chart/_kahn.tpl`).

    What depends on something that never comes, which the chart refuses, is last.
    """
    waiting = {name: (item, _needed(item)) for name, item in sorted(items, key=lambda pair: pair[0])}
    found: list[tuple[str, Item]] = []
    done: set[str] = set()
    while waiting:
        name = next((name for name, (_, needed) in waiting.items() if needed <= done), next(iter(waiting)))
        found.append((name, waiting.pop(name)[0]))
        done.add(name)
    return found


def _needed(item: Tree) -> set[str]:
    after = item.items.get("dependsOn") if isinstance(item, Map) else None
    leaves = after.items if isinstance(after, Seq) else [after]
    return {leaf.value for leaf in leaves if isinstance(leaf, Leaf) and isinstance(leaf.value, str)}
