"""Flux Kustomizations: which folder each applies, where to, and with which variables."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple, TypeAlias

from immichlint.gitops.environment import FLUX, Applier
from immichlint.gitops.flux.applier import flux_applier
from immichlint.gitops.kustomize.build import strings
from immichlint.gitops.kustomize.patches import Patch
from immichlint.gitops.manifest import Manifest, manifests, text_at
from immichlint.gitops.named import objects_named
from immichlint.gitops.substitution import Variable, Variables
from immichlint.repo.documents import document, embedded
from immichlint.repo.repository import Repository
from immichlint.trees.grow import grow
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Seq, get

Find: TypeAlias = Callable[[str, str], tuple[Manifest, ...]]
"""Finds the objects of a kind and name."""


class FluxKustomization(NamedTuple):
    """A Flux Kustomization. `folder`: relative to the root; None where the path is not known. `components`:
    folders, relative to the root. `patches` and `images`: what it changes in what it applies."""

    folder: str | None
    target_namespace: Leaf | None
    variables: Variables
    applier: Applier
    patches: tuple[Patch, ...] = ()
    images: Seq | None = None
    components: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name."""
        return self.applier.name


def flux_kustomizations(repository: Repository, files: Iterable[str]) -> Iterator[FluxKustomization]:
    """The Flux Kustomizations that some files define."""
    injected = _injected_sources(repository)
    find = partial(objects_named, repository)
    for path in files:
        if FLUX.encode() not in repository.raw(path):
            continue
        for manifest in manifests(repository.read(path)):
            if manifest.kind == "Kustomization" and manifest.group == FLUX:
                yield _read(repository, manifest, injected, find)


def _read(repository: Repository, manifest: Manifest, injected: list[Map], find: Find) -> FluxKustomization:
    path = text_at(manifest.tree, "spec", "path")
    folder = None if "${" in path or "{{" in path else _folder(path)
    target = get(manifest.tree, ("spec", "targetNamespace"))
    images = get(manifest.tree, ("spec", "images"))
    return FluxKustomization(
        folder,
        target if isinstance(target, Leaf) and isinstance(target.value, str) else None,
        _variables(manifest.tree, injected, find),
        flux_applier(manifest, folder),
        tuple(_patches(repository, manifest)),
        images if isinstance(images, Seq) else None,
        tuple(_normal(folder, entry) for _, entry in strings_at(manifest.tree, "components")) if folder else (),
    )


def _normal(folder: str, entry: str) -> str:
    return posixpath.normpath(posixpath.join(folder, entry))


def strings_at(tree: Map, key: str) -> Iterator[tuple[int, str]]:
    """The strings of a list in an object's spec, with their indices."""
    spec = tree.items.get("spec")
    return strings(spec, key) if isinstance(spec, Map) else iter(())


def _patches(repository: Repository, manifest: Manifest) -> Iterator[Patch]:
    for index, body in inline_patches(repository, manifest):
        target = get(manifest.tree, ("spec", "patches", index, "target"))
        yield Patch(body, target if isinstance(target, Map) else None)


def _folder(path: str) -> str:
    folder = posixpath.normpath(path.lstrip("/") or ".")
    return "" if folder == "." else folder


def _variables(tree: Map, injected: list[Map], find: Find) -> Variables:
    known: dict[str, Variable] = {}
    why = ""
    for source in [*injected, *_sources(tree)]:
        reason = _from_source(source, known, find)
        why = why or reason
    inline = get(tree, ("spec", "postBuild", "substitute"))
    for name, value in (inline.items if isinstance(inline, Map) else {}).items():
        if isinstance(value, Leaf):
            known[name] = _variable(value)
    return Variables(known, why)


def _sources(tree: Map) -> list[Map]:
    field = get(tree, ("spec", "postBuild", "substituteFrom"))
    return [item for item in field.items if isinstance(item, Map)] if isinstance(field, Seq) else []


def _variable(leaf: Leaf) -> Variable:
    value = leaf.value
    place = leaf.writes[-1].place if leaf.writes else None
    if isinstance(value, Hole):
        return Variable(value, place)
    if isinstance(value, bool):
        return Variable("true" if value else "false", place)
    return Variable("" if value is None else str(value), place)


def _from_source(source: Map, known: dict[str, Variable], find: Find) -> str:
    """Adds a source's variables; the reason why it leaves something open, else an empty text."""
    kind, name = text_at(source, "kind"), text_at(source, "name")
    found = find(kind, name)
    for manifest in found:
        _add_data(manifest, known)
    return "" if found else f"the {kind} {name}, which is not in the repository"


def _add_data(manifest: Manifest, known: dict[str, Variable]) -> None:
    for field in ("data", "stringData"):
        values = manifest.tree.items.get(field)
        for key, value in (values.items if isinstance(values, Map) else {}).items():
            if not isinstance(value, Leaf):
                continue
            variable = _variable(value)
            if manifest.kind == "Secret":
                # A secret's value is never resolved, so that no message can show it.
                variable = Variable(Hole("", f"it comes from the Secret {manifest.name}"), variable.place)
            known[key] = variable


def _injected_sources(repository: Repository) -> list[Map]:
    """Sources that a Kustomization further up patches into those below it."""
    found: list[Map] = []
    for path in repository.containing(b"substituteFrom"):
        raw = repository.raw(path)
        if FLUX.encode() not in raw or b"patches:" not in raw:
            continue
        for manifest in manifests(repository.read(path)):
            for _, body in inline_patches(repository, manifest):
                found += _sources(body) if isinstance(body, Map) else []
    return found


def inline_patches(repository: Repository, manifest: Manifest) -> Iterator[tuple[int, Map | Seq]]:
    """The patches that are written inside an object's `spec.patches`, with their indices."""
    patches = get(manifest.tree, ("spec", "patches"))
    outer = document(repository, manifest.home.document)
    for index in range(len(patches.items)) if isinstance(patches, Seq) and outer is not None else ():
        route = (*manifest.home.route, "spec", "patches", index, "patch")
        inner = embedded(outer, route) if outer is not None else None
        if inner is not None:
            body = grow(inner, manifest.home.document.inside(route), Layer.PATCH)
            if isinstance(body, (Map, Seq)):
                yield index, body
