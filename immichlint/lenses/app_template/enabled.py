"""What is switched on among the entries of app-template's mappings."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.trees.tree import Leaf, Map, Tree


def enabled(items: Tree | None) -> Iterator[tuple[str, Map]]:
    """The entries of a mapping of values that are not switched off."""
    for name, item in (items.items if isinstance(items, Map) else {}).items():
        if isinstance(item, Map):
            switch = item.items.get("enabled")
            if not (isinstance(switch, Leaf) and switch.value is False):
                yield name, item
