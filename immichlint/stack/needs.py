"""What workloads and CNPG's objects name and cannot do without: claims, ConfigMaps and Secrets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from immichlint.facts import load
from immichlint.named_tuple import NamedTuple
from immichlint.stack.view import View
from immichlint.stack.workload import Workload
from immichlint.trees.field import Field
from immichlint.trees.tree import Map, Seq
from immichlint.yamltree.place import Place

_VOLUMES: Final = (
    ("PersistentVolumeClaim", ("persistentVolumeClaim",), "claimName"),
    ("ConfigMap", ("configMap",), "name"),
    ("Secret", ("secret",), "secretName"),
)
_SOURCES: Final = (("ConfigMap", ("configMap",), "name"), ("Secret", ("secret",), "name"))
_ENV_FROM: Final = (("ConfigMap", ("configMapRef",), "name"), ("Secret", ("secretRef",), "name"))
_ENV: Final = (
    ("ConfigMap", ("valueFrom", "configMapKeyRef"), "name"),
    ("Secret", ("valueFrom", "secretKeyRef"), "name"),
)


class Need(NamedTuple):
    """A reference by name to an object of the core group in the same namespace. `place`: of the name."""

    kind: str
    name: str
    place: Place


def needs_of(workload: Workload) -> tuple[Need, ...]:
    """What the pods of a workload need to start; what is optional is left out. Each object once."""
    found: dict[tuple[str, str], Need] = {}
    for need in _needs_of(workload):
        found.setdefault((need.kind, need.name), need)
    return tuple(found.values())


def secrets_of(view: View) -> Iterator[Need]:
    """The Secrets that a Cluster or an ObjectStore names."""
    for route in load("secret_references").get(view.object.manifest.kind, ()):
        for field in _fields(view, (), route.split("/")):
            if field.text and field.place is not None:
                yield Need("Secret", field.text, field.place)


def _needs_of(workload: Workload) -> Iterator[Need]:
    for index in _indices(workload.pod.field("volumes")):
        yield from _named(workload.pod, ("volumes", index), _VOLUMES)
        for source in _indices(workload.pod.field("volumes", index, "projected", "sources")):
            yield from _named(workload.pod, ("volumes", index, "projected", "sources", source), _SOURCES)
    for container in workload.containers:
        for section, kinds in (("envFrom", _ENV_FROM), ("env", _ENV)):
            for index in _indices(container.field(section)):
                yield from _named(container, (section, index), kinds)


def _named(
    view: View, steps: tuple[str | int, ...], kinds: Iterable[tuple[str, tuple[str, ...], str]]
) -> Iterator[Need]:
    for kind, inner, key in kinds:
        name = view.field(*steps, *inner, key)
        optional = view.field(*steps, *inner, "optional")
        if name.text and name.place is not None and (optional.absent or optional.value is False):
            yield Need(kind, name.text, name.place)


def _indices(field: Field) -> range:
    return range(len(field.tree.items)) if isinstance(field.tree, Seq) else range(0)


def _fields(view: View, route: tuple[str | int, ...], steps: list[str]) -> Iterator[Field]:
    """The fields at a route in which `*` is any item."""
    if not steps:
        yield view.field(*route)
    elif steps[0] != "*":
        yield from _fields(view, (*route, steps[0]), steps[1:])
    else:
        tree = view.field(*route).tree
        keys = range(len(tree.items)) if isinstance(tree, Seq) else tree.items if isinstance(tree, Map) else ()
        for key in keys:
            yield from _fields(view, (*route, key), steps[1:])
