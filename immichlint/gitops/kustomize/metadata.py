"""Labels and annotations that a kustomization adds to its objects, their templates and their selectors."""

from __future__ import annotations

from typing import Any

from immichlint.facts import load
from immichlint.gitops.manifest import Manifest
from immichlint.trees.tree import Leaf, Map, Seq, Tree, get, replaced
from immichlint.yamltree.lookup import Route


def annotated(manifest: Manifest, values: Map) -> Manifest:
    """The object with `commonAnnotations`: on itself and on its pods."""
    routes = [("metadata", "annotations"), *((*route, "annotations") for route in _templates(manifest))]
    return _added(manifest, routes, values)


def labelled(manifest: Manifest, values: Map) -> Manifest:
    """The object with `commonLabels`: on itself and its pods, and in what selects them."""
    return _labelled(manifest, values, templates=True, selectors=True)


def labelled_by(manifest: Manifest, labels: Seq) -> Manifest:
    """The object with the items of `labels`, which say whether templates and selectors get them too."""
    for item in labels.items:
        pairs = item.items.get("pairs") if isinstance(item, Map) else None
        if isinstance(item, Map) and isinstance(pairs, Map):
            selectors = _says(item, "includeSelectors")
            templates = selectors or _says(item, "includeTemplates")
            manifest = _labelled(manifest, pairs, templates=templates, selectors=selectors)
    return manifest


def _labelled(manifest: Manifest, values: Map, *, templates: bool, selectors: bool) -> Manifest:
    routes: list[Route] = [("metadata", "labels")]
    if templates:
        routes += [(*route, "labels") for route in _templates(manifest)]
    if selectors:
        routes += _selectors(manifest)
    return _added(manifest, routes, values)


def _templates(manifest: Manifest) -> list[Route]:
    return [tuple(row["route"]) for row in _rows("templates", manifest)]


def _selectors(manifest: Manifest) -> list[Route]:
    rows = _rows("selectors", manifest)
    return [tuple(row["route"]) for row in rows if row["create"] or get(manifest.tree, tuple(row["route"])) is not None]


def _rows(field: str, manifest: Manifest) -> list[dict[str, Any]]:
    return [row for row in load("kustomize_fields")[field] if manifest.kind in row["kinds"]]


def _says(item: Map, key: str) -> bool:
    switch = item.items.get(key)
    return isinstance(switch, Leaf) and switch.value is True


def _added(manifest: Manifest, routes: list[Route], values: Map) -> Manifest:
    tree: Tree = manifest.tree
    for route in routes:
        for key, value in values.items.items():
            tree = replaced(tree, (*route, key), value)
    return manifest.with_tree(tree)
