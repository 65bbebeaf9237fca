"""Variables of a container: app-template's four spellings of `env`, and its `envFrom`."""

from __future__ import annotations

from typing import Final

from immichlint.lenses.app_template.names import Names
from immichlint.lenses.app_template.order import in_order
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, Write, Writes
from immichlint.yamltree.place import Place

_SHORTHAND: Final = ("secretKeyRef", "configMapKeyRef", "fieldRef", "resourceFieldRef", "fileKeyRef")


def env(values: Tree) -> Seq:
    """The container's `env` from a mapping or a list of values."""
    if isinstance(values, Seq):
        return Seq([_listed(item) for item in values.items], values.writes, values.open)
    if not isinstance(values, Map):
        return Seq([], values.writes)
    items: list[Tree] = []
    for name, value in in_order(values.items.items()):
        item = _item(name, value)
        if item is not None:
            items.append(item)
    return Seq(items, values.writes, values.open)


def _listed(item: Tree) -> Tree:
    """An item of a list of variables: as Kubernetes has it, with its value as text and without shorthands."""
    if not isinstance(item, Map):
        return item
    value = item.items.get("value")
    if isinstance(value, Leaf):
        return Map({**item.items, "value": as_text(value)}, item.writes, item.deleted, item.open)
    short = {key: below for key, below in item.items.items() if key in _SHORTHAND}
    if not short or "valueFrom" in item.items:
        return item
    kept = {key: below for key, below in item.items.items() if key not in short}
    return Map({**kept, "valueFrom": Map(short, item.writes)}, item.writes, item.deleted, item.open)


def _item(name: str, value: Tree) -> Map | None:
    named = Leaf(name, key_writes(value.writes))
    if isinstance(value, Leaf):
        return None if value.value is None else Map({"name": named, "value": as_text(value)}, value.writes)
    if not isinstance(value, Map):
        return None
    if "value" in value.items:
        inner = value.items["value"]
        text = as_text(inner) if isinstance(inner, Leaf) else inner
        return Map({"name": named, "value": text}, value.writes)
    if "valueFrom" in value.items:
        return Map({"name": named, "valueFrom": value.items["valueFrom"]}, value.writes)
    source = {key: item for key, item in value.items.items() if key in _SHORTHAND}
    return Map({"name": named, "valueFrom": Map(source, value.writes)}, value.writes)


def env_from(values: Tree, names: Names) -> Seq:
    """The container's `envFrom`: each item names a ConfigMap or a Secret, by name or by an identifier of the chart."""
    items: list[Tree] = []
    for item in values.items if isinstance(values, Seq) else ():
        if not isinstance(item, Map):
            continue
        made: dict[str, Tree] = {key: item.items[key] for key in ("prefix",) if key in item.items}
        for short, reference in (("configMap", "configMapRef"), ("secret", "secretRef")):
            if short in item.items:
                made[reference] = Map({"name": _referred(item.items[short], f"{short}s", names)}, item.writes)
            elif reference in item.items:
                given = item.items[reference]
                identifier = given.items.get("identifier") if isinstance(given, Map) else None
                named = {"name": _referred(identifier, f"{short}s", names)} if identifier is not None else None
                made[reference] = Map({**named}, given.writes) if named else given
        items.append(Map(made, item.writes))
    return Seq(items, values.writes)


def _referred(identifier: Tree, section: str, names: Names) -> Tree:
    """The name of the chart's object with an identifier; the identifier itself where there is none."""
    known = isinstance(identifier, Leaf) and isinstance(identifier.value, str)
    name = names.referred(section, str(identifier.value)) if known and isinstance(identifier, Leaf) else None
    return identifier if name is None else Leaf(name, identifier.writes)


def as_text(leaf: Leaf) -> Leaf:
    """A scalar as the chart's `quote` writes it."""
    value = leaf.value
    if isinstance(value, (str, Hole)) or value is None:
        return leaf
    text = (
        ("true" if value else "false")
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float) and not value.is_integer()
        else str(value)
    )
    return Leaf(text, leaf.writes, leaf.pieces)


def key_writes(writes: Writes) -> Writes:
    """Writes of a value, as writes of its key."""
    return tuple(Write(item.layer, key_place(item.place), item.deleted, item.detail) for item in writes)


def key_place(place: Place | None) -> Place | None:
    """The key of what stands at a place."""
    return None if place is None else place.key_of()
