"""A Flux Kustomization as the applier of an environment."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.gitops.environment import Applier, Dependency, Pruning
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.trees.field import look
from immichlint.trees.tree import Map, Seq, get
from immichlint.yamltree.place import Place


def flux_applier(manifest: Manifest, folder: str | None) -> Applier:
    """The applier that a Flux Kustomization is; `folder`: what it applies, None where that is not known."""
    tree = manifest.tree
    return Applier(
        manifest,
        tree,
        manifest.name,
        manifest.namespace,
        look(tree, ("metadata", "name")).place or manifest.home,
        () if folder is None else (folder,),
        _pruning(tree, manifest.home),
        look(tree, ("spec", "deletionPolicy")),
        tuple(_dependencies(tree, manifest)),
    )


def _pruning(tree: Map, home: Place) -> Pruning:
    prune = look(tree, ("spec", "prune"))
    spec = look(tree, ("spec",)).place
    place = prune.place or (spec.key_of() if spec is not None and spec.route else home)
    if prune.known and isinstance(prune.value, bool):
        return Pruning(prune.value, place)
    # The API server refuses a Kustomization without it, so what is not here comes from somewhere else.
    return Pruning(None, place, prune.why or "`spec.prune` is not written here")


def _dependencies(tree: Map, manifest: Manifest) -> Iterator[Dependency]:
    field = get(tree, ("spec", "dependsOn"))
    for item in field.items if isinstance(field, Seq) else ():
        name = look(item, ("name",))
        if name.text is not None:
            place = name.place or manifest.home
            yield Dependency(name.text, text_at(item, "namespace") or manifest.namespace, place)
