"""Prefixes and suffixes of names (api/internal/builtins, PrefixTransformer and SuffixTransformer)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from immichlint.gitops.kustomize.fields import FieldSpec, changed_at
from immichlint.gitops.kustomize.identity import original, remembered, versioned
from immichlint.gitops.manifest import Manifest
from immichlint.trees.pieces import joined
from immichlint.trees.tree import Leaf, Tree

_Make: TypeAlias = Callable[[Leaf], Leaf]

OWN_NAME: Final = FieldSpec(("metadata", "name"))
_KEPT: Final = (("", "CustomResourceDefinition"), ("apiregistration.k8s.io", "APIService"), ("", "Namespace"))
"""The API group, empty for any, and the kind of objects whose names are not changed."""


def with_prefix(manifest: Manifest, prefix: Leaf, specs: Iterable[FieldSpec] = (OWN_NAME,)) -> Manifest:
    """The object with a prefix to its name, and to the other fields that specs name. Raises FieldError."""
    return _with(manifest, prefix, specs, lambda leaf: joined([prefix, leaf]), before=True)


def with_suffix(manifest: Manifest, suffix: Leaf, specs: Iterable[FieldSpec] = (OWN_NAME,)) -> Manifest:
    """The object with a suffix to its name, and to the other fields that specs name. Raises FieldError."""
    return _with(manifest, suffix, specs, lambda leaf: joined([leaf, suffix]), before=False)


def _with(manifest: Manifest, affix: Leaf, specs: Iterable[FieldSpec], make: _Make, *, before: bool) -> Manifest:
    began = original(manifest)
    if not isinstance(affix.value, str) or not affix.value:
        return manifest
    if any(kind == began.kind and group in ("", began.group) for group, kind in _KEPT):
        return manifest
    kind, (group, version) = manifest.kind, versioned(manifest.api_version)
    own = [spec for spec in specs if spec.is_for(kind, group, version)]
    if OWN_NAME.path in [spec.path for spec in own]:
        manifest = _known_by(manifest, affix.value, before=before)

    def put(tree: Tree) -> Tree:
        return make(tree) if isinstance(tree, Leaf) else tree

    return changed_at(manifest, own, put)


def _known_by(manifest: Manifest, affix: str, *, before: bool) -> Manifest:
    past = manifest.past
    past = (
        past._replace(prefixes=(*past.prefixes, affix)) if before else past._replace(suffixes=(*past.suffixes, affix))
    )
    return remembered(manifest._replace(past=past))
