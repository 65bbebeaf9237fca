"""k3s and RKE2: the release that a HelmChart makes, with the values of its HelmChartConfig.

Precedence: `set` over the HelmChartConfig's `valuesContent` over the HelmChart's (k3s-io/helm-controller,
pkg/controllers/chart/chart.go).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.gitops.environment import Environment
from immichlint.gitops.manifest import Manifest, hint_at, text_at
from immichlint.lenses.release import Release
from immichlint.lenses.sources.layers import Values, layered, text_values
from immichlint.lenses.sources.origin import known_as
from immichlint.lenses.sources.parameter import set_value
from immichlint.repo.repository import Repository
from immichlint.trees.tree import Layer, Leaf, Map, Write, decided_at, get
from immichlint.yamltree.lookup import Route

_GROUP: Final = "helm.cattle.io"
_CONFIG: Final = "HelmChartConfig"
_VALUES: Final[Route] = ("spec", "valuesContent")
_TYPED: Final = ("true", "false", "null")


def releases(manifest: Manifest, environment: Environment, repository: Repository) -> Iterator[Release]:
    """The release; none of a chart that is packed into the object itself."""
    spec = get(manifest.tree, ("spec",))
    if not isinstance(spec, Map) or "chartContent" in spec.items:
        return
    chart = hint_at(spec, "chart")
    yield Release(
        manifest,
        manifest.name,
        known_as(chart.rpartition("/")[2], hint_at(spec, "repo") or (chart if "://" in chart else "")),
        text_at(spec, "version"),
        _values(manifest, spec, environment, repository),
        manifest.name_place,
        text_at(spec, "targetNamespace"),
        certain=not manifest.unsettled,
        version_place=decided_at(spec.items.get("version")),
        chart_place=decided_at(spec.items.get("chart")),
    )


def _values(manifest: Manifest, spec: Map, environment: Environment, repository: Repository) -> Map:
    configs = [
        item
        for item in environment.manifests
        if (item.kind, item.group, item.name) == (_CONFIG, _GROUP, manifest.name)
        and item.namespace == manifest.namespace
    ]
    layers = [layer for item in (manifest, *configs) for layer in _layers(item, repository)]
    made = layered(layers or [Map({}, (Write(Layer.VALUES, manifest.home.at(*_VALUES)),))])
    given = spec.items.get("set")
    for path, leaf in given.items.items() if isinstance(given, Map) else ():
        if isinstance(leaf, Leaf):
            as_text = isinstance(leaf.value, str) and leaf.value.lower() not in _TYPED
            made = set_value(made, path, leaf, as_text=as_text)
    return made


def _layers(manifest: Manifest, repository: Repository) -> Iterator[Values]:
    """The values of a HelmChart or a HelmChartConfig."""
    text = get(manifest.tree, _VALUES)
    if isinstance(text, Leaf) and text.value:
        yield text_values(repository, text)
    if get(manifest.tree, ("spec", "valuesSecrets")) is not None:
        yield "values in a Secret"
