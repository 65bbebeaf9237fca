"""Kustomize: the release of a chart that a kustomization inflates (`helmCharts`)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from immichlint.gitops.charts import spec_of
from immichlint.gitops.environment import Environment
from immichlint.gitops.kustomize.inflated import inflated_files
from immichlint.gitops.manifest import Manifest, hint_at
from immichlint.lenses.release import Release
from immichlint.lenses.sources.layers import Values, file_values, layered
from immichlint.lenses.sources.origin import known_as
from immichlint.repo.repository import Repository
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Tree, Write, decided_at


def releases(manifest: Manifest, environment: Environment, repository: Repository) -> Iterator[Release]:
    """The release; none of a chart that is a folder of the repository."""
    entry = spec_of(manifest.tree)
    folder = posixpath.dirname(manifest.home.document.path)
    chart = hint_at(entry, "name")
    if not hint_at(entry, "repo") and repository.is_folder(posixpath.join(folder, "charts", chart)):
        return
    version = entry.items.get("version")
    yield Release(
        manifest,
        manifest.name,
        known_as(chart, hint_at(entry, "repo")),
        _version(version),
        _values(entry, manifest, folder, repository),
        manifest.name_place,
        manifest.namespace,
        certain=not manifest.unsettled,
        version_place=decided_at(version),
        chart_place=decided_at(entry.items.get("name")),
    )


def _version(leaf: Tree | None) -> str:
    value = leaf.value if isinstance(leaf, Leaf) else None
    text = value.text if isinstance(value, Hole) else value
    return str(text) if isinstance(text, (str, float)) and not str(text).startswith("$") else ""


def _values(entry: Map, manifest: Manifest, folder: str, repository: Repository) -> Map:
    """`valuesInline` over `valuesFile` (`valuesMerge: override`, the default), below it (`merge`) or in its place
    (`replace`), and `additionalValuesFiles` over both."""
    files = [_file(path, repository) for path in inflated_files(folder, manifest)]
    first, further = (files[:1], files[1:]) if hint_at(entry, "valuesFile") else ([], files)
    inline = entry.items.get("valuesInline")
    if isinstance(inline, Map):
        how = hint_at(entry, "valuesMerge")
        first = [inline] if how == "replace" else [inline, *first] if how == "merge" else [*first, inline]
    return layered([*first, *further] or [Map({}, (Write(Layer.VALUES, manifest.home.at("valuesInline")),))])


def _file(path: str, repository: Repository) -> Values:
    return file_values(repository, path) if path in repository else f"{path}, which is not in the repository"
