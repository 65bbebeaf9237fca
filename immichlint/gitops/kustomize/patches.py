"""Patches of a kustomization: which objects they select, and what they make of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from immichlint.gitops.kustomize import identity
from immichlint.gitops.kustomize.patterns import PatternError, checked
from immichlint.gitops.kustomize.selectors import matches
from immichlint.gitops.kustomize.strategic import PatchError, directive, merge_keys, strategic_merge
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.named_tuple import NamedTuple
from immichlint.trees.tree import Leaf, Map, Seq, get

_NAMING: Final = ("name", "namespace")
_ALLOWING: Final = {"name": "allowNameChange", "kind": "allowKindChange"}


class Patch(NamedTuple):
    """A patch: its body, a mapping (strategic merge) or a sequence (JSON 6902), and the selector that it has.

    `target` is None where a strategic merge patch selects by its own kind and name. `options`: whether it may
    change the name or the kind.
    """

    body: Map | Seq
    target: Map | None
    options: Map | None = None


class Unreadable(NamedTuple):
    """A patch that cannot be read, and why; without a target it may be for any object."""

    why: str
    target: Map | None


def apply_patches(manifests: Sequence[Manifest], patches: Sequence[Patch | Unreadable]) -> list[Manifest]:
    """The objects after the patches, in order; an object that a patch deletes is gone."""
    current: list[Manifest] = list(manifests)
    for patch in patches:
        try:
            chosen = _chosen(patch, current)
        except PatternError as error:
            # Whom it is for is not known.
            patch, chosen = Unreadable(f"{error}: a patch is not applied", None), frozenset(range(len(current)))
        following: list[Manifest] = []
        for index, manifest in enumerate(current):
            patched = _patched(manifest, patch) if index in chosen else manifest
            if patched is not None:
                following.append(patched)
        current = following
    return current


def _chosen(patch: Patch | Unreadable, manifests: Sequence[Manifest]) -> frozenset[int]:
    """Which objects a patch is for. One that names its object means exactly that; where there is none of exactly
    this identity, kustomize refuses, and what comes nearest is meant."""
    if patch.target is None and isinstance(patch, Patch) and isinstance(patch.body, Map):
        wanted = identity.current(Manifest(patch.body, manifests[0].home)) if manifests else None
        exact = [index for index, item in enumerate(manifests) if wanted in identity.every(item)]
        if exact:
            return frozenset(exact)
    return frozenset(index for index, item in enumerate(manifests) if _is_for(patch, item))


def _patched(manifest: Manifest, patch: Patch | Unreadable) -> Manifest | None:
    if isinstance(patch, Unreadable):
        return manifest.unsettled_by(patch.why)
    if isinstance(patch.body, Seq):
        from immichlint.gitops.kustomize.jsonpatch import JsonPatchError, apply_json_patch

        try:
            return identity.remembered(manifest).with_tree(apply_json_patch(manifest.tree, patch.body))
        except JsonPatchError as error:
            return manifest.unsettled_by(f"a JSON patch does not apply: {error}")
    allowed = [key for key, option in _ALLOWING.items() if _allows(patch, option)]
    body = _without_identity(patch.body, allowed, chosen=patch.target is not None)
    if directive(body) == "replace":
        # At the root kustomize does not obey it, and takes nothing of the patch.
        return manifest
    try:
        merged = strategic_merge(manifest.tree, body, merge_keys(manifest.group))
    except PatchError as error:
        return manifest.unsettled_by(f"a patch does not apply: {error}")
    if merged is None:
        return None
    return (identity.remembered(manifest) if allowed else manifest).with_tree(merged)


def _allows(patch: Patch, option: str) -> bool:
    switch = patch.options.items.get(option) if patch.options is not None else None
    return isinstance(switch, Leaf) and switch.value is True


def _without_identity(body: Map, allowed: Collection[str], *, chosen: bool) -> Map:
    """The patch without what selects: an object keeps its kind, and the name that it has by now, unless the patch
    is allowed to change them. Where a target has chosen the object, a name alone has no part in its metadata."""
    items = {key: value for key, value in body.items.items() if key not in ("apiVersion", "kind") or key in allowed}
    metadata = items.get("metadata")
    if isinstance(metadata, Map):
        kept = {key: value for key, value in metadata.items.items() if key not in _NAMING or key in allowed}
        if kept or not chosen or metadata.open is not None:
            items["metadata"] = Map(kept, metadata.writes, metadata.deleted, metadata.open)
        else:
            del items["metadata"]
    return Map(items, body.writes, body.deleted, body.open)


def selects(patch: Patch | Unreadable, manifest: Manifest) -> bool:
    """Whether a patch is for an object, or may be."""
    try:
        return _is_for(patch, manifest)
    except PatternError:
        return True


def _is_for(patch: Patch | Unreadable, manifest: Manifest) -> bool:
    if patch.target is not None:
        return selected(patch.target, manifest)
    if isinstance(patch, Unreadable):
        return True
    if not isinstance(patch.body, Map):
        return False
    wanted = Manifest(patch.body, manifest.home)
    return (
        wanted.kind == manifest.kind
        and wanted.name in manifest.names
        and wanted.group == manifest.group
        and wanted.namespace in ("", manifest.namespace)
    )


def selected(target: Map, manifest: Manifest) -> bool:
    """Whether a selector is for an object: by patterns for its identity as it is or as it began, by its labels and
    annotations. Raises PatternError."""
    kind = text_at(target, "kind")
    if kind and not _matches(kind, manifest.kind):  # as for most objects
        return False
    now, began = identity.current(manifest), identity.original(manifest)
    actual: dict[str, tuple[str, ...]] = {
        "group": (now.group,),
        "version": (now.version,),
        "name": (now.name, began.name),
        "namespace": (now.namespace, began.namespace),
    }
    for key, values in actual.items():
        wanted_text = text_at(target, key)
        if wanted_text and not any(_matches(wanted_text, value) for value in values):
            return False
    return all(
        matches(text_at(target, selector), get(manifest.tree, ("metadata", field)))
        for selector, field in (("labelSelector", "labels"), ("annotationSelector", "annotations"))
    )


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(checked(pattern, value), value) is not None
    except re.error:
        return False
