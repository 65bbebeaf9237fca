"""Charts of the repository that bring others as their dependencies: an umbrella's values have theirs below a key."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from typing import Final

from immichlint.gitops.manifest import text_at
from immichlint.gitops.stand_in import CHART_FILE
from immichlint.lenses.sources.layers import Values, below, file_values
from immichlint.lenses.sources.origin import known_as
from immichlint.named_tuple import NamedTuple
from immichlint.repo.repository import Repository
from immichlint.trees.grow import grow
from immichlint.trees.tree import Layer, Leaf, Map, Seq, Tree, Write, decided_at, get
from immichlint.yamltree.place import DocumentId, Place

_CHARTS: Final = ("immich", "app-template", "cluster")
_LOCK_FILE: Final = "Chart.lock"
"""What `helm dependency build` installs, whatever range Chart.yaml has."""


class Dependency(NamedTuple):
    """A dependency of a chart with a lens: its chart, version and values, and where the first two are written."""

    chart: str
    version: str
    values: Map
    version_place: Place | None
    chart_place: Place | None


def brings(repository: Repository, folder: str) -> bool:
    """Whether the chart in a folder lists a chart with a lens, switched on or not."""
    return any(_has_lens(entry) for entry in _listed(repository, folder))


def dependencies(repository: Repository, folder: str, with_others: Callable[[Values], Map]) -> Iterator[Dependency]:
    """The dependencies of the chart in a folder; `with_others` lays what a release adds over the chart's values."""
    listed = _listed(repository, folder)
    if not listed:
        return
    path = posixpath.join(folder, "values.yaml")
    home = Place(DocumentId(path, 0))
    own = file_values(repository, path) if path in repository else Map({}, (Write(Layer.VALUES, home),))
    values = with_others(own)
    locked = {text_at(item, "name"): item.items.get("version") for item in _listed(repository, folder, _LOCK_FILE)}
    for entry in listed:
        name = text_at(entry, "name")
        if _has_lens(entry) and _is_on(entry, values):
            version = locked.get(name) or entry.items.get("version")
            number = str(version.value) if isinstance(version, Leaf) and isinstance(version.value, (str, float)) else ""
            own_values = below(values, text_at(entry, "alias") or name, _home(values, home))
            chart = known_as(name, text_at(entry, "repository"))
            yield Dependency(chart, number, own_values, decided_at(version), decided_at(entry.items.get("name")))


def _has_lens(entry: Map) -> bool:
    return text_at(entry, "name") in _CHARTS and not text_at(entry, "repository").startswith("file:")


def _home(values: Map, otherwise: Place) -> Place:
    places = [write.place for write in values.writes if write.place is not None]
    return places[-1] if places else otherwise


def _listed(repository: Repository, folder: str, name: str = CHART_FILE) -> list[Map]:
    path = posixpath.join(folder, name)
    if path not in repository:
        return []
    for document in repository.read(path).documents[:1]:
        found = get(grow(document, DocumentId(path, 0)), ("dependencies",))
        return [item for item in found.items if isinstance(item, Map)] if isinstance(found, Seq) else []
    return []


def _is_on(entry: Map, values: Map) -> bool:
    """Whether no condition of a dependency is false: the first of its paths that is there decides."""
    for path in text_at(entry, "condition").split(","):
        switch: Tree | None = get(values, tuple(path.strip().split("."))) if path.strip() else None
        if isinstance(switch, Leaf) and isinstance(switch.value, bool):
            return switch.value
    return True
