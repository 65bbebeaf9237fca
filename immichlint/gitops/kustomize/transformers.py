"""The built-in transformers of a kustomization that this version computes."""

from __future__ import annotations

from typing import Final

from immichlint.gitops.manifest import Manifest, text_at
from immichlint.trees.pieces import joined
from immichlint.trees.tree import Layer, Leaf, Map, Seq, Tree, Write, get, replaced
from immichlint.yamltree.place import Place

CLUSTER_SCOPED: Final = frozenset(
    {
        "Namespace",
        "Node",
        "PersistentVolume",
        "StorageClass",
        "CustomResourceDefinition",
        "ClusterRole",
        "ClusterRoleBinding",
        "ClusterIssuer",
        "ClusterImageCatalog",
        "IngressClass",
        "GatewayClass",
        "PriorityClass",
        "RuntimeClass",
        "VolumeSnapshotClass",
        "APIService",
        "ValidatingWebhookConfiguration",
        "MutatingWebhookConfiguration",
    }
)


def set_namespace(manifest: Manifest, field: Leaf, place: Place | None) -> Manifest:
    """The object in another namespace; a Namespace is renamed, other objects of the cluster stay as they are."""
    if not isinstance(field.value, str):
        return manifest
    leaf = Leaf(field.value, (Write(Layer.TRANSFORMER, place),))
    if manifest.kind == "Namespace":
        return manifest.with_tree(replaced(manifest.tree, ("metadata", "name"), leaf))
    if manifest.kind in CLUSTER_SCOPED:
        return manifest
    return manifest.with_tree(replaced(manifest.tree, ("metadata", "namespace"), leaf))


def set_images(manifest: Manifest, images: Seq) -> Manifest:
    """The object with the images of its containers renamed and retagged."""
    tree: Tree = manifest.tree
    for route in _image_routes(tree, ()):
        leaf = get(tree, route)
        if isinstance(leaf, Leaf) and isinstance(leaf.value, str):
            for image in images.items:
                if isinstance(image, Map) and isinstance(leaf, Leaf) and isinstance(leaf.value, str):
                    leaf = _retagged(leaf, image)
            tree = replaced(tree, route, leaf)
    return manifest.with_tree(tree)


def _image_routes(tree: Tree, route: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
    found: list[tuple[str | int, ...]] = []
    if isinstance(tree, Map):
        for key, value in tree.items.items():
            if key in ("containers", "initContainers") and isinstance(value, Seq):
                found += [(*route, key, index, "image") for index in range(len(value.items))]
            else:
                found += _image_routes(value, (*route, key))
    elif isinstance(tree, Seq):
        for index, item in enumerate(tree.items):
            found += _image_routes(item, (*route, index))
    return found


def _retagged(leaf: Leaf, image: Map) -> Leaf:
    assert isinstance(leaf.value, str)
    repository, separator, rest = _split(leaf.value)
    if repository != text_at(image, "name"):
        return leaf
    old = leaf.writes
    new_name = image.items.get("newName")
    parts: list[Leaf | str] = [new_name if isinstance(new_name, Leaf) else Leaf(repository, old)]
    tag, digest = image.items.get("newTag"), image.items.get("digest")
    if isinstance(tag, Leaf):
        parts += [":", tag]
    if isinstance(digest, Leaf):
        parts += ["@", digest]
    if not isinstance(tag, Leaf) and not isinstance(digest, Leaf):
        parts += [separator, Leaf(rest, old)] if rest else []
    made = joined(parts)
    return Leaf(made.value, old + made.writes, made.pieces)


def _split(image: str) -> tuple[str, str, str]:
    """The repository of an image, the separator after it, and its tag or digest."""
    name, at, digest = image.partition("@")
    if at:
        return name.rpartition(":")[0] or name, "@", digest
    repository, colon, tag = name.rpartition(":")
    return (repository, ":", tag) if colon and "/" not in tag else (name, "", "")


def set_replicas(manifest: Manifest, replicas: Seq) -> Manifest:
    """The workload with another number of replicas."""
    if manifest.kind not in ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"):
        return manifest
    for item in replicas.items:
        count = item.items.get("count") if isinstance(item, Map) else None
        if isinstance(count, Leaf) and text_at(item, "name") in manifest.names:
            manifest = manifest.with_tree(replaced(manifest.tree, ("spec", "replicas"), count))
    return manifest
