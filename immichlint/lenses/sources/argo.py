"""Argo CD: the releases that a source of an Application makes, from a chart or a folder of this repository.

Precedence: `parameters` over `valuesObject` (which replaces `values`) over `valueFiles` in their order, over the
values of the chart's folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.gitops.argo.application import folder_of, remote_chart
from immichlint.gitops.argo.folder import value_file
from immichlint.gitops.charts import spec_of
from immichlint.gitops.environment import Environment
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.lenses.release import Release
from immichlint.lenses.sources.layers import Values, file_values, layered, text_values
from immichlint.lenses.sources.origin import known_as
from immichlint.lenses.sources.parameter import set_value
from immichlint.lenses.sources.umbrella import Dependency, dependencies
from immichlint.repo.repository import Repository
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Seq, Write, decided_at, get

_ELSEWHERE: Final = "values of a release that is not in the repository"


def releases(manifest: Manifest, environment: Environment, repository: Repository) -> Iterator[Release]:
    """The release of a chart from elsewhere, or those of the dependencies of a chart in the repository."""
    source = spec_of(manifest.tree)
    owner = environment.applier.manifest if environment.applier is not None else manifest
    released = environment.applier is not None
    for chart, version, values, version_place, chart_place in _made(source, manifest, repository, released=released):
        yield Release(
            owner,
            manifest.name,
            chart,
            version,
            values,
            manifest.name_place,
            manifest.namespace,
            certain=released,
            version_place=version_place,
            chart_place=chart_place,
        )


def _made(source: Map, manifest: Manifest, repository: Repository, *, released: bool) -> Iterator[Dependency]:
    """The charts that a source releases, with their values."""
    chart = remote_chart(source)
    folder = folder_of(source)
    if chart is not None:
        said, at = source.items.get("targetRevision"), source.items.get("chart", source.items.get("repoURL"))
        values = with_helm(source, [], manifest, repository)
        name = known_as(chart.name, text_at(source, "repoURL"))
        yield Dependency(name, chart.version, values, decided_at(said), decided_at(at))
    elif folder is not None:
        # A chart that nothing releases here may get more values from whoever does.
        more = [] if released else [_ELSEWHERE]
        yield from dependencies(repository, folder, lambda own: with_helm(source, [*more, own], manifest, repository))


def with_helm(source: Map, below: list[Values], manifest: Manifest, repository: Repository) -> Map:
    """The values that a source's `helm` gives, over others."""
    helm = source.items.get("helm")
    home = manifest.home.at("helm", "valuesObject")
    if not isinstance(helm, Map):
        return layered(below or [Map({}, (Write(Layer.VALUES, home),))])
    layers = [*below, *_files(helm, source, repository)]
    inline = helm.items.get("valuesObject")
    text = helm.items.get("values")
    if isinstance(inline, Map):
        layers.append(inline)
    elif isinstance(text, Leaf) and text.value:
        layers.append(text_values(repository, text))
    made = layered(layers or [Map({}, (Write(Layer.VALUES, home),))])
    return _with_parameters(made, helm)


def _files(helm: Map, source: Map, repository: Repository) -> Iterator[Values]:
    field = helm.items.get("valueFiles")
    missing = helm.items.get("ignoreMissingValueFiles")
    lenient = isinstance(missing, Leaf) and missing.value is True
    for item in field.items if isinstance(field, Seq) else ():
        entry = item.value if isinstance(item, Leaf) else None
        path = value_file(entry, folder_of(source)) if isinstance(entry, str) else None
        if path is not None and path in repository:
            yield file_values(repository, path)
        elif not lenient or path is None:
            yield f"the values file {entry}, which is not in the repository" if isinstance(entry, str) else "valueFiles"


def _with_parameters(values: Map, helm: Map) -> Map:
    parameters = helm.items.get("parameters")
    for item in parameters.items if isinstance(parameters, Seq) else ():
        name, value = text_at(item, "name"), get(item, ("value",))
        forced = get(item, ("forceString",))
        if name and isinstance(value, Leaf):
            as_text = isinstance(forced, Leaf) and forced.value is True
            values = set_value(values, name, value, as_text=as_text)
    files = helm.items.get("fileParameters")
    for item in files.items if isinstance(files, Seq) else ():
        hole = Leaf(Hole("", "it is the text of a file"), (Write(Layer.PARAMETER, None),))
        values = set_value(values, text_at(item, "name"), hole, as_text=True)
    return values
