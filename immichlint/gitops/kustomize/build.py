"""Building a kustomization: the objects that it makes, with provenance and without running anything."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from immichlint.gitops.kustomize import metadata, transformers
from immichlint.gitops.kustomize.generators import (
    Generated,
    generated,
    inflated,
    inflated_files,
    only_names,
    unsettled_charts,
)
from immichlint.gitops.kustomize.naming import renamed
from immichlint.gitops.kustomize.patches import Patch, Unreadable, apply_patches, selected
from immichlint.gitops.manifest import Manifest, manifests, text_at
from immichlint.repo.classify import is_ours
from immichlint.repo.documents import document, embedded
from immichlint.repo.repository import Repository
from immichlint.trees.grow import grow
from immichlint.trees.tree import Layer, Leaf, Map, Seq, Tree
from immichlint.yamltree.nodes import Document
from immichlint.yamltree.place import DocumentId, Place

_DERIVED: Final = "kustomization"
_MAX_DEPTH: Final = 40
_MAX_WORK: Final = 100_000
"""How many objects may pass through the kustomizations of one build, each time counted; a folder counts as ten."""
_WORK_OF_A_FOLDER: Final = 10
_NOT_COMPUTED: Final = {
    "vars": "vars",
    "transformers": "transformer plugins",
    "configurations": "transformer configurations",
    "openapi": "an OpenAPI schema of its own",
}
_GENERATORS: Final = {"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"}
_REMOTE: Final = ("http://", "https://", "git@", "git::", "ssh://", "github.com/")


class Missing(NamedTuple):
    """A file or folder that a kustomization lists and that is not there: its route in the kustomization."""

    kustomization: str
    route: tuple[str | int, ...]
    path: str


class Built(NamedTuple):
    """What a kustomization makes. `files`: the files that took part. `remote`: sources that are not in the
    repository, for which nothing can be said to be missing. `generated`: what it generates from files."""

    manifests: tuple[Manifest, ...]
    files: frozenset[str]
    missing: tuple[Missing, ...]
    remote: tuple[str, ...]
    generated: tuple[Generated, ...] = ()


def build(
    repository: Repository,
    folder: str,
    wanted: Callable[[str], bool] = lambda folder: True,
    components: tuple[str, ...] = (),
) -> Built:
    """The objects that the kustomization of a folder makes; files and folders that are not wanted are left out.

    `components`: folders of components that its applier adds to its own.
    """
    builder = _Builder(repository, wanted, components)
    try:
        made = builder.folder(folder, [], 0)
    except _TooMuchError as error:
        made = builder.flat(folder, str(error))
    missing, remote = tuple(builder.missing), tuple(builder.remote)
    return Built(tuple(made), frozenset(builder.files), missing, remote, tuple(builder.generated))


def build_listed(
    repository: Repository,
    entries: Sequence[str],
    wanted: Callable[[str], bool],
    components: tuple[str, ...] = (),
) -> Built:
    """The objects of some files and folders together, as of a kustomization that lists them and that no file is."""
    builder = _Builder(repository, wanted)
    try:
        made = builder.listed(entries, components)
    except _TooMuchError as error:
        made = [manifest for entry in entries for manifest in builder.flat(entry, str(error))]
    missing, remote = tuple(builder.missing), tuple(builder.remote)
    return Built(tuple(made), frozenset(builder.files), missing, remote, tuple(builder.generated))


def kustomization_tree(repository: Repository, path: str) -> Map | None:
    """The tree of a kustomization file; None where it cannot be read."""
    reading = repository.read(path)
    if not reading.documents or reading.derived is None:
        return None
    if _DERIVED not in reading.derived:
        reading.derived[_DERIVED] = _grown_kustomization(reading.documents[0], path)
    found: Map | None = reading.derived[_DERIVED]
    return found


def _grown_kustomization(document: Document, path: str) -> Map | None:
    tree = grow(document, DocumentId(path, 0), Layer.TRANSFORMER)
    return tree if isinstance(tree, Map) else None


def strings(tree: Map, key: str) -> Iterator[tuple[int, str]]:
    """The strings of a list field with their indices."""
    field = tree.items.get(key)
    for index, item in enumerate(field.items if isinstance(field, Seq) else ()):
        if isinstance(item, Leaf) and isinstance(item.value, str):
            yield index, item.value


def is_remote(entry: str) -> bool:
    """Whether a resource is not a path in the repository."""
    return entry.startswith(_REMOTE) or "?ref=" in entry or "//" in entry


class _TooMuchError(Exception):
    """Kustomizations that are nested too deep, or that multiply: `a` lists `b` twice, which lists `c` twice, …"""


class _Builder:
    def __init__(self, repository: Repository, wanted: Callable[[str], bool], components: tuple[str, ...] = ()) -> None:
        self._repository = repository
        self._wanted = wanted
        self._components = components
        self._building: list[str] = []
        self._work = 0
        self.files: set[str] = set()
        self.missing: list[Missing] = []
        self.remote: list[str] = []
        self.generated: list[Generated] = []

    def folder(self, folder: str, given: list[Manifest], depth: int) -> list[Manifest]:
        """The objects of a folder's kustomization; `given` are those that a component starts from."""
        path = self._repository.kustomization_in(folder)
        if path is None or path in self._building:
            return given
        self._spend(path, _WORK_OF_A_FOLDER, depth)
        tree = kustomization_tree(self._repository, path)
        if tree is None:
            return given
        self.files.add(path)
        self._building.append(path)
        made = [*given, *self._resources(path, folder, tree, depth), *self._generators(path, folder, tree)]
        for index, entry in strings(tree, "components"):
            made = self._component(path, folder, ("components", index), entry, made, depth)
        for component in self._components if depth == 0 else ():
            # One that is not there lets the whole build fail; what is there is what is meant.
            made = self.folder(component, made, 1)
        self._spend(path, len(made), depth)
        made = self._transformed(path, folder, tree, made)
        self._building.pop()
        return made

    def listed(self, entries: Sequence[str], components: Sequence[str]) -> list[Manifest]:
        """The objects of some files and folders, changed by components."""
        made: list[Manifest] = []
        for entry in entries:
            made += self._file(entry) if entry in self._repository else self.folder(entry, [], 1)
        for component in components:
            made = self.folder(component, made, 1)
        return made

    def _spend(self, path: str, work: int, depth: int) -> None:
        self._work += work
        if depth > _MAX_DEPTH:
            raise _TooMuchError(f"{path} is nested deeper than {_MAX_DEPTH} kustomizations")
        if self._work > _MAX_WORK:
            raise _TooMuchError(f"the kustomizations that lead to {path} list too much to be computed")

    def flat(self, folder: str, why: str) -> list[Manifest]:
        """What is listed below a folder, each file once and as it is written, for what cannot be computed."""
        made: list[Manifest] = []
        seen: set[str] = set()
        pending = [folder]
        while pending:
            target = pending.pop()
            if target in seen:
                continue
            seen.add(target)
            if target in self._repository:
                made += self._file(target)
                continue
            path = self._repository.kustomization_in(target)
            tree = kustomization_tree(self._repository, path) if path is not None else None
            if path is not None and tree is not None:
                self.files.add(path)
                listed = (entry for field in ("resources", "bases", "components") for _, entry in strings(tree, field))
                local = [_normal(target, entry) for entry in listed if not is_remote(entry)]
                pending += [entry for entry in local if entry in self._repository or self._wanted(entry)]
        return [manifest.unsettled_by(why) for manifest in made]

    def _resources(self, path: str, folder: str, tree: Map, depth: int) -> list[Manifest]:
        made: list[Manifest] = []
        for field in ("resources", "bases"):
            for index, entry in strings(tree, field):
                made += self._resource(path, folder, (field, index), entry, depth)
        return made

    def _generators(self, path: str, folder: str, tree: Map) -> list[Manifest]:
        """The charts that are inflated; notes what is generated from files."""
        sources = list(generated(folder, tree))
        charts = list(inflated(path, tree))
        self.generated += sources
        files = [file for source in sources for file in source.files.values()]
        files += [file for chart in charts for file in inflated_files(folder, chart)]
        self.files |= {file for file in files if is_ours(self._repository.raw(file))}
        return charts

    def _resource(self, path: str, folder: str, route: tuple[str | int, ...], entry: str, depth: int) -> list[Manifest]:
        target = self._target(path, folder, route, entry)
        if target is None:
            return []
        if not self._wanted(target):
            return []
        return self._file(target) if target in self._repository else self.folder(target, [], depth + 1)

    def _component(
        self, path: str, folder: str, route: tuple[str | int, ...], entry: str, made: list[Manifest], depth: int
    ) -> list[Manifest]:
        target = self._target(path, folder, route, entry)
        if target is None:
            return [manifest.unsettled_by(f"the component {entry} is not in the repository") for manifest in made]
        return self.folder(target, made, depth + 1)

    def _target(self, path: str, folder: str, route: tuple[str | int, ...], entry: str) -> str | None:
        """The file or folder that an entry names; None where it is remote or not there (which is noted)."""
        if is_remote(entry):
            self.remote.append(entry)
            return None
        target = _normal(folder, entry)
        if target in self._repository or self._repository.kustomization_in(target) is not None:
            return target
        if "${" not in entry and "{{" not in entry:
            self.missing.append(Missing(path, route, target))
        return None

    def _file(self, target: str) -> list[Manifest]:
        self.files.add(target)
        return list(manifests(self._repository.read(target)))

    def _transformed(self, path: str, folder: str, tree: Map, made: list[Manifest]) -> list[Manifest]:
        patches = list(self._patches(path, folder, tree))
        made = unsettled_charts(apply_patches(made, patches), path, tree, patches)
        if only_names(self._repository, folder, tree):
            kept = {key: item for key, item in tree.items.items() if key != "configurations"}
            tree = Map(kept, tree.writes, tree.deleted, tree.open)
        items = tree.items
        namespace = items.get("namespace")
        if isinstance(namespace, Leaf):
            place = namespace.writes[-1].place
            made = [transformers.set_namespace(manifest, namespace, place) for manifest in made]
        prefix, suffix = items.get("namePrefix"), items.get("nameSuffix")
        if prefix is not None or suffix is not None:
            made = renamed(made, prefix, suffix)
        labels, annotations = items.get("commonLabels"), items.get("commonAnnotations")
        if isinstance(labels, Map):
            made = [metadata.labelled(manifest, labels) for manifest in made]
        made = _each(made, items.get("labels"), metadata.labelled_by)
        if isinstance(annotations, Map):
            made = [metadata.annotated(manifest, annotations) for manifest in made]
        made = _each(made, items.get("replicas"), transformers.set_replicas)
        made = _each(made, items.get("images"), transformers.set_images)
        return [_unsettled(manifest, path, tree) for manifest in made]

    def _patches(self, path: str, folder: str, tree: Map) -> Iterator[Patch | Unreadable]:
        for index, entry in strings(tree, "patchesStrategicMerge"):
            yield from self._bodies(path, folder, ("patchesStrategicMerge", index), entry, None)
        for field in ("patches", "patchesJson6902"):
            items = tree.items.get(field)
            for index, item in enumerate(items.items if isinstance(items, Seq) else ()):
                if not isinstance(item, Map):
                    continue
                target = item.items.get("target")
                selector = target if isinstance(target, Map) else None
                for key in ("path", "patch"):
                    body = item.items.get(key)
                    if isinstance(body, Leaf) and isinstance(body.value, str):
                        yield from self._bodies(path, folder, (field, index, key), body.value, selector)

    def _bodies(
        self, path: str, folder: str, route: tuple[str | int, ...], entry: str, target: Map | None
    ) -> Iterator[Patch | Unreadable]:
        if route[-1] == "patch" or "\n" in entry:
            yield inline_patch(self._repository, Place(DocumentId(path, 0), route), target)
        else:
            yield from self._patch_file(path, folder, route, entry, target)

    def _patch_file(
        self, path: str, folder: str, route: tuple[str | int, ...], entry: str, target: Map | None
    ) -> Iterator[Patch | Unreadable]:
        file = _normal(folder, entry)
        if file not in self._repository:
            if not is_remote(entry) and "${" not in entry and "{{" not in entry:
                self.missing.append(Missing(path, route, file))
            yield Unreadable(f"the patch {entry} is not in the repository", target)
            return
        self.files.add(file)
        reading = self._repository.read(file)
        if reading.trouble is not None:
            yield Unreadable(f"the patch {file} could not be read: {reading.why}", target)
        for body in reading.documents:
            yield from _grown(body, DocumentId(file, body.index), target)


def inline_patch(repository: Repository, place: Place, target: Map | None) -> Patch | Unreadable:
    """The patch in the scalar at a place."""
    outer = document(repository, place.document)
    inner = embedded(outer, place.route) if outer is not None else None
    if inner is not None:
        for patch in _grown(inner, place.document.inside(place.route), target):
            return patch
    return Unreadable(f"a patch in {place.document.path} could not be read", target)


def _grown(body: Document, identity: DocumentId, target: Map | None) -> Iterator[Patch]:
    tree = grow(body, identity, Layer.PATCH)
    if isinstance(tree, (Map, Seq)):
        yield Patch(tree, target)


def _unsettled(manifest: Manifest, path: str, tree: Map) -> Manifest:
    """The object, unsettled where a feature that is not computed may change it."""
    for field, what in _NOT_COMPUTED.items():
        if field in tree.items:
            manifest = manifest.unsettled_by(f"{what} of {path} are not computed")
    if _may_replace(tree.items.get("replacements"), manifest):
        manifest = manifest.unsettled_by(f"replacements of {path} are not computed")
    for field, kind in _GENERATORS.items():
        items = tree.items.get(field)
        names = [text_at(item, "name") for item in items.items] if isinstance(items, Seq) else []
        if manifest.kind == kind and any(name in manifest.names for name in names):
            manifest = manifest.unsettled_by(f"the {field} of {path} is not computed")
    if "generators" in tree.items and manifest.kind in _GENERATORS.values():
        manifest = manifest.unsettled_by(f"generator plugins of {path} are not computed")
    return manifest


def _may_replace(replacements: Tree | None, manifest: Manifest) -> bool:
    for item in replacements.items if isinstance(replacements, Seq) else ():
        targets = item.items.get("targets") if isinstance(item, Map) else None
        for target in targets.items if isinstance(targets, Seq) else (None,):
            selector = target.items.get("select") if isinstance(target, Map) else None
            if not isinstance(selector, Map) or selected(selector, manifest):
                return True
    return False


def _each(made: list[Manifest], field: Tree | None, step: Callable[[Manifest, Seq], Manifest]) -> list[Manifest]:
    return [step(manifest, field) for manifest in made] if isinstance(field, Seq) else made


def _normal(folder: str, entry: str) -> str:
    path = posixpath.normpath(posixpath.join(folder, entry))
    return "" if path == "." else path
