"""Custom resource definitions: the fields an object may have, compact enough to be data.

A compact schema is a JSON value:

- `"string"`, `"integer"`, `"number"`, `"boolean"`, `"int-or-string"`, or `"any"`, about which nothing is said;
- `{"enum": [...]}`: one of some values;
- `{"fields": {name: schema}, "required": [names]}`: an object with these fields and no other;
- `{"values": schema}`: an object with any keys; `{"items": schema}`: a list;
- an integer: the schema of this number among the shared ones (`compact.index`).
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, TypeAlias

from immichlint.facts import load
from immichlint.named_tuple import NamedTuple

Compact: TypeAlias = Any
"""A compact schema."""

ANY: Final = "any"
KINDS: Final = (
    "Backup",
    "Cluster",
    "ClusterImageCatalog",
    "Database",
    "DatabaseRole",
    "ImageCatalog",
    "ObjectStore",
    "Pooler",
    "Publication",
    "ScheduledBackup",
    "Subscription",
)
"""The kinds whose fields are known: those that a person writes."""


class Crd(NamedTuple):
    """The schema of a kind. `root`: of the whole object. `shared`: the schemas that `root` names by number.
    `project`, `release`: whose the schema is, empty for one that a repository brings."""

    root: Compact
    shared: tuple[Compact, ...]
    project: str = ""
    release: str = ""

    def resolved(self, schema: Compact) -> Compact:
        """A schema itself, not its number."""
        while isinstance(schema, int):
            schema = self.shared[schema]
        return schema


@cache
def known_crd(api_version: str, kind: str) -> Crd | None:
    """The schema of a kind from the data; None where there is none."""
    if kind not in KINDS:
        return None
    row = load(f"crds/{kind}")
    if row["apiVersion"] != api_version:
        return None
    return Crd(row["root"], tuple(row["shared"]), row["project"], row["release"])
