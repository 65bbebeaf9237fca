"""What is switched on among the entries of app-template's mappings, and which of them is the primary one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from immichlint.trees.tree import Leaf, Map, Tree


def enabled(items: Tree | None) -> Iterator[tuple[str, Map]]:
    """The entries of a mapping of values that are not switched off."""
    for name, item in (items.items if isinstance(items, Map) else {}).items():
        if isinstance(item, Map):
            switch = item.items.get("enabled")
            if not (isinstance(switch, Leaf) and switch.value is False):
                yield name, item


def says_primary(item: Map) -> bool:
    """Whether an entry says of itself that it is the primary one."""
    switch = item.items.get("primary")
    return isinstance(switch, Leaf) and switch.value is True


def primary(items: Iterable[tuple[str, Map]]) -> tuple[str, Map] | None:
    """The entry that says that it is primary, else the first by name; None of none."""
    ordered = sorted(items, key=lambda pair: pair[0])
    return next((pair for pair in ordered if says_primary(pair[1])), ordered[0] if ordered else None)
