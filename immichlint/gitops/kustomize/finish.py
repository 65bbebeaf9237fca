"""The end of a build: hashes in names, references to changed names, and what leaves the build."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from immichlint.gitops.kustomize.configuration import Configuration
from immichlint.gitops.kustomize.generated import concealed
from immichlint.gitops.kustomize.hashing import hashed
from immichlint.gitops.kustomize.kustomization import Built
from immichlint.gitops.kustomize.patches import Patch, Unreadable, apply_patches
from immichlint.gitops.kustomize.references import followed
from immichlint.gitops.kustomize.steps import after_json_patches, before_json_patches, each
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.trees.tree import Tree

_LOCAL: Final = "config.kubernetes.io/local-config"


def finished(made: Sequence[Manifest], configuration: Configuration) -> tuple[Manifest, ...]:
    """The objects as the build gives them out."""
    objects = followed([hashed(manifest) for manifest in made], configuration)
    return tuple(concealed(manifest) for manifest in objects if not _is_local(manifest))


def _is_local(manifest: Manifest) -> bool:
    """Whether an object is for kustomize alone and leaves the build."""
    return text_at(manifest.tree, "metadata", "annotations", _LOCAL) not in ("", "false")


def overlaid(
    built: Built, path: str, patches: Sequence[Patch | Unreadable], fields: Mapping[str, Tree]
) -> tuple[Manifest, ...]:
    """The objects of a kustomization with what an applier writes into it before it is built: patches, and fields as
    a kustomization has them. `path`: of the applier, for messages."""
    if not patches and not fields:
        return built.manifests
    unfinished, configuration = built.unfinished
    made = apply_patches(unfinished, patches)
    for step in (*before_json_patches(fields, configuration), *after_json_patches(fields, configuration)):
        made = each(made, step, path)
    return finished(made, configuration)
