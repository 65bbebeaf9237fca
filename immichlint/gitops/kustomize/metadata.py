"""Labels and annotations that a kustomization adds to its objects, their templates and their selectors."""

from __future__ import annotations

from collections.abc import Iterable

from immichlint.gitops.kustomize.configuration import Configuration
from immichlint.gitops.kustomize.fields import FieldSpec, changed_at, field_spec, own_specs, template_labels
from immichlint.gitops.manifest import Manifest
from immichlint.trees.merge import over_written
from immichlint.trees.tree import Leaf, Map, Seq, Tree, plain

_LABELS = FieldSpec(("metadata", "labels"), create=True)


def with_annotations(manifest: Manifest, values: Map, configuration: Configuration) -> Manifest:
    """The object with `commonAnnotations`: on itself and on its pods."""
    return with_values(manifest, values, (*own_specs("commonAnnotations"), *configuration.of("commonAnnotations")))


def with_common_labels(manifest: Manifest, values: Map, configuration: Configuration) -> Manifest:
    """The object with `commonLabels`: on itself and its pods, and in what selects them."""
    return with_values(manifest, values, (*own_specs("commonLabels"), *configuration.of("commonLabels")))


def with_labels(manifest: Manifest, labels: Seq, configuration: Configuration) -> Manifest:
    """The object with the items of `labels`, which say whether templates and selectors get them too."""
    for item in labels.items:
        pairs = item.items.get("pairs") if isinstance(item, Map) else None
        if isinstance(item, Map) and isinstance(pairs, Map):
            specs: list[FieldSpec] = [*specs_of(item, "fields"), *configuration.of("labels")]
            if _says(item, "includeSelectors"):
                specs += (*own_specs("commonLabels"), *configuration.of("commonLabels"))
            elif _says(item, "includeTemplates"):
                specs += (*template_labels(), *configuration.of("templateLabels"))
            manifest = with_values(manifest, pairs, [*specs, _LABELS])
    return manifest


def with_values(manifest: Manifest, values: Map, specs: Iterable[FieldSpec]) -> Manifest:
    """The object with entries in the mappings at some fields. Raises FieldError."""

    def added(tree: Tree) -> Tree:
        if not isinstance(tree, Map):
            return tree
        items = dict(tree.items)
        for key, value in values.items.items():
            items[key] = over_written(items[key], value) if isinstance(items.get(key), Leaf) else value
        return Map(items, tree.writes, tree.deleted, tree.open)

    return changed_at(manifest, specs, added, Map({}, values.writes)) if values.items else manifest


def specs_of(tree: Map, key: str) -> list[FieldSpec]:
    """The field specs that a list of a tree is."""
    rows = tree.items.get(key)
    return (
        [field_spec(row) for item in rows.items if isinstance(row := plain(item), dict)]
        if isinstance(rows, Seq)
        else []
    )


def _says(item: Map, key: str) -> bool:
    switch = item.items.get(key)
    return isinstance(switch, Leaf) and switch.value is True
