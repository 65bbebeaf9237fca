"""Helm releases: a chart, its version and the values that it gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from immichlint.gitops.manifest import Manifest, text_at
from immichlint.gitops.named import objects_named
from immichlint.repo.repository import Repository
from immichlint.trees.tree import Layer, Leaf, Map, Seq, Tree, Write, get
from immichlint.yamltree.lookup import Route
from immichlint.yamltree.place import Place

VALUES: Route = ("spec", "values")


class Release(NamedTuple):
    """A Helm release, whatever source it comes from.

    `manifest`: the object that stands for it in findings (a HelmRelease, an Application, a chart's folder).
    `version`: of the chart, empty where it is not known; then a lens may only say what holds for all versions.
    `values`: what the chart gets; every write has its place, in whichever file or embedded text it is, so that
    `PlainWriter(values)` is the way back. A null stays a null. `name_place`: where the release's name is written.
    `namespace`: where it is installed, empty where nothing says. `certain`: whether it is evident that this is
    applied; values that nothing refers to are not.
    """

    manifest: Manifest
    name: str
    chart: str
    version: str
    values: Map
    name_place: Place
    namespace: str = ""
    certain: bool = True

    @property
    def major(self) -> int:
        """The first number of the chart's version; 0 where it is not known."""
        head = self.version.lstrip("v^~>=< ").partition(".")[0]
        return int(head) if head.isdigit() else 0


def release(manifest: Manifest, repository: Repository, beside: Sequence[Manifest]) -> Release | None:
    """The release that a Flux HelmRelease makes; None for any other object."""
    if manifest.kind != "HelmRelease" or manifest.group != "helm.toolkit.fluxcd.io":
        return None
    chart, version = _chart(manifest, repository, beside)
    place = get(manifest.tree, ("metadata", "name"))
    name_place = place.writes[-1].place if place is not None and place.writes else None
    return Release(
        manifest,
        text_at(manifest.tree, "spec", "releaseName") or _release_name(manifest),
        chart,
        version,
        _values(manifest),
        name_place or manifest.home,
        text_at(manifest.tree, "spec", "targetNamespace") or manifest.namespace,
    )


def _release_name(manifest: Manifest) -> str:
    target = text_at(manifest.tree, "spec", "targetNamespace")
    return f"{target}-{manifest.name}" if target else manifest.name


def _values(manifest: Manifest) -> Map:
    values = get(manifest.tree, VALUES)
    made = values if isinstance(values, Map) else Map({}, (Write(Layer.VALUES, manifest.home.at(*VALUES)),))
    outside = get(manifest.tree, ("spec", "valuesFrom"))
    if isinstance(outside, Seq) and outside.items:
        opened_values = opened(made, "valuesFrom, which is not read")
        assert isinstance(opened_values, Map)
        return opened_values
    return made


def opened(tree: Tree, why: str) -> Tree:
    """The tree with every mapping open: what it does not say may come from elsewhere."""
    if isinstance(tree, Map):
        items = {key: opened(item, why) for key, item in tree.items.items()}
        return Map(items, tree.writes, tree.deleted, tree.open or why)
    return tree


def _chart(manifest: Manifest, repository: Repository, beside: Sequence[Manifest]) -> tuple[str, str]:
    inline = get(manifest.tree, ("spec", "chart", "spec"))
    if inline is not None:
        return text_at(inline, "chart").rpartition("/")[2], _version(get(inline, ("version",)))
    reference = get(manifest.tree, ("spec", "chartRef"))
    if reference is None:
        return "", ""
    kind, name = text_at(reference, "kind"), text_at(reference, "name")
    source = _source(kind, name, manifest, repository, beside)
    if source is None:
        return name, ""
    if kind == "HelmChart":
        return text_at(source.tree, "spec", "chart"), _version(get(source.tree, ("spec", "version")))
    url = text_at(source.tree, "spec", "url")
    tag = get(source.tree, ("spec", "ref", "tag")) or get(source.tree, ("spec", "ref", "semver"))
    return url.rstrip("/").rpartition("/")[2], _version(tag)


def _version(leaf: Tree | None) -> str:
    return str(leaf.value) if isinstance(leaf, Leaf) and isinstance(leaf.value, (str, float, int)) else ""


def _source(
    kind: str, name: str, manifest: Manifest, repository: Repository, beside: Sequence[Manifest]
) -> Manifest | None:
    """The chart's source object: applied together, else the only one of that name in the repository."""
    for other in beside:
        if other.kind == kind and other.name == name:
            return other
    found = list(objects_named(repository, kind, name))
    versions = {_version(get(other.tree, ("spec", "ref", "tag"))) for other in found}
    return found[0] if found and len(versions) == 1 else None
