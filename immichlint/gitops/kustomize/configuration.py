"""Which fields the transformers of a build change: kustomize's own, and those of `configurations` files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from immichlint.facts import load
from immichlint.gitops.kustomize.fields import FieldSpec, field_spec
from immichlint.named_tuple import NamedTuple

_FIELDS: Final = frozenset(
    {
        "namePrefix",
        "nameSuffix",
        "namespace",
        "commonLabels",
        "labels",
        "templateLabels",
        "commonAnnotations",
        "images",
        "replicas",
    }
)
_WITHOUT_EFFECT: Final = frozenset({"varReference"})
"""Only `vars` follow these, which are not computed."""


class Referrers(NamedTuple):
    """The fields that name objects of a kind; an empty group or version is any."""

    kind: str
    group: str
    version: str
    specs: tuple[FieldSpec, ...]


class Configuration(NamedTuple):
    """What files add to kustomize's own field specs: by the field of the configuration, and for references."""

    specs: Mapping[str, tuple[FieldSpec, ...]] = MappingProxyType({})
    references: tuple[Referrers, ...] = ()

    def of(self, field: str) -> tuple[FieldSpec, ...]:
        """The specs for a field of the configuration."""
        return self.specs.get(field, ())

    def merged(self, other: Configuration) -> Configuration:
        """Both together."""
        both = {field: self.of(field) + other.of(field) for field in {**self.specs, **other.specs}}
        return Configuration(both, self.references + other.references)


NOTHING: Final = Configuration()


def own_references() -> Iterator[Referrers]:
    """The fields that kustomize itself knows to name objects."""
    return _referrers(load("kustomize_fields")["nameReference"])


def configuration(data: Any) -> Configuration | str:
    """A configuration from the data of its file; else why it is not understood."""
    if not isinstance(data, dict):
        return "it is no mapping"
    specs: dict[str, tuple[FieldSpec, ...]] = {}
    references: tuple[Referrers, ...] = ()
    for key, rows in data.items():
        if key in _WITHOUT_EFFECT:
            continue
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            return f"its {key} is no list of mappings"
        if key == "nameReference":
            references = tuple(_referrers(rows))
        elif key in _FIELDS:
            specs[key] = tuple(map(field_spec, rows))
        else:
            return f"its {key} is not known"
    return Configuration(specs, references)


def _referrers(rows: Iterable[dict[str, Any]]) -> Iterator[Referrers]:
    for row in rows:
        specs = tuple(field_spec(item) for item in row.get("fieldSpecs") or ())
        yield Referrers(str(row.get("kind") or ""), str(row.get("group") or ""), str(row.get("version") or ""), specs)
