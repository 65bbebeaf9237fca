"""Assertions: a subset of JSON Schema, evaluated over trees of which parts are not known.

An answer is True or False where every way to fill the holes gives it, else None. A null in a mapping counts
as absent, as it does for Kubernetes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from immichlint.trees.merge import is_null
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree

Answer: TypeAlias = "bool | None"


def holds(schema: Mapping[str, Any], tree: Tree) -> Answer:
    """Whether a tree satisfies a schema: True, False, or None where the repository does not tell. Raises KeyError
    for a keyword that is not in the subset."""
    return _all(KEYWORDS[word](value, tree) for word, value in schema.items())


def _all(answers: Iterable[Answer]) -> Answer:
    found: Answer = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            found = None
    return found


def _negated(answer: Answer) -> Answer:
    return None if answer is None else not answer


def _any(answers: Iterable[Answer]) -> Answer:
    return _negated(_all(map(_negated, answers)))


def _type(wanted: str | list[str], tree: Tree) -> Answer:
    if _unknown(tree):
        return None
    return any(_is(tree, name) for name in ([wanted] if isinstance(wanted, str) else wanted))


def _is(tree: Tree, name: str) -> bool:
    if not isinstance(tree, Leaf):
        return name == ("object" if isinstance(tree, Map) else "array")
    value = tree.value
    if value is None or isinstance(value, (bool, str)):
        return name == {type(None): "null", bool: "boolean", str: "string"}[type(value)]
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return name == "number" or (name == "integer" and whole)


def _enum(values: list[Any], tree: Tree) -> Answer:
    return _any(_equal(tree, value) for value in values)


def _equal(tree: Tree, value: Any) -> Answer:
    if _unknown(tree):
        return None
    if isinstance(tree, Map):
        return _equal_maps(tree, value) if isinstance(value, dict) else False
    if isinstance(tree, Seq):
        return _equal_lists(tree, value) if isinstance(value, list) else False
    if isinstance(value, (dict, list)):
        return False
    return isinstance(tree.value, bool) == isinstance(value, bool) and tree.value == value


def _equal_maps(tree: Map, value: dict[str, Any]) -> Answer:
    present = {key: item for key, item in tree.items.items() if not is_null(item)}
    wanted = {key: item for key, item in value.items() if item is not None}
    answers = [_equal(present[key], item) if key in present else _missing(tree, key) for key, item in wanted.items()]
    # What is unknown in a place that nothing is wanted may be null, which counts as absent.
    spare = [None if _unknown(item) else False for key, item in present.items() if key not in wanted]
    return _all([*answers, *spare, None if tree.open else True])


def _missing(tree: Map, key: str) -> Answer:
    """Whether a key that is not there is there after all: no, or not known."""
    return None if tree.open and key not in tree.items and key not in tree.deleted else False


def _equal_lists(tree: Seq, value: list[Any]) -> Answer:
    if len(tree.items) != len(value):
        return None if tree.open else False
    answers = [_equal(item, wanted) for item, wanted in zip(tree.items, value, strict=True)]
    return _all([*answers, None if tree.open else True])


def _pattern(pattern: str, tree: Tree) -> Answer:
    if _unknown(tree):
        return None
    text = tree.value if isinstance(tree, Leaf) else None
    return not isinstance(text, str) or re.search(pattern, text) is not None


def _minimum(least: float, tree: Tree) -> Answer:
    return _bounded(tree, lambda number: not number < least)


def _maximum(most: float, tree: Tree) -> Answer:
    return _bounded(tree, lambda number: not number > most)


def _bounded(tree: Tree, within: Callable[[float], bool]) -> Answer:
    if _unknown(tree):
        return None
    number = tree.value if isinstance(tree, Leaf) else None
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        return True
    return within(number)


def _required(names: list[str], tree: Tree) -> Answer:
    if _unknown(tree):
        return None
    return not isinstance(tree, Map) or _all(_there(tree, name) for name in names)


def _there(tree: Map, name: str) -> Answer:
    item = tree.items.get(name)
    if item is None or is_null(item):
        return _missing(tree, name)
    return None if _unknown(item) else True


def _properties(schemas: Mapping[str, Mapping[str, Any]], tree: Tree) -> Answer:
    if _unknown(tree):
        return None
    return not isinstance(tree, Map) or _all(_property(tree, name, schema) for name, schema in schemas.items())


def _property(tree: Map, name: str, schema: Mapping[str, Any]) -> Answer:
    item = tree.items.get(name)
    if item is None or is_null(item):
        return None if _missing(tree, name) is None else True
    # A hole may be null, which counts as absent and satisfies what is said of the property.
    return None if _unknown(item) else holds(schema, item)


def _items(schema: Mapping[str, Any], tree: Tree) -> Answer:
    if _unknown(tree):
        return None
    if not isinstance(tree, Seq):
        return True
    return _all([*(holds(schema, item) for item in tree.items), None if tree.open else True])


def _unknown(tree: Tree) -> bool:
    return isinstance(tree, Leaf) and isinstance(tree.value, Hole)


KEYWORDS: Final[Mapping[str, Callable[[Any, Tree], Answer]]] = {
    "type": _type,
    "enum": _enum,
    "const": lambda value, tree: _equal(tree, value),
    "pattern": _pattern,
    "minimum": _minimum,
    "maximum": _maximum,
    "required": _required,
    "properties": _properties,
    "items": _items,
    "allOf": lambda schemas, tree: _all(holds(schema, tree) for schema in schemas),
    "anyOf": lambda schemas, tree: _any(holds(schema, tree) for schema in schemas),
    "not": lambda schema, tree: _negated(holds(schema, tree)),
}
