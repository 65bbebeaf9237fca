"""Prefixes and suffixes of names, and the references that follow them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from immichlint.facts import load
from immichlint.gitops.manifest import Manifest
from immichlint.trees.pieces import joined
from immichlint.trees.tree import Leaf, Map, Seq, Tree, get, replaced

_UNNAMED: Final = ("Namespace", "CustomResourceDefinition", "APIService")
_Renamed: TypeAlias = Mapping[tuple[str, str], Leaf]


def renamed(manifests: Sequence[Manifest], prefix: Tree | None, suffix: Tree | None) -> list[Manifest]:
    """The objects with a prefix and a suffix to their names; what refers to them in pods follows.

    Fields of custom resources do not (`spec.cluster.name` of a ScheduledBackup): kustomize does not know them.
    """
    made = [_renamed(manifest, prefix, suffix) for manifest in manifests]
    names: dict[tuple[str, str], Leaf] = {}
    for manifest in made:
        name = get(manifest.tree, ("metadata", "name"))
        if isinstance(name, Leaf):
            names |= {(manifest.kind, former): name for former in manifest.former}
    kinds = load("kustomize_fields")["referring_kinds"]
    return [
        manifest.with_tree(_followed(manifest.tree, names)) if manifest.kind in kinds else manifest for manifest in made
    ]


def _renamed(manifest: Manifest, prefix: Tree | None, suffix: Tree | None) -> Manifest:
    name = get(manifest.tree, ("metadata", "name"))
    if manifest.kind in _UNNAMED or not isinstance(name, Leaf):
        return manifest
    parts: list[Leaf | str] = [leaf for leaf in (prefix, name, suffix) if isinstance(leaf, Leaf)]
    made = manifest.with_tree(replaced(manifest.tree, ("metadata", "name"), joined(parts)))
    return made._replace(former=(*manifest.former, manifest.name))


def _followed(tree: Tree, names: _Renamed) -> Tree:
    if isinstance(tree, Seq):
        return Seq([_followed(item, names) for item in tree.items], tree.writes, tree.open)
    if not isinstance(tree, Map):
        return tree
    items = {key: _reference(key, _followed(item, names), names) for key, item in tree.items.items()}
    return Map(items, tree.writes, tree.deleted, tree.open)


def _reference(key: str, value: Tree, names: _Renamed) -> Tree:
    """A value that refers to an object, with the name that the object has now."""
    if key == "serviceAccountName":
        return _name(value, "ServiceAccount", names)
    row = load("kustomize_fields")["references"].get(key)
    if row is None:
        return value
    if isinstance(value, Seq):
        return Seq([_reference(key, item, names) for item in value.items], value.writes, value.open)
    field, kind = row
    if not isinstance(value, Map) or field not in value.items:
        return value
    return Map({**value.items, field: _name(value.items[field], kind, names)}, value.writes, value.deleted, value.open)


def _name(value: Tree, kind: str, names: _Renamed) -> Tree:
    if not isinstance(value, Leaf) or not isinstance(value.value, str):
        return value
    name = names.get((kind, value.value))
    return value if name is None else Leaf(name.value, value.writes + name.writes, name.pieces)
