"""Stand-ins: releases that no object of the cluster describes, as manifests that steps can work on.

A chart that kustomize inflates, a chart's folder, a release of a helmfile: each has a name, a namespace and what
is written about it as its `spec`. None of them reaches the cluster itself.
"""

from __future__ import annotations

from typing import Final

from immichlint.gitops.manifest import Manifest
from immichlint.trees.tree import Layer, Leaf, Map, Tree, Write
from immichlint.yamltree.place import Place

API: Final = "helm"
"""The `apiVersion` of a stand-in; no object has it."""
INFLATED: Final = "HelmChart"
"""An entry of a kustomization's `helmCharts`, as its spec."""
CHART: Final = "Chart"
"""A chart of a registry or a folder: an Argo CD source as its spec, or only the `path` of the folder."""
VALUES: Final = "Values"
"""Values that nothing refers to: the `path` of their file."""
HELMFILE: Final = "HelmfileRelease"
"""An entry of a helmfile's `releases`, as its spec."""
CHART_FILE: Final = "Chart.yaml"
"""What makes a folder a chart's."""
_RELEASES: Final = frozenset({("HelmRelease", "helm.toolkit.fluxcd.io"), ("HelmChart", "helm.cattle.io")})
"""The objects of which a controller makes releases: Flux', and the one of k3s and RKE2."""
HELMFILES: Final = ("helmfile.yaml", "helmfile.yml")


def stand_in(kind: str, home: Place, name: Leaf, namespace: Tree | None, spec: Map) -> Manifest:
    """The stand-in for a release."""
    said = (Write(Layer.BASE, home),)
    metadata: dict[str, Tree] = {"name": name}
    if isinstance(namespace, Leaf) and isinstance(namespace.value, str):
        metadata["namespace"] = namespace
    items: dict[str, Tree] = {
        "apiVersion": Leaf(API, ()),
        "kind": Leaf(kind, ()),
        "metadata": Map(metadata, said),
        "spec": spec,
    }
    return Manifest(Map(items, said), home)


def is_stand_in(manifest: Manifest) -> bool:
    """Whether a manifest stands for a release and is no object."""
    return manifest.api_version == API


def is_release(manifest: Manifest) -> bool:
    """Whether a manifest describes a release of a chart, as an object or as a stand-in."""
    return (manifest.kind, manifest.group) in _RELEASES or is_stand_in(manifest)
