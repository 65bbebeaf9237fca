"""What a Flux Kustomization does to the objects of its folder.

The controller writes its fields into the folder's kustomization, builds that, substitutes variables in the
result, and adds `commonMetadata` last.
"""

from __future__ import annotations

from immichlint.gitops.environment import Environment, Undefined
from immichlint.gitops.flux.kustomization import FluxKustomization
from immichlint.gitops.kustomize.finish import overlaid
from immichlint.gitops.kustomize.kustomization import AFFIXES, IMAGES, Built
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.gitops.substitution import Variables, may_be_filled, substitute, undefined
from immichlint.trees.tree import Map, Tree, replaced


def applied(built: Built, flux: FluxKustomization, given: Variables, *, certain: bool) -> Environment:
    """The environment that a Flux Kustomization makes of what its folder makes. `given`: variables that the
    configuration defines. `certain`: whether nothing out of sight can give it more variables."""
    objects = overlaid(built, flux.applier.manifest.home.document.path, flux.patches, _fields(flux))
    variables = Variables({**given.known, **flux.variables.known}, flux.variables.open)
    lacking: list[Undefined] = []
    made: list[Manifest] = []
    for manifest in objects:
        if may_be_filled(manifest):
            if certain and flux.variables.known:
                lacking += (Undefined(*found, manifest) for found in undefined(manifest.tree, variables))
            manifest = manifest.with_tree(substitute(manifest.tree, variables))
        made.append(_labelled(manifest, flux))
    return Environment(
        flux.applier.name,
        "flux",
        tuple(made),
        built.files,
        built.missing,
        variables,
        tuple(lacking),
        flux.cluster,
        flux.applier,
    )


def _fields(flux: FluxKustomization) -> dict[str, Tree]:
    """What the controller writes into the folder's kustomization besides patches."""
    fields: dict[str, Tree | None] = {
        "namespace": flux.target_namespace,
        "namePrefix": flux.prefix,
        "nameSuffix": flux.suffix,
        "images": flux.images,
    }
    return {key: value for key, value in fields.items() if value is not None}


def overwritten(flux: FluxKustomization) -> frozenset[str]:
    """The fields that the controller writes anew into the folder's kustomization, so that its own count for nothing:
    affixes of names, and each of its `images` by its name (fluxcd/pkg, kustomize/kustomize_generator.go)."""
    fields = _fields(flux)
    named = (text_at(item, "name") for item in flux.images.items) if flux.images is not None else ()
    return frozenset((*(key for key in AFFIXES if key in fields), *(f"{IMAGES}/{name}" for name in named if name)))


def _labelled(manifest: Manifest, flux: FluxKustomization) -> Manifest:
    tree: Tree = manifest.tree
    for field, values in (("labels", flux.labels), ("annotations", flux.annotations)):
        for key, value in values.items.items() if isinstance(values, Map) else ():
            tree = replaced(tree, ("metadata", field, key), value)
    return manifest.with_tree(tree)
