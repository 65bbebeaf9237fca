"""JSON Schema over YAML nodes: as much of it as the configuration's schema uses, with places and sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from immichlint.named_tuple import NamedTuple
from immichlint.text.nearest import hint
from immichlint.yamltree.lookup import data, entries, is_merge, key_text
from immichlint.yamltree.nodes import MappingNode, Node, ScalarNode, SequenceNode, resolve

Schema = Mapping[str, Any] | bool

KEYWORDS: Final = frozenset(
    ("type", "enum", "const", "pattern", "minimum", "minItems", "items", "required", "properties")
) | frozenset(("patternProperties", "additionalProperties", "$ref"))
"""What is evaluated. A `$ref` leads to `#/$defs/NAME`; siblings hold too."""

_TYPES: Final[Mapping[str, Callable[[Any], bool]]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: _is_number(value) and value == value // 1,
    "number": lambda value: _is_number(value),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
_PASSWORD: Final = re.compile(r"://(?:(?!://)[^\s@])*@|(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{20,}+={0,2}(?!\S)")
"""A URL with a user, or what may be a key: 20 characters or more without a blank, a dot or a dash."""
_CALLED: Final = {
    "null": "empty",
    "boolean": "a yes or no",
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "array": "a list",
    "object": "a mapping",
}


class Violation(NamedTuple):
    """What breaks a schema: where, and a sentence that says what is wrong and what is expected."""

    node: Node
    message: str


class Checker:
    """A schema with its definitions, at work. Documents are small: their aliases are followed."""

    __slots__ = ("_definitions", "_schema")

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self._definitions: Mapping[str, Schema] = schema.get("$defs", {})

    def violations(self, root: Node) -> Iterator[Violation]:
        """What breaks the schema, in reading order of a mapping's keys, what is missing last."""
        return self._check(self._schema, root, root, "the configuration")

    def _check(self, schema: Schema, node: Node, at: Node, name: str) -> Iterator[Violation]:
        """`at`: what to point at. `name`: what the value is called."""
        if isinstance(schema, bool):
            if not schema:
                yield Violation(at, f"{name} is not allowed here.")
            return
        if "$ref" in schema:
            reference = self._definitions[schema["$ref"].removeprefix("#/$defs/")]
            broken = list(self._check(reference, node, at, name))
            if broken:
                yield from broken
                return
        target = resolve(node)
        wrong = _wrong_value(schema, target, name)
        if wrong is not None:
            yield Violation(at, wrong)
        elif isinstance(target, MappingNode):
            yield from self._check_mapping(schema, target, at, name)
        elif isinstance(target, SequenceNode):
            for item in target.items if "items" in schema else ():
                yield from self._check(schema["items"], item, item, f"an item of {name}")

    def _check_mapping(self, schema: Mapping[str, Any], node: MappingNode, at: Node, name: str) -> Iterator[Violation]:
        properties = schema.get("properties", {})
        patterns = schema.get("patternProperties", {})
        for written, _ in node.entries:
            if key_text(written) is None and not is_merge(written):
                yield Violation(written, "a key is a single word here.")
        present = entries(node)
        for key, entry in present.items():
            schemas = [properties[key]] if key in properties else []
            schemas += [patterns[pattern] for pattern in patterns if re.search(pattern, key)]
            if not schemas:
                schemas = [schema.get("additionalProperties", True)]
                if schemas[0] is False:
                    yield Violation(entry.key, _unknown_key(schema, key, present))
                    continue
            for part in schemas:
                yield from self._check(part, entry.value, _spot(entry.key, entry.value), f"`{key}`")
        for key in schema.get("required", ()):
            if key not in present:
                yield Violation(at, _missing(key, name, properties.get(key, True)))


def _spot(key: Node, value: Node) -> Node:
    """What to point at: a scalar that is there, else the key."""
    return value if isinstance(value, ScalarNode) and value.end > value.start else key


def _wrong_value(schema: Mapping[str, Any], node: Node, name: str) -> str | None:
    """What is wrong with a value, its keys and items aside."""
    value = data(node)
    wanted = schema.get("type")
    types = [wanted] if isinstance(wanted, str) else wanted
    if types and not any(_TYPES[kind](value) for kind in types):
        return _wrong_type(types, value, name)
    if "const" in schema and not _same(value, schema["const"]):
        quoted = " without quotes" if isinstance(value, str) and value == str(schema["const"]) else ""
        return f"{name} is {_shown(value)}; expected {_shown(schema['const'])}{quoted}."
    if "enum" in schema and not any(_same(value, choice) for choice in schema["enum"]):
        return _wrong_choice(schema["enum"], value, name)
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        expected = schema.get("patternErrorMessage", f"expected text that matches `{schema['pattern']}`")
        return f"{name} is {_shown(value)}; {expected}."
    if "minimum" in schema and _is_number(value) and value < schema["minimum"]:
        return f"{name} is {_shown(value)}; expected {_shown(schema['minimum'])} or more."
    if "minItems" in schema and isinstance(value, list) and len(value) < schema["minItems"]:
        return f"{name} is an empty list; expected at least {schema['minItems']} item."
    return None


def _wrong_type(types: list[str], value: Any, name: str) -> str:
    there = next((_CALLED[kind] for kind, holds in _TYPES.items() if holds(value)), "something else")
    expected = " or ".join(_CALLED[kind] for kind in types)
    advice = ""
    if "string" in types and isinstance(value, bool | int | float):
        advice = "; write it in quotes"
    elif "array" in types and isinstance(value, str):
        advice = "; write it in brackets: `[...]`"
    return f"{name} is {there}, expected {expected}{advice}."


def _wrong_choice(choices: list[Any], value: Any, name: str) -> str:
    *others, last = map(_shown, choices)
    expected = f"{', '.join(others)} or {last}" if others else last
    if not isinstance(value, str):
        return f"{name} is no text, expected {expected}."
    near = hint(value, [choice for choice in choices if isinstance(choice, str)])
    return f"{name} is {_shown(value)}, expected {expected}{near}"


def _unknown_key(schema: Mapping[str, Any], key: str, present: Mapping[str, Any]) -> str:
    properties = schema.get("properties", {})
    if "patternErrorMessage" in schema:
        return f"`{key}` is no key here; {schema['patternErrorMessage']}."
    near = hint(key, [name for name in properties if name not in present])
    if near == "." and properties:
        near = f"; there are {', '.join(f'`{name}`' for name in properties)}."
    return f"`{key}` is no key here{near}"


def _missing(key: str, name: str, schema: Schema) -> str:
    const = schema.get("const") if isinstance(schema, Mapping) else None
    if const is not None:
        return f"`{key}` is missing; write `{key}: {const}`."
    return f"{name} has no `{key}`, which is required."


def _shown(value: Any) -> str:
    """A value in a sentence; not one that may be a key or a password, written where it does not belong."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text}`" if _PASSWORD.search(text) is None else "a text that is not shown here"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same(one: Any, other: Any) -> bool:
    """Equality of JSON: `true` is not 1, and 1.0 is 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return bool(one == other)
