"""Field paths of replacements: `spec.containers.[name=main].image`, `a.*.b`, `a.0` (kyaml/yaml/match.go)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from immichlint.gitops.kustomize.fields import split
from immichlint.gitops.kustomize.patterns import PatternError, checked
from immichlint.text.whole import whole
from immichlint.trees.pieces import text_of
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, Writes

Change: TypeAlias = "Callable[[Tree | None], Tree]"
"""What becomes of a field; of None where it is made."""


class PathError(ValueError):
    """A path that does not lead to a field; the message says where."""


def steps(path: str) -> tuple[str, ...]:
    """The steps of a path; points in brackets belong to their step (kyaml/utils/pathsplitter.go)."""
    found: list[str] = []
    parts = iter(split(path, "."))
    for part in parts:
        if not part.startswith("[") or part.endswith("]"):
            found.append(part)
            continue
        bracketed = part
        for more in parts:
            bracketed += f".{more}"
            if more.endswith("]"):
                break
        found.append(bracketed if "=" in bracketed else bracketed.strip("[]"))
    return tuple(found)


def at(tree: Tree, path: tuple[str, ...]) -> Tree | None:
    """The field at a path; the first item that fits. Raises PathError for a wildcard."""
    node: Tree | None = tree
    for step in path:
        number = whole(step)
        if step == "*":
            raise PathError("a source has no `*`")
        if isinstance(node, Seq):
            node = _item(node, step, number)
        elif isinstance(node, Map):
            node = node.items.get(step)
        else:
            return None
    return node


def _item(node: Seq, step: str, number: int | None) -> Tree | None:
    if number is not None or step == "-":
        index = number if number is not None else len(node.items) - 1
        return node.items[index] if 0 <= index < len(node.items) else None
    if not is_selector(step):
        return None
    name, value = selector(step)
    return next((item for item in node.items if _source_text(item, name) == value), None)


def _source_text(item: Tree, name: str) -> str | None:
    if not name:
        return text(item)
    return text(item.items[name]) if isinstance(item, Map) and name in item.items else None


def is_selector(step: str) -> bool:
    """Whether a step selects items of a list: `[name=main]`, or `[=value]` for items that are scalars."""
    return step.startswith("[") and step.endswith("]")


def selector(step: str) -> tuple[str, str]:
    """The field and the value of a step that selects. Raises PathError."""
    name, equals, value = step[1:-1].partition("=")
    if not equals:
        raise PathError(f"`{step}` has no `=`")
    return name, value


def text(tree: Tree) -> str:
    """A scalar as it is written; empty for what is none."""
    if not isinstance(tree, Leaf):
        return ""
    if isinstance(tree.value, Hole):
        return tree.value.text
    return tree.raw or text_of(tree.value)


class Matcher:
    """Changes what a path leads to. `new`: the kind of what is made where it is absent, None where nothing is.

    `found`: how many fields it has led to.
    """

    def __init__(self, change: Change, new: type[Leaf] | type[Map] | type[Seq] | None, writes: Writes) -> None:
        self._change = change
        self._new = new
        self._writes = writes
        self.found = 0

    def changed(self, tree: Tree, path: tuple[str, ...]) -> Tree:
        """The tree with the fields at a path changed. Raises PathError."""
        if not path:
            self.found += 1
            return self._change(tree)
        step, rest = path[0], path[1:]
        number = whole(step)
        if number is not None:
            return self._index(tree, number, rest)
        if is_selector(step):
            return self._selected(tree, *selector(step), rest)
        if step == "*":
            if not isinstance(tree, Seq):
                raise PathError("`*` stands for the items of what is no list")
            return Seq([self.changed(item, rest) for item in tree.items], tree.writes, tree.open)
        return self._field(tree, step, rest)

    def _made(self, rest: tuple[str, ...]) -> Tree:
        """What is made on the way, or at its end."""
        if not rest:
            return Map({}, self._writes) if self._new is Map else Seq([], self._writes) if self._new is Seq else _NEW
        following = rest[0]
        is_list = is_selector(following) or whole(following) is not None
        return Seq([], self._writes) if is_list else Map({}, self._writes)

    def _below(self, tree: Tree, rest: tuple[str, ...]) -> Tree:
        if tree is _NEW and not rest:
            self.found += 1
            return self._change(None)
        return self.changed(tree, rest)

    def _field(self, tree: Tree, step: str, rest: tuple[str, ...]) -> Tree:
        if isinstance(tree, Leaf) and tree.value is None and tree is not _NEW:
            tree = tree if self._new is None else Map({}, self._writes)
        if not isinstance(tree, Map):
            if isinstance(tree, Leaf) and tree.value is None:
                return tree
            raise PathError(f"`{step}` is sought in what is no mapping")
        below = tree.items.get(step)
        if below is None:
            if self._new is None:
                return tree
            below = self._made(rest)
        return Map({**tree.items, step: self._below(below, rest)}, tree.writes, tree.deleted, tree.open)

    def _index(self, tree: Tree, number: int, rest: tuple[str, ...]) -> Tree:
        if not isinstance(tree, Seq):
            raise PathError(f"{number} is sought in what is no list")
        items = list(tree.items)
        if number == len(items) and self._new is not None:
            items.append(self._made(rest))
        if number >= len(items):
            raise PathError(f"there is no item {number}")
        items[number] = self._below(items[number], rest)
        return Seq(items, tree.writes, tree.open)

    def _selected(self, tree: Tree, name: str, value: str, rest: tuple[str, ...]) -> Tree:
        if not isinstance(tree, Seq):
            raise PathError(f"`[{name}={value}]` is sought in what is no list")
        before = self.found
        items = [self._item(item, name, value, rest) for item in tree.items]
        if self.found == before and self._new is not None:
            new = Leaf(value, self._writes)
            items.append(self.changed(Map({name: new}, self._writes), rest) if name else self.changed(new, ()))
        return Seq(items, tree.writes, tree.open)

    def _item(self, item: Tree, name: str, value: str, rest: tuple[str, ...]) -> Tree:
        if not name:
            if not _is_in(text(item), value):
                return item
            # kyaml takes nothing of a path behind a scalar that is selected.
            return self.changed(item, ())
        if not isinstance(item, Map) or name not in item.items or not _is_in(text(item.items[name]), value):
            return item
        return self.changed(item, rest)


def _is_in(found: str, pattern: str) -> bool:
    try:
        return re.search(checked(pattern, found), found) is not None
    except (PatternError, re.error) as error:
        raise PathError(str(error)) from error


_NEW = Leaf(None, ())
