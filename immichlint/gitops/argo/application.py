"""Argo CD Applications, and those that an ApplicationSet makes where its files tell which.

Argo CD names a release `helm.releaseName`, else like the Application (I§8.3).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from immichlint.gitops.argo.template import filled
from immichlint.gitops.environment import ARGO
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.trees.tree import Leaf, Map, Seq, Tree, get
from immichlint.yamltree.place import Place

_IN_CLUSTER: Final = "https://kubernetes.default.svc"
_CHARTS_BY_PATH: Final = {"charts/immich": "immich", "charts/other/app-template": "app-template"}


class Application(NamedTuple):
    """An Application. `manifest`: itself, or the ApplicationSet that makes it, of which `tree` is the template with
    the values of one element. `namespace`: the destination's.
    `cluster`: the destination's server or name, empty where that is not known. `sources`: each with its place."""

    manifest: Manifest
    tree: Map
    name: Leaf
    namespace: Leaf | None
    cluster: str
    sources: tuple[tuple[Map, Place], ...]


class RemoteChart(NamedTuple):
    """A chart that a source takes from elsewhere. `version`: empty where it is not known."""

    name: str
    version: str


def applications(objects: Iterable[Manifest]) -> Iterator[Application]:
    """The Applications among some objects, and those of ApplicationSets."""
    for manifest in objects:
        if manifest.group != ARGO or manifest.unsettled:
            continue
        if manifest.kind == "Application":
            yield from _application(manifest, manifest.tree, manifest.home)
        elif manifest.kind == "ApplicationSet":
            yield from _of_a_set(manifest)


def folder_of(source: Map) -> str | None:
    """The folder of this repository that a source may name, relative to the root; None for a chart from elsewhere."""
    path = source.items.get("path")
    if "chart" in source.items or not isinstance(path, Leaf) or not isinstance(path.value, str):
        return None
    if remote_chart(source) is not None:
        return None
    folder = posixpath.normpath(path.value.strip("/") or ".")
    return "" if folder == "." else folder


def remote_chart(source: Map) -> RemoteChart | None:
    """The chart of a registry, or of a well-known chart repository by its path there."""
    revision = source.items.get("targetRevision")
    version = str(revision.value) if isinstance(revision, Leaf) and isinstance(revision.value, (str, float)) else ""
    chart = text_at(source, "chart")
    if chart:
        return RemoteChart(chart.rpartition("/")[2], version)
    name = _CHARTS_BY_PATH.get(text_at(source, "path").strip("./"))
    url = text_at(source, "repoURL").removesuffix(".git")
    if name is None or not url.endswith(("/immich-charts", "/helm-charts")):
        return None
    tag = version.removeprefix(f"{name}-").removeprefix("v")
    return RemoteChart(name, tag if tag[:1].isdigit() else "")


def _application(manifest: Manifest, tree: Map, home: Place) -> Iterator[Application]:
    name = get(tree, ("metadata", "name"))
    spec = tree.items.get("spec")
    if not isinstance(name, Leaf) or not isinstance(spec, Map):
        return
    namespace = get(spec, ("destination", "namespace"))
    cluster = text_at(spec, "destination", "name") or text_at(spec, "destination", "server")
    yield Application(
        manifest,
        tree,
        name,
        namespace if isinstance(namespace, Leaf) and isinstance(namespace.value, str) else None,
        "in-cluster" if cluster == _IN_CLUSTER else cluster,
        tuple(_sources(spec, home.at("spec"))),
    )


def _sources(spec: Map, place: Place) -> Iterator[tuple[Map, Place]]:
    several = spec.items.get("sources")
    if isinstance(several, Seq) and several.items:
        for index, item in enumerate(several.items):
            if isinstance(item, Map):
                yield item, _written(item, place.at("sources", index))
        return
    one = spec.items.get("source")
    if isinstance(one, Map):
        yield one, _written(one, place.at("source"))


def _written(tree: Map, otherwise: Place) -> Place:
    places = [write.place for write in tree.writes if write.place is not None]
    return places[-1] if places else otherwise


def _of_a_set(manifest: Manifest) -> Iterator[Application]:
    template = get(manifest.tree, ("spec", "template"))
    if not isinstance(template, Map) or get(manifest.tree, ("spec", "templatePatch")) is not None:
        return
    home = manifest.home.at("spec", "template")
    elements = _elements(get(manifest.tree, ("spec", "generators")))
    for element in elements if elements is not None else [None]:
        made: Tree = filled(template, element) if element is not None else template
        if isinstance(made, Map):
            yield from _application(manifest, made, home)


def _elements(generators: Tree | None) -> list[Map] | None:
    """The elements of list generators; None where another generator decides."""
    found: list[Map] = []
    for generator in generators.items if isinstance(generators, Seq) else ():
        elements = get(generator, ("list", "elements"))
        if not isinstance(generator, Map) or len(generator.items) != 1 or not isinstance(elements, Seq):
            return None
        found += [item for item in elements.items if isinstance(item, Map)]
    return found or None
