"""An object held against the schema of its kind: fields that it does not know, and values of another type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from immichlint.facts.crd import ANY, Compact, Crd
from immichlint.named_tuple import NamedTuple
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Seq, Tree
from immichlint.yamltree.lookup import Route

UNKNOWN: Final = "unknown"
TYPE: Final = "type"
ENUM: Final = "enum"
REQUIRED: Final = "required"

_SAYS: Final = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "int-or-string": "a number or a text",
}


class Misfit(NamedTuple):
    """Something that the schema refuses. `problem`: one of the names above. `fields`: the names that the schema has
    where it is. `wanted`: what should be there, in words, or the names that may be."""

    route: Route
    problem: str
    node: Tree
    fields: tuple[str, ...] = ()
    wanted: str = ""


def misfits(tree: Tree, crd: Crd, route: Route = (), schema: Compact | None = None) -> Iterator[Misfit]:
    """What a schema refuses of a tree; nothing of what is unknown."""
    schema = crd.resolved(crd.root if schema is None else schema)
    if schema == ANY or _is_nothing_known(tree):
        return
    if isinstance(schema, str):
        if isinstance(tree, (Map, Seq)) or not _fits(schema, tree):
            yield Misfit(route, TYPE, tree, wanted=_SAYS[schema])
    elif "enum" in schema:
        if isinstance(tree, (Map, Seq)) or tree.value not in schema["enum"]:
            yield Misfit(route, ENUM, tree, tuple(map(str, schema["enum"])))
    elif "items" in schema:
        if not isinstance(tree, Seq):
            yield Misfit(route, TYPE, tree, wanted="a list")
        else:
            for number, item in enumerate(tree.items):
                yield from misfits(item, crd, (*route, number), schema["items"])
    elif not isinstance(tree, Map):
        yield Misfit(route, TYPE, tree, wanted="a mapping")
    elif "values" in schema:
        for key, item in tree.items.items():
            yield from misfits(item, crd, (*route, key), schema["values"])
    else:
        yield from _mapping(tree, crd, route, schema)


def _mapping(tree: Map, crd: Crd, route: Route, schema: Mapping[str, Compact]) -> Iterator[Misfit]:
    fields = schema["fields"]
    for key, item in tree.items.items():
        if key in fields:
            yield from misfits(item, crd, (*route, key), fields[key])
        elif not (isinstance(item, Leaf) and item.value is None) and not _is_sops(route, key, item):
            yield Misfit((*route, key), UNKNOWN, item, tuple(name for name in fields if name not in tree.items))
    for name in schema.get("required", ()):
        if tree.open is None and _is_missing(tree.items.get(name)):
            yield Misfit((*route, name), REQUIRED, tree)


def _is_sops(route: Route, key: str, node: Tree) -> bool:
    """Whether it is the block that SOPS writes beside what it encrypts, which decryption takes away."""
    return not route and key == "sops" and isinstance(node, Map) and "mac" in node.items


def _is_missing(node: Tree | None) -> bool:
    return node is None or (isinstance(node, Leaf) and node.value is None)


def _is_nothing_known(tree: Tree) -> bool:
    """Whether a scalar is null, unknown, or the text of a substitution, which is read as YAML once more."""
    if not isinstance(tree, Leaf):
        return False
    substituted = any(write.layer is Layer.SUBSTITUTION for write in tree.writes) or tree.pieces
    return tree.value is None or isinstance(tree.value, Hole) or bool(substituted)


def _fits(schema: str, leaf: Leaf) -> bool:
    value = leaf.value
    if isinstance(value, bool):
        return schema == "boolean"
    if isinstance(value, int):
        return schema in ("integer", "number", "int-or-string")
    if isinstance(value, float):
        # Whether `1.0` or `0.5` is taken where whole numbers or quantities belong depends on who applies it.
        return schema in ("integer", "number", "int-or-string")
    return schema in ("string", "int-or-string")


def schema_at(crd: Crd, route: Route) -> Compact | None:
    """The schema of a field; None where there is none."""
    schema = crd.resolved(crd.root)
    for step in route:
        if not isinstance(schema, dict):
            return None
        below = (
            schema.get("items") if isinstance(step, int) else schema.get("fields", {}).get(step, schema.get("values"))
        )
        if below is None:
            return None
        schema = crd.resolved(below)
    return schema


def homes(crd: Crd, name: str) -> Iterator[tuple[Route, Compact]]:
    """The places of a schema that have a field of this name, case aside, with the field's schema; those in lists and
    in free mappings are none, because a value cannot be moved there without knowing which item is meant."""
    yield from _homes(crd, crd.root, name.casefold(), ())


def _homes(crd: Crd, schema: Compact, name: str, route: Route) -> Iterator[tuple[Route, Compact]]:
    schema = crd.resolved(schema)
    if isinstance(schema, dict):
        for key, item in schema.get("fields", {}).items():
            if key.casefold() == name:
                yield (*route, key), item
            yield from _homes(crd, item, name, (*route, key))


def a_kind(kind: str) -> str:
    """A kind with its article: `an ObjectStore`."""
    return f"{'an' if kind[0] in 'IO' else 'a'} {kind}"


def said(route: Route) -> str:
    """A route as people write it: `spec.plugins[0].parameters`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in route)
    return text.removeprefix(".") or "the object"
