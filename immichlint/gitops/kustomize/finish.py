"""The end of a build: hashes in names, references to changed names, and what leaves the build."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from immichlint.gitops.kustomize.configuration import Configuration
from immichlint.gitops.kustomize.kustomization import Built
from immichlint.gitops.kustomize.patches import Patch, Unreadable, apply_patches
from immichlint.gitops.kustomize.steps import after_json_patches, before_json_patches, each
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.trees.merge import is_null
from immichlint.trees.tree import Hole, Leaf, Map, Tree, replaced
from immichlint.yamltree.scalars import Value

_LOCAL: Final = "config.kubernetes.io/local-config"
_WITH_NAMESPACES: Final = (
    "RoleBinding",
    "ClusterRoleBinding",
    "ValidatingWebhookConfiguration",
    "MutatingWebhookConfiguration",
)


def finished(made: Sequence[Manifest], configuration: Configuration) -> tuple[Manifest, ...]:
    """The objects as the build gives them out."""
    objects = list(made)
    if any(manifest.past.hashed for manifest in objects):
        from immichlint.gitops.kustomize.hashing import hashed

        objects = [hashed(manifest) for manifest in objects]
    if configuration.references or any(map(_matters, objects)):
        from immichlint.gitops.kustomize.references import followed

        objects = followed(objects, configuration)
    return tuple(_concealed(_with_clean_metadata(manifest)) for manifest in objects if not _is_local(manifest))


def _matters(manifest: Manifest) -> bool:
    """Whether an object has another name than before, or refers to names together with their namespaces."""
    return len({*manifest.names}) > 1 or manifest.kind in _WITH_NAMESPACES


def _concealed(manifest: Manifest) -> Manifest:
    if manifest.kind != "Secret" or not manifest.past.generated:
        return manifest
    from immichlint.gitops.kustomize.generated import concealed

    return concealed(manifest)


def _with_clean_metadata(manifest: Manifest) -> Manifest:
    """The object with its labels and annotations as kustomize writes them anew: annotations as texts, or none where
    there are no entries, and an empty text for a label that is null."""
    metadata = manifest.tree.items.get("metadata")
    if not isinstance(metadata, Map):
        return manifest
    items = dict(metadata.items)
    annotations, labels = items.get("annotations"), items.get("labels")
    if annotations is not None and not (isinstance(annotations, Map) and (annotations.items or annotations.open)):
        del items["annotations"]
    elif isinstance(annotations, Map) and any(_is_no_text(item) for item in annotations.items.values()):
        items["annotations"] = _with_texts(annotations, lambda leaf: leaf.raw)
    if labels is not None and any(map(is_null, labels.items.values() if isinstance(labels, Map) else (labels,))):
        items["labels"] = _with_texts(labels, lambda leaf: leaf.value)
    if items == metadata.items:
        return manifest
    made = Map(items, metadata.writes, metadata.deleted, metadata.open)
    return manifest.with_tree(replaced(manifest.tree, ("metadata",), made))


def _is_no_text(tree: Tree) -> bool:
    return isinstance(tree, Leaf) and not isinstance(tree.value, (str, Hole))


def _with_texts(tree: Tree, said: Callable[[Leaf], Value | Hole]) -> Tree:
    """A tree with an empty text for null, and what is said of other scalars that are no texts."""
    if isinstance(tree, Map):
        items = {key: _with_texts(item, said) for key, item in tree.items.items()}
        return Map(items, tree.writes, tree.deleted, tree.open)
    if not isinstance(tree, Leaf) or not _is_no_text(tree):
        return tree
    return Leaf("" if tree.value is None else said(tree), tree.writes, tree.pieces, plain=tree.plain, raw=tree.raw)


def _is_local(manifest: Manifest) -> bool:
    """Whether an object is for kustomize alone and leaves the build."""
    return text_at(manifest.tree, "metadata", "annotations", _LOCAL) not in ("", "false")


def overlaid(
    built: Built, path: str, patches: Sequence[Patch | Unreadable], fields: Mapping[str, Tree]
) -> tuple[Manifest, ...]:
    """The objects of a kustomization with what an applier writes into it before it is built: patches, and fields as
    a kustomization has them. `path`: of the applier, for messages. It is built without what these overwrite."""
    if not patches and not fields:
        return built.manifests
    unfinished, configuration = built.unfinished
    made = apply_patches(unfinished, patches)
    for step in (*before_json_patches(fields, configuration), *after_json_patches(fields, configuration)):
        made = each(made, step, path)
    return finished(made, configuration)
