"""Flux Kustomizations: which folder each applies, where to, and with what on top.

A child is read as its parent makes it: patched, put into a namespace, and substituted.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from immichlint.gitops.environment import FLUX, Applier, Dependency, Pruning
from immichlint.gitops.flux.variables import variables_of
from immichlint.gitops.kustomize.kustomization import strings
from immichlint.gitops.kustomize.patches import Patch, Unreadable
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.gitops.substitution import Variables
from immichlint.named_tuple import NamedTuple
from immichlint.repo.repository import Repository
from immichlint.trees.field import look
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Seq, Tree, get
from immichlint.yamltree.lookup import Route
from immichlint.yamltree.place import Place

KIND: Final = "Kustomization"


class FluxKustomization(NamedTuple):
    """A Flux Kustomization. `folder`: relative to the root; None where the path is not known or not in the root.
    `cluster`: the folder of the cluster that it belongs to. `components`: folders, relative to the root. `patches`,
    `images`, `prefix`, `suffix`, `labels` and `annotations`: what it changes in what it applies."""

    applier: Applier
    folder: str | None
    cluster: str
    target_namespace: Leaf | None
    variables: Variables
    patches: tuple[Patch | Unreadable, ...] = ()
    images: Seq | None = None
    components: tuple[str, ...] = ()
    prefix: Leaf | None = None
    suffix: Leaf | None = None
    labels: Map | None = None
    annotations: Map | None = None


def is_flux(manifest: Manifest) -> bool:
    """Whether an object is a Flux Kustomization, and not a patch for one."""
    return manifest.kind == KIND and manifest.group == FLUX and get(manifest.tree, ("spec", "path")) is not None


def folder_of(manifest: Manifest) -> str | None:
    """The folder that a Flux Kustomization names, relative to the root; None where that is not known."""
    path = get(manifest.tree, ("spec", "path"))
    if not isinstance(path, Leaf) or not isinstance(path.value, str) or "${" in path.value or "{{" in path.value:
        return None
    # Flux joins the path to the artifact's root, so that it cannot lead out of it.
    folder = posixpath.normpath(posixpath.join("/", path.value)).lstrip("/")
    return "" if folder == "." else folder


def flux_kustomization(repository: Repository, manifest: Manifest, cluster: str) -> FluxKustomization:
    """The Flux Kustomization that an object is, in a cluster."""
    tree = manifest.tree
    folder = folder_of(manifest)
    images, labels, annotations = (
        get(tree, ("spec", *route))
        for route in (("images",), ("commonMetadata", "labels"), ("commonMetadata", "annotations"))
    )
    return FluxKustomization(
        _applier(manifest, folder),
        folder,
        cluster,
        _text(tree, "targetNamespace"),
        variables_of(repository, tree, cluster),
        tuple(patches_at(repository, manifest, ("spec", "patches"))),
        images if isinstance(images, Seq) else None,
        components_of(manifest, folder),
        _text(tree, "namePrefix"),
        _text(tree, "nameSuffix"),
        labels if isinstance(labels, Map) else None,
        annotations if isinstance(annotations, Map) else None,
    )


def _text(tree: Map, key: str) -> Leaf | None:
    leaf = get(tree, ("spec", key))
    return leaf if isinstance(leaf, Leaf) and isinstance(leaf.value, str) and leaf.value else None


def components_of(manifest: Manifest, folder: str | None) -> tuple[str, ...]:
    """The folders of the components that a Flux Kustomization adds to its folder, relative to the root."""
    spec = manifest.tree.items.get("spec")
    entries = strings(spec, "components") if isinstance(spec, Map) and folder is not None else ()
    return tuple(posixpath.normpath(posixpath.join(folder or "", entry)) for _, entry in entries)


def patches_at(repository: Repository, manifest: Manifest, route: Route) -> Iterator[Patch | Unreadable]:
    """The inline patches that an object of Flux's holds at a route."""
    patches = get(manifest.tree, route)
    for item in patches.items if isinstance(patches, Seq) else ():
        target, text = get(item, ("target",)), get(item, ("patch",))
        selector = target if isinstance(target, Map) else None
        body = _body(repository, text)
        if body is not None:
            yield Patch(body, selector)
        elif text is not None:
            yield Unreadable(f"a patch of the {manifest.kind} {manifest.name} could not be read", selector)


def _body(repository: Repository, text: Tree | None) -> Map | Seq | None:
    """What is written inside the text of a patch. Variables in it are left to the Kustomization's own substitution."""
    place = _written(text) if isinstance(text, Leaf) else None
    if place is None:
        return None
    from immichlint.gitops.kustomize.bodies import patch_in

    return patch_in(repository, place)


def _written(text: Leaf) -> Place | None:
    """Where a text is written before variables were substituted in it."""
    source = text.value.text if isinstance(text.value, Hole) else text.value
    if not isinstance(source, str):
        return None
    for write in reversed(text.writes):
        if write.layer is not Layer.SUBSTITUTION and write.place is not None and write.place.part is None:
            return write.place
    return None


def _applier(manifest: Manifest, folder: str | None) -> Applier:
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
