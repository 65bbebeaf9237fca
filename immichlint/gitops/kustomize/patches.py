"""Patches of a kustomization: which objects they select, and what they make of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from immichlint.gitops.kustomize.jsonpatch import JsonPatchError, apply_json_patch
from immichlint.gitops.kustomize.selectors import matches
from immichlint.gitops.kustomize.strategic import PatchError, directive, merge_keys, strategic_merge
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.trees.tree import Map, Seq, get


class Patch(NamedTuple):
    """A patch: its body, a mapping (strategic merge) or a sequence (JSON 6902), and the selector that it has.

    `target` is None where a strategic merge patch selects by its own kind and name.
    """

    body: Map | Seq
    target: Map | None


class Unreadable(NamedTuple):
    """A patch that cannot be read, and why; without a target it may be for any object."""

    why: str
    target: Map | None


def apply_patches(manifests: Sequence[Manifest], patches: Sequence[Patch | Unreadable]) -> list[Manifest]:
    """The objects after the patches, in order; an object that a patch deletes is gone."""
    current: list[Manifest] = list(manifests)
    for patch in patches:
        following: list[Manifest] = []
        for manifest in current:
            patched = _patched(manifest, patch) if selects(patch, manifest) else manifest
            if patched is not None:
                following.append(patched)
        current = following
    return current


def _patched(manifest: Manifest, patch: Patch | Unreadable) -> Manifest | None:
    if isinstance(patch, Unreadable):
        return manifest.unsettled_by(patch.why)
    if isinstance(patch.body, Seq):
        try:
            return manifest.with_tree(apply_json_patch(manifest.tree, patch.body))
        except JsonPatchError as error:
            return manifest.unsettled_by(f"a JSON patch does not apply: {error}")
    body = _without_identity(patch.body)
    if directive(body) == "replace":
        # At the root kustomize does not obey it, and takes nothing of the patch.
        return manifest
    try:
        merged = strategic_merge(manifest.tree, body, merge_keys(manifest.group))
    except PatchError as error:
        return manifest.unsettled_by(f"a patch does not apply: {error}")
    return None if merged is None else manifest.with_tree(merged)


def _without_identity(body: Map) -> Map:
    """The patch without what selects: an object keeps its kind, and the name that it has by now."""
    items = {key: value for key, value in body.items.items() if key not in ("apiVersion", "kind")}
    metadata = items.get("metadata")
    if isinstance(metadata, Map):
        kept = {key: value for key, value in metadata.items.items() if key not in ("name", "namespace")}
        items["metadata"] = Map(kept, metadata.writes, metadata.deleted, metadata.open)
    return Map(items, body.writes, body.deleted, body.open)


def selects(patch: Patch | Unreadable, manifest: Manifest) -> bool:
    """Whether a patch is for an object, or may be."""
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
    """Whether a selector is for an object: by patterns for its identity, by its labels and annotations."""
    group, _, version = manifest.api_version.rpartition("/")
    actual: dict[str, tuple[str, ...]] = {
        "group": (group,),
        "version": (version,),
        "kind": (manifest.kind,),
        "name": manifest.names,
        "namespace": (manifest.namespace,),
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
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return pattern == value
