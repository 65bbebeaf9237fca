"""The namespace that a kustomization puts its objects into (api/filters/namespace)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from immichlint.gitops.kustomize.fields import FieldSpec, changed_at, own_specs
from immichlint.gitops.kustomize.identity import is_cluster_scoped, remembered
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.trees.tree import Layer, Leaf, Map, Seq, Tree, Write, replaced
from immichlint.yamltree.place import Place

_OWN: Final = ("metadata", "namespace")
_NAME: Final = ("metadata", "name")
_BINDINGS: Final = ("RoleBinding", "ClusterRoleBinding")
_SUBJECTS: Final = {"defaultOnly": ("name", "default"), "allServiceAccounts": ("kind", "ServiceAccount")}


def set_namespace(
    manifest: Manifest,
    field: Leaf,
    place: Place | None,
    specs: Iterable[FieldSpec] | None = None,
    subjects: str = "defaultOnly",
    *,
    unset_only: bool = False,
) -> Manifest:
    """The object in another namespace; a Namespace is renamed, other objects of the cluster stay as they are.

    `specs`: the fields that get it too, None for those that kustomize has by itself. `subjects`: the subjects of
    bindings that get it: `defaultOnly`, `allServiceAccounts` or `none`. Raises FieldError.
    """
    if not isinstance(field.value, str) or not field.value:
        return manifest
    leaf = Leaf(field.value, (Write(Layer.TRANSFORMER, place),))
    manifest = remembered(manifest)

    def put(tree: Tree) -> Tree:
        return tree if unset_only and isinstance(tree, Leaf) and tree.value else leaf

    if not is_cluster_scoped(manifest) and not (unset_only and manifest.namespace):
        manifest = manifest.with_tree(replaced(manifest.tree, _OWN, leaf))
    if manifest.kind in _BINDINGS:
        manifest = _with_subjects(manifest, leaf, subjects, unset_only=unset_only)
    chosen = [spec for spec in (own_specs("namespace") if specs is None else specs) if _applies(spec, manifest)]
    return changed_at(manifest, chosen, put, Leaf(None, leaf.writes))


def _applies(spec: FieldSpec, manifest: Manifest) -> bool:
    if spec.path == _OWN or (spec.path == _NAME and manifest.api_version != "v1"):
        return False
    return not (manifest.kind in _BINDINGS and spec.path == ("subjects", "namespace"))


def _with_subjects(manifest: Manifest, leaf: Leaf, subjects: str, *, unset_only: bool) -> Manifest:
    field = manifest.tree.items.get("subjects")
    if not isinstance(field, Seq) or subjects not in _SUBJECTS:
        return manifest
    key, value = _SUBJECTS[subjects]
    items = [
        replaced(item, ("namespace",), leaf)
        if isinstance(item, Map) and text_at(item, key) == value and not (unset_only and text_at(item, "namespace"))
        else item
        for item in field.items
    ]
    return manifest.with_tree(replaced(manifest.tree, ("subjects",), Seq(items, field.writes, field.open)))
