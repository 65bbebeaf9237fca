"""What a HelmRelease does to the objects of its chart after they are rendered: `spec.postRenderers`, patches mostly."""

from __future__ import annotations

from collections.abc import Iterable

from immichlint.gitops.flux.kustomization import patches_at
from immichlint.gitops.kustomize.patches import apply_patches
from immichlint.gitops.manifest import Manifest, settled_only
from immichlint.lenses.effective import Effective
from immichlint.repo.repository import Repository
from immichlint.trees.tree import Map, Seq, get


def post_rendered(made: Iterable[Effective], release: Manifest, repository: Repository) -> list[Effective]:
    """The objects of a release after its post-renderers; what those that are no patches may change is unknown."""
    renderers = get(release.tree, ("spec", "postRenderers"))
    rows = renderers.items if isinstance(renderers, Seq) else []
    found = list(made)
    for index, row in enumerate(rows):
        kustomize = row.items.get("kustomize") if isinstance(row, Map) else None
        patches = list(patches_at(repository, release, ("spec", "postRenderers", index, "kustomize", "patches")))
        known = isinstance(kustomize, Map) and set(kustomize.items) <= {"patches"}
        following: list[Effective] = []
        for item in found:
            for manifest in apply_patches([item.manifest], patches):
                settled = manifest if known else settled_only(manifest.unsettled_by("a post-renderer may change it"))
                following.append(item._replace(manifest=settled))
        found = following
    return found
