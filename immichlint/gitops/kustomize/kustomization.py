"""Kustomization files: their trees, and what they list."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from immichlint.gitops.kustomize.configuration import Configuration
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.named_tuple import NamedTuple
from immichlint.repo.repository import Repository
from immichlint.trees.grow import grow
from immichlint.trees.tree import Layer, Leaf, Map, Seq
from immichlint.yamltree.nodes import Document
from immichlint.yamltree.place import DocumentId, Place

_DERIVED: Final = "kustomization"
_FIELDS: Final = frozenset(
    (
        *("apiVersion", "kind", "metadata", "openapi", "sortOptions", "buildMetadata", "vars", "validators"),
        *("resources", "bases", "components", "crds", "configurations", "generators", "transformers"),
        *("namespace", "namePrefix", "nameSuffix", "labels", "commonLabels", "commonAnnotations"),
        *("patches", "patchesStrategicMerge", "patchesJson6902", "images", "imageTags", "replicas", "replacements"),
        *("configMapGenerator", "secretGenerator", "generatorOptions"),
        *("helmCharts", "helmGlobals", "helmChartInflationGenerator"),
    )
)
_LISTING: Final = {"apiVersion", "kind", "metadata", "resources"}
AFFIXES: Final = ("namePrefix", "nameSuffix")
IMAGES: Final = "images"
MERGING: Final = ("merge", "replace")
"""What a generator says that adds to an object of its name, or takes its place."""
_GENERATORS: Final = {"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"}
_REMOTE: Final = ("http://", "https://", "git@", "git::", "ssh://", "github.com/")


class Missing(NamedTuple):
    """A file or folder that a kustomization lists and that is not there: its route in the kustomization."""

    kustomization: str
    route: tuple[str | int, ...]
    path: str


class Unfinished(NamedTuple):
    """The objects of a build before hashes and references, with the configuration that these need."""

    manifests: tuple[Manifest, ...]
    configuration: Configuration


def without(tree: Map, overwritten: frozenset[str]) -> Map:
    """A kustomization without the fields that its applier writes anew; `images/<name>` is one of its `images`."""
    items = {key: item for key, item in tree.items.items() if key not in overwritten}
    images = items.get(IMAGES)
    if isinstance(images, Seq):
        kept = [item for item in images.items if f"{IMAGES}/{text_at(item, 'name')}" not in overwritten]
        items[IMAGES] = Seq(kept, images.writes, images.open)
    return Map(items, tree.writes, tree.deleted, tree.open)


class Built(NamedTuple):
    """What a kustomization makes. `files`: the files that took part. `remote`: sources that are not in the
    repository, for which nothing can be said to be missing."""

    manifests: tuple[Manifest, ...]
    files: frozenset[str]
    missing: tuple[Missing, ...]
    remote: tuple[str, ...]
    unfinished: Unfinished


class Notes:
    """What a build takes note of. `files`: those that took part. `remote`: sources that are not in the repository,
    for which nothing can be said to be missing."""

    def __init__(self) -> None:
        self.files: set[str] = set()
        self.missing: list[Missing] = []
        self.remote: list[str] = []


class Kustomization(NamedTuple):
    """A kustomization as it is built: its file, its folder and its tree, and what is noted on the way."""

    repository: Repository
    notes: Notes
    path: str
    folder: str
    tree: Map

    @property
    def home(self) -> Place:
        """Its document."""
        return Place(DocumentId(self.path, 0))

    def target(self, route: tuple[str | int, ...], entry: str) -> str | None:
        """The file or folder that an entry names; None where it is remote or not there, which is noted."""
        if is_remote(entry):
            self.notes.remote.append(entry)
            return None
        target = self.repository.resolved(joined_path(self.folder, entry))
        if target in self.repository or self.repository.kustomization_in(target) is not None:
            return target
        self.lacks(route, entry, target)
        return None

    def lacks(self, route: tuple[str | int, ...], entry: str, target: str) -> None:
        """Notes that what an entry names is not there, unless the entry is filled in before the build."""
        if "${" not in entry and "{{" not in entry:
            self.notes.missing.append(Missing(self.path, route, target))


def kustomization_tree(repository: Repository, path: str) -> Map | None:
    """The tree of a kustomization file; None where it cannot be read."""
    reading = repository.read(path)
    if not reading.documents or reading.derived is None:
        return None
    if _DERIVED not in reading.derived:
        reading.derived[_DERIVED] = _grown(reading.documents[0], path)
    found: Map | None = reading.derived[_DERIVED]
    return found


def only_lists(repository: Repository, path: str) -> bool:
    """Whether a kustomization lists files and folders and changes nothing of them."""
    tree = kustomization_tree(repository, path)
    return tree is not None and tree.items.keys() <= _LISTING


def _grown(document: Document, path: str) -> Map | None:
    tree = grow(document, DocumentId(path, 0), Layer.TRANSFORMER)
    return _spelled(tree) if isinstance(tree, Map) else None


def _spelled(tree: Map) -> Map:
    """The tree with its fields as kustomize spells them: it reads `namesuffix` too."""
    if tree.items.keys() <= _FIELDS:
        return tree
    known = {field.lower(): field for field in _FIELDS}
    items = {known.get(key.lower(), key): item for key, item in tree.items.items() if key not in _FIELDS}
    items |= {key: item for key, item in tree.items.items() if key in _FIELDS}
    return Map(items, tree.writes, tree.deleted, tree.open)


def strings(tree: Map, key: str) -> Iterator[tuple[int, str]]:
    """The strings of a list field with their indices."""
    field = tree.items.get(key)
    for index, item in enumerate(field.items if isinstance(field, Seq) else ()):
        if isinstance(item, Leaf) and isinstance(item.value, str):
            yield index, item.value


def is_remote(entry: str) -> bool:
    """Whether a resource is not a path in the repository."""
    return entry.startswith(_REMOTE) or "?ref=" in entry or "//" in entry


def joined_path(folder: str, entry: str) -> str:
    """The path that an entry of a folder's kustomization names, relative to the root."""
    path = posixpath.normpath(posixpath.join(folder, entry))
    return "" if path == "." else path


def generator_entries(tree: Map) -> Iterator[tuple[str, int, str, Map]]:
    """The entries of a kustomization's generators in kustomize's order: field, index, the kind made, and the entry."""
    for field, kind in _GENERATORS.items():
        items = tree.items.get(field)
        for index, item in enumerate(items.items if isinstance(items, Seq) else ()):
            if isinstance(item, Map):
                yield field, index, kind, item
