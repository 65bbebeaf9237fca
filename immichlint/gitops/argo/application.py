"""Argo CD Applications, and those that an ApplicationSet makes where its files tell which.

Argo CD names a release `helm.releaseName`, else like the Application (I§8.3).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from immichlint.gitops.argo.generators import elements
from immichlint.gitops.argo.template import filled, is_for_others
from immichlint.gitops.cluster import IN_CLUSTER
from immichlint.gitops.environment import ARGO
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.gitops.sources import is_foreign
from immichlint.named_tuple import NamedTuple
from immichlint.repo.repository import Repository
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, get
from immichlint.yamltree.place import Place

_IN_CLUSTER: Final = "https://kubernetes.default.svc"
_OCI: Final = "oci://"
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

    @property
    def text(self) -> str:
        """Its name; that of the ApplicationSet where it is not known."""
        return self.name.value if isinstance(self.name.value, str) else self.manifest.name

    def folders(self, repository: Repository) -> Iterator[str]:
        """The folders of this repository that its sources name."""
        for source, _ in self.sources:
            folder = folder_of(source)
            if folder is not None and repository.is_folder(folder) and not is_foreign(repository, _url(source)):
                yield folder


class RemoteChart(NamedTuple):
    """A chart that a source takes from elsewhere. `version`: empty where it is not known."""

    name: str
    version: str


def applications(repository: Repository, manifest: Manifest) -> Iterator[Application]:
    """The Application that an object is, or those that it makes as an ApplicationSet."""
    if manifest.group != ARGO or manifest.unsettled:
        return
    if manifest.kind == "Application":
        yield from _application(manifest, manifest.tree, manifest.home)
    elif manifest.kind == "ApplicationSet":
        yield from _of_a_set(repository, manifest)


def folder_of(source: Map) -> str | None:
    """The folder of this repository that a source may name, relative to the root; None for a chart from elsewhere."""
    path = source.items.get("path")
    if not isinstance(path, Leaf) or not isinstance(path.value, str):
        return None
    if "chart" in source.items or _url(source).startswith(_OCI) or remote_chart(source) is not None:
        return None
    folder = posixpath.normpath(path.value.strip("/") or ".")
    return "" if folder == "." else folder


def _url(source: Map) -> str:
    return text_at(source, "repoURL")


def remote_chart(source: Map) -> RemoteChart | None:
    """The chart of a registry, an OCI artifact, or of a well-known chart repository by its path there."""
    revision = source.items.get("targetRevision")
    version = str(revision.value) if isinstance(revision, Leaf) and isinstance(revision.value, (str, float)) else ""
    chart = text_at(source, "chart")
    if chart:
        return RemoteChart(chart.rpartition("/")[2], version)
    path = text_at(source, "path").strip("./")
    if _url(source).startswith(_OCI):
        # The artifact is the chart, and `path` leads from its root (Argo CD 3.1, "OCI").
        return RemoteChart(_url(source).rstrip("/").rpartition("/")[2], version) if not path else None
    name = _CHARTS_BY_PATH.get(path)
    url = _url(source).removesuffix(".git")
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
        IN_CLUSTER if cluster == _IN_CLUSTER else cluster,
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


def _of_a_set(repository: Repository, manifest: Manifest) -> Iterator[Application]:
    template = get(manifest.tree, ("spec", "template"))
    patch = get(manifest.tree, ("spec", "templatePatch"))
    if not isinstance(template, Map):
        return
    home = manifest.home.at("spec", "template")
    found = elements(repository, get(manifest.tree, ("spec", "generators")))
    for element in found if found is not None else [None]:
        if patch is not None and _changes_what_is_applied(patch, element):
            continue
        made: Tree = filled(template, element) if element is not None else template
        if isinstance(made, Map):
            yield from _application(manifest, made, home)


def _changes_what_is_applied(patch: Tree, element: Map | None) -> bool:
    """Whether the text of a `templatePatch` may change what is applied for an element, or where to."""
    text = patch.value.text if isinstance(patch, Leaf) and isinstance(patch.value, Hole) else None
    if text is None and isinstance(patch, Leaf) and isinstance(patch.value, str):
        text = patch.value
    if text is not None and element is not None and is_for_others(text, element):
        return False
    return text is None or any(word in text for word in ("source", "destination", "metadata", "prune", "automated"))
