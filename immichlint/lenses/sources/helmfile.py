"""Helmfile: the releases of a helmfile that is no template."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from immichlint.gitops.charts import spec_of
from immichlint.gitops.environment import Environment
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.lenses.release import Release
from immichlint.lenses.sources.layers import Values, file_values, layered
from immichlint.lenses.sources.origin import known_as
from immichlint.lenses.sources.parameter import set_value
from immichlint.repo.repository import Repository
from immichlint.trees.grow import grow
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Seq, Tree, Write, decided_at, get


def releases(manifest: Manifest, environment: Environment, repository: Repository) -> Iterator[Release]:
    """The release of a helmfile's entry; none of one that is switched off or uses a chart of the repository."""
    entry = spec_of(manifest.tree)
    chart, installed = text_at(entry, "chart"), entry.items.get("installed")
    if chart.startswith((".", "/")) or (isinstance(installed, Leaf) and installed.value is False):
        return
    version = entry.items.get("version")
    folder = posixpath.dirname(manifest.home.document.path)
    yield Release(
        manifest,
        manifest.name,
        known_as(chart.rpartition("/")[2], _url(chart, manifest, repository)),
        str(version.value) if isinstance(version, Leaf) and isinstance(version.value, (str, float)) else "",
        _values(entry, manifest, folder, repository),
        manifest.name_place,
        manifest.namespace,
        version_place=decided_at(version),
        chart_place=decided_at(entry.items.get("chart")),
    )


def _url(chart: str, manifest: Manifest, repository: Repository) -> str:
    """The URL of the repository that a chart's name begins with; empty where the helmfile does not tell."""
    if "://" in chart:
        return chart
    home = manifest.home.document
    for document in repository.read(home.path).documents[home.index : home.index + 1]:
        listed = get(grow(document, home), ("repositories",))
        for item in listed.items if isinstance(listed, Seq) else ():
            if text_at(item, "name") == chart.partition("/")[0]:
                return text_at(item, "url")
    return ""


def _values(entry: Map, manifest: Manifest, folder: str, repository: Repository) -> Map:
    field = entry.items.get("values")
    layers = [_layer(item, folder, repository) for item in (field.items if isinstance(field, Seq) else ())]
    secrets = entry.items.get("secrets")
    if isinstance(secrets, Seq) and secrets.items:
        layers.append("encrypted values")
    made = layered(layers or [Map({}, (Write(Layer.VALUES, manifest.home.at("values", 0)),))])
    given = entry.items.get("set")
    for item in given.items if isinstance(given, Seq) else ():
        value = get(item, ("value",))
        hole = Leaf(Hole("", "helmfile computes it"), (Write(Layer.PARAMETER, None),))
        made = set_value(made, text_at(item, "name"), value if isinstance(value, Leaf) else hole)
    return made


def _layer(item: Tree, folder: str, repository: Repository) -> Values:
    if isinstance(item, Map):
        return item
    entry = item.value if isinstance(item, Leaf) and isinstance(item.value, str) else ""
    path = posixpath.normpath(posixpath.join(folder, entry))
    if entry and not entry.endswith(".gotmpl") and path in repository:
        return file_values(repository, path)
    return f"the values {entry or 'of the helmfile'}, which are not in the repository"
