"""What a Flux Kustomization does to the objects of its folder.

The controller writes its fields into the folder's kustomization, builds that, substitutes variables in the
result, and adds `commonMetadata` last.
"""

from __future__ import annotations

from collections.abc import Sequence

from immichlint.gitops.environment import Environment, Undefined
from immichlint.gitops.flux.kustomization import FluxKustomization
from immichlint.gitops.kustomize.build import Built
from immichlint.gitops.kustomize.naming import renamed
from immichlint.gitops.kustomize.patches import apply_patches
from immichlint.gitops.kustomize.transformers import set_images, set_namespace
from immichlint.gitops.manifest import Manifest
from immichlint.gitops.substitution import Variables, substituted, substitutes, undefined
from immichlint.trees.tree import Map, Tree, replaced


def applied(built: Built, flux: FluxKustomization, given: Variables, *, certain: bool) -> Environment:
    """The environment that a Flux Kustomization makes of what its folder makes. `given`: variables that the
    configuration defines. `certain`: whether nothing out of sight can give it more variables."""
    objects = _changed(built.manifests, flux)
    variables = Variables({**given.known, **flux.variables.known}, flux.variables.open)
    lacking = [
        Undefined(name, place, manifest)
        for manifest in (objects if certain and flux.variables.known else ())
        if substitutes(manifest)
        for name, place in undefined(manifest.tree, variables)
    ]
    made = [_labelled(substituted(manifest, variables), flux) for manifest in objects]
    return Environment(
        flux.applier.name,
        "flux",
        tuple(made),
        built.files,
        built.missing,
        built.generated,
        variables,
        tuple(lacking),
        flux.cluster,
        flux.applier,
    )


def _changed(objects: Sequence[Manifest], flux: FluxKustomization) -> Sequence[Manifest]:
    made = apply_patches(objects, flux.patches)
    if flux.target_namespace is not None:
        place = flux.target_namespace.writes[-1].place
        made = [set_namespace(manifest, flux.target_namespace, place) for manifest in made]
    if flux.prefix is not None or flux.suffix is not None:
        made = renamed(made, flux.prefix, flux.suffix)
    if flux.images is not None:
        made = [set_images(manifest, flux.images) for manifest in made]
    return made


def _labelled(manifest: Manifest, flux: FluxKustomization) -> Manifest:
    tree: Tree = manifest.tree
    for field, values in (("labels", flux.labels), ("annotations", flux.annotations)):
        for key, value in values.items.items() if isinstance(values, Map) else ():
            tree = replaced(tree, ("metadata", field, key), value)
    return manifest.with_tree(tree)
