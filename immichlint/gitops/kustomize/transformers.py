"""Images and replicas of workloads, as a kustomization sets them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from immichlint.gitops.kustomize.fields import FieldError, FieldSpec, changed_at, own_specs
from immichlint.gitops.kustomize.identity import every
from immichlint.gitops.kustomize.patterns import PatternError, checked
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.trees.merge import over_written
from immichlint.trees.pieces import joined
from immichlint.trees.tree import Leaf, Map, Seq, Tree, get, replaced

_CONTAINERS: Final = ("containers", "initContainers")
_TAG_AND_DIGEST: Final = r"(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?"


def set_images(manifest: Manifest, images: Seq, specs: Iterable[FieldSpec] = ()) -> Manifest:
    """The object with the images of its containers renamed and retagged; `specs`: further fields with images."""
    fields = (*own_specs("images"), *specs)
    for image in images.items:
        if isinstance(image, Map):
            manifest = set_image(manifest, image, fields)
    return manifest


def set_image(manifest: Manifest, image: Map, specs: Iterable[FieldSpec]) -> Manifest:
    """The object after one entry of `images`: in its containers, wherever they are, and at some fields. Raises
    FieldError."""
    if manifest.kind == "CustomResourceDefinition":
        return manifest
    tree: Tree = manifest.tree
    for route in _image_routes(tree, ()):
        leaf = get(tree, route)
        made = _retagged(leaf, image) if isinstance(leaf, Leaf) else leaf
        if made is not None and made is not leaf:
            tree = replaced(tree, route, made)

    def put(field: Tree) -> Tree:
        return _retagged(field, image) if isinstance(field, Leaf) else field

    # Kustomize passes twice, which a `tagSuffix` shows.
    return changed_at(manifest.with_tree(tree), specs, put)


def _image_routes(tree: Tree, route: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(tree, Map):
        for key, value in tree.items.items():
            yield from _image_routes(value, (*route, key))
            if key in _CONTAINERS and isinstance(value, Seq):
                yield from ((*route, key, index, "image") for index in range(len(value.items)))
    elif isinstance(tree, Seq):
        for index, item in enumerate(tree.items):
            yield from _image_routes(item, (*route, index))


def _retagged(leaf: Leaf, image: Map) -> Leaf:
    if not isinstance(leaf.value, str) or not _is_named(leaf.value, text_at(image, "name")):
        return leaf
    name, tag, digest = _split(leaf.value)
    old = leaf.writes
    new_name, new_tag, new_digest = (_given(image, key) for key in ("newName", "newTag", "digest"))
    suffix = _given(image, "tagSuffix")
    parts: list[Leaf | str] = [new_name if new_name is not None else Leaf(name, old)]
    if new_tag is not None or new_digest is not None:
        parts += [":", new_tag] if new_tag is not None else []
        parts += ["@", new_digest] if new_digest is not None else []
    elif suffix is not None:
        parts += [":", *([Leaf(tag, old)] if tag else []), suffix]
    else:
        parts += [":", Leaf(tag, old)] if tag else []
        parts += ["@", Leaf(digest, old)] if digest else []
    made = joined(parts)
    return Leaf(made.value, old + made.writes, made.pieces)


def _is_named(image: str, name: str) -> bool:
    """Whether an image has a name, which kustomize takes for a pattern (api/internal/image). Raises FieldError."""
    try:
        return re.fullmatch(checked(name, image) + _TAG_AND_DIGEST, image) is not None
    except PatternError as error:
        raise FieldError(str(error)) from error
    except re.error:
        return image == name


def _given(image: Map, key: str) -> Leaf | None:
    leaf = image.items.get(key)
    return leaf if isinstance(leaf, Leaf) and leaf.value not in (None, "") else None


def _split(image: str) -> tuple[str, str, str]:
    """The name of an image, its tag and its digest."""
    rest, _, digest = image.partition("@")
    name, colon, tag = rest.rpartition(":")
    return (name, tag, digest) if colon and "/" not in tag else (rest, "", digest)


def set_replicas(manifest: Manifest, replicas: Seq, specs: Iterable[FieldSpec] = ()) -> Manifest:
    """The workload with another number of replicas; `specs`: further fields with a number of replicas."""
    for item in replicas.items:
        if isinstance(item, Map):
            manifest = set_replica(manifest, item, (*own_specs("replicas"), *specs))
    return manifest


def set_replica(manifest: Manifest, item: Map, specs: Iterable[FieldSpec]) -> Manifest:
    """The object after one entry of `replicas`. Raises FieldError."""
    count = item.items.get("count")
    if not isinstance(count, Leaf) or text_at(item, "name") not in {known.name for known in every(manifest)}:
        return manifest

    def put(tree: Tree) -> Tree:
        return over_written(tree, count)

    return changed_at(manifest, specs, put, Leaf(None, ()))
