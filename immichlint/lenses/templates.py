"""The templates that values of charts commonly have, evaluated; all others stay unknown."""

from __future__ import annotations

import re
from typing import Final

from immichlint.lenses.release import Release
from immichlint.trees.pieces import joined
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, get

_OPEN, _CLOSE = "{{", "}}"
_PRINTF: Final = r'printf "([^"%\\]*)%s([^"%\\]*)" (\S+)'


def rendered(tree: Tree, release: Release, values: Map) -> Tree:
    """The tree with the templates that use only the release's name and namespace, and plain values."""
    if isinstance(tree, Map):
        items = {key: rendered(item, release, values) for key, item in tree.items.items()}
        return Map(items, tree.writes, tree.deleted, tree.open)
    if isinstance(tree, Seq):
        return Seq([rendered(item, release, values) for item in tree.items], tree.writes, tree.open)
    if not isinstance(tree.value, Hole) or "{{" not in tree.value.text:
        return tree
    return _leaf(tree, tree.value.text, release, values)


def _leaf(leaf: Leaf, text: str, release: Release, values: Map) -> Leaf:
    parts: list[Leaf | str] = []
    for position, part in enumerate(_actions(text)):
        made = _value(part, release, values) if position % 2 else part
        if made is None:
            return leaf
        parts.append(made)
    parts = [part for part in parts if part != ""]
    whole = parts[0] if len(parts) == 1 else None
    if isinstance(whole, Leaf):
        return whole
    made = joined(parts)
    return Leaf(made.value, leaf.writes)


def _actions(text: str) -> list[str]:
    """What is outside of actions and what is in them, by turns."""
    parts: list[str] = []
    at = 0
    while (start := text.find(_OPEN, at)) >= 0 and (end := text.find(_CLOSE, start)) >= 0:
        inside = text[start + len(_OPEN) : end].removeprefix("-").removesuffix("-")
        parts += (text[at:start], inside.strip())
        at = end + len(_CLOSE)
    return [*parts, text[at:]]


def _value(expression: str, release: Release, values: Map) -> Leaf | str | None:
    if expression == ".Release.Name":
        return release.name
    if expression == ".Release.Namespace":
        return release.namespace or None
    if expression.startswith(".Values."):
        found = get(values, tuple(expression.split(".")[2:]))
        return found if isinstance(found, Leaf) and not _is_template(found) else None
    call = re.fullmatch(_PRINTF, expression)
    argument = _value(call[3], release, values) if call is not None else None
    return f"{call[1]}{argument}{call[2]}" if call is not None and isinstance(argument, str) else None


def _is_template(leaf: Leaf) -> bool:
    return isinstance(leaf.value, Hole) and "{{" in leaf.value.text
