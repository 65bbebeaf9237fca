"""Schemas of custom resource definitions made compact: of those that a repository brings, and for the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from immichlint.facts.crd import ANY, Compact, Crd

_SCALARS: Final = ("string", "integer", "number", "boolean")
_SHARED_FROM: Final = 60
"""From how many characters on a schema that occurs twice is shared."""


def crd_of(definition: Mapping[str, Any], version: str) -> Crd | None:
    """The schema of a version of a CustomResourceDefinition; None where it has none."""
    spec = definition.get("spec")
    versions = spec.get("versions") if isinstance(spec, dict) else None
    for item in versions if isinstance(versions, list) else ():
        if isinstance(item, dict) and item.get("name") == version:
            schema = (item.get("schema") or {}).get("openAPIV3Schema")
            return Crd(whole(schema), ()) if isinstance(schema, dict) else None
    return None


def whole(schema: Mapping[str, Any]) -> Compact:
    """The compact schema of a kind: `metadata` is the API server's, and `status` the operator's."""
    made = compact(schema)
    if "fields" not in made:
        return made
    own = {name: ANY for name in ("status",) if name in made["fields"]}
    return {**made, "fields": {"apiVersion": "string", "kind": "string", **made["fields"], "metadata": ANY, **own}}


def compact(schema: Mapping[str, Any]) -> Compact:
    """An OpenAPI schema as a compact one: without descriptions and formats; what has a default is not required."""
    if schema.get("x-kubernetes-int-or-string"):
        return "int-or-string"
    if schema.get("x-kubernetes-preserve-unknown-fields"):
        return ANY
    kind = schema.get("type")
    if kind == "object":
        return _object(schema)
    if kind == "array":
        return {"items": compact(schema.get("items") or {})}
    if isinstance(schema.get("enum"), list):
        return {"enum": schema["enum"]}
    return kind if kind in _SCALARS else ANY


def _object(schema: Mapping[str, Any]) -> Compact:
    fields = schema.get("properties")
    if isinstance(fields, dict):
        made: dict[str, Any] = {"fields": {name: compact(item) for name, item in fields.items()}}
        required = [name for name in schema.get("required") or () if "default" not in fields.get(name, {})]
        return {**made, "required": required} if required else made
    values = schema.get("additionalProperties")
    return {"values": compact(values)} if isinstance(values, dict) else ANY


def index(root: Compact) -> dict[str, Any]:
    """`root` and `shared` as data: schemas that occur more than once are written once, and named by number."""
    counts: Counter[str] = Counter()
    _count(root, counts)
    numbers: dict[str, int] = {}
    shared: list[Compact] = []

    def short(schema: Compact) -> Compact:
        text = repr(schema)
        if counts[text] < 2 or len(text) < _SHARED_FROM:
            return below(schema)
        if text not in numbers:
            made = below(schema)
            numbers[text] = len(shared)
            shared.append(made)
        return numbers[text]

    def below(schema: Compact) -> Compact:
        if not isinstance(schema, dict):
            return schema
        if "fields" in schema:
            return {**schema, "fields": {name: short(item) for name, item in schema["fields"].items()}}
        return {key: short(item) if key in ("items", "values") else item for key, item in schema.items()}

    return {"root": below(root), "shared": shared}


def _count(schema: Compact, counts: Counter[str]) -> None:
    counts[repr(schema)] += 1
    if isinstance(schema, dict):
        for item in schema.get("fields", {}).values():
            _count(item, counts)
        for key in ("items", "values"):
            if key in schema:
                _count(schema[key], counts)
