"""What of a kustomization is not computed, said of the objects that it may change."""

from __future__ import annotations

from typing import Final

from immichlint.gitops.kustomize.kustomization import Kustomization, joined_path, strings
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.trees.tree import Map, Seq, texts

_MERGED: Final = ("ConfigMap", "Secret")
_RENAMING: Final = ("namePrefix", "nameSuffix", "configMapGenerator", "secretGenerator")
_CRD_REFERENCE: Final = b"x-kubernetes-object-ref"


def unsettled(manifest: Manifest, kustomization: Kustomization, configuration: str) -> Manifest:
    """The object, unsettled where a feature that is not computed may change it. `configuration`: why a
    configuration of transformers is not understood, else empty."""
    path, tree = kustomization.path, kustomization.tree
    if configuration:
        manifest = manifest.unsettled_by(configuration)
    variables = _variables(tree)
    if variables and any(f"$({name})" in text for name in variables for text in texts(manifest.tree)):
        manifest = manifest.unsettled_by(f"vars of {path} are not computed")
    openapi = tree.items.get("openapi")
    if isinstance(openapi, Map) and "path" in openapi.items:
        manifest = manifest.unsettled_by(f"the OpenAPI schema of {path} is not read")
    if _names_by_crds(kustomization):
        manifest = manifest.unsettled_by(f"the references that the crds of {path} define are not computed")
    return manifest


def may_be_merged(manifest: Manifest, path: str) -> Manifest:
    """The object, unsettled where a generator that is not computed may merge into it."""
    return (
        manifest.unsettled_by(f"generator plugins of {path} are not computed") if manifest.kind in _MERGED else manifest
    )


def _variables(tree: Map) -> list[str]:
    field = tree.items.get("vars")
    return [text_at(item, "name") for item in field.items] if isinstance(field, Seq) else []


def _names_by_crds(kustomization: Kustomization) -> bool:
    """Whether `crds` define fields that refer to names, and names change."""
    if not any(field in kustomization.tree.items for field in _RENAMING):
        return False
    listed = (joined_path(kustomization.folder, entry) for _, entry in strings(kustomization.tree, "crds"))
    return any(_CRD_REFERENCE in kustomization.repository.raw(file) for file in listed)
