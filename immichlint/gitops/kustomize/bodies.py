"""The patches of a kustomization: read from its own text and from files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.gitops.kustomize.kustomization import Kustomization, is_remote, joined_path
from immichlint.gitops.kustomize.patches import Patch, Unreadable
from immichlint.gitops.kustomize.words import as_texts
from immichlint.repo.documents import document, embedded
from immichlint.repo.repository import Repository
from immichlint.trees.grow import grow
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Seq, decided_at
from immichlint.yamltree.nodes import Document
from immichlint.yamltree.place import DocumentId, Place

_FILES: Final = ("path",)
_TEXTS: Final = ("patch", "jsonOp")


def patches(kustomization: Kustomization, field: str) -> Iterator[Patch | Unreadable]:
    """The patches that a field lists: `patches`, `patchesJson6902` or `patchesStrategicMerge`."""
    items = kustomization.tree.items.get(field)
    for item in items.items if isinstance(items, Seq) else ():
        if isinstance(item, Map):
            yield from patches_of(kustomization, item)
        elif isinstance(item, Leaf):
            yield from file_or_text(kustomization, item)


def patches_of(kustomization: Kustomization, item: Map) -> Iterator[Patch | Unreadable]:
    """The patches of one entry: its text or those of its file, for its target."""
    target, options = item.items.get("target"), item.items.get("options")
    selector = target if isinstance(target, Map) else None
    for key in (*_FILES, *_TEXTS):
        body = item.items.get(key)
        if not isinstance(body, Leaf):
            continue
        found = _file(kustomization, body, selector) if key in _FILES else _text(kustomization, body, selector)
        for patch in found:
            yield patch._replace(options=options) if isinstance(patch, Patch) and isinstance(options, Map) else patch


def file_or_text(kustomization: Kustomization, body: Leaf) -> Iterator[Patch | Unreadable]:
    """The patches of an entry that is a file's path or a patch itself."""
    text = _said(body)
    if "\n" in text or text.lstrip().startswith("{"):
        yield from _text(kustomization, body, None)
    else:
        yield from _file(kustomization, body, None)


def _said(body: Leaf) -> str:
    value = body.value.text if isinstance(body.value, Hole) else body.value
    return value if isinstance(value, str) else ""


def _text(kustomization: Kustomization, body: Leaf, target: Map | None) -> Iterator[Patch | Unreadable]:
    place = decided_at(body)
    if place is not None and _said(body).strip():
        yield inline_patch(kustomization.repository, place, target)


def _file(kustomization: Kustomization, body: Leaf, target: Map | None) -> Iterator[Patch | Unreadable]:
    repository, entry = kustomization.repository, _said(body)
    if not entry:
        return
    file = repository.resolved(joined_path(kustomization.folder, entry))
    if file not in repository:
        place = body.writes[-1].place
        if not is_remote(entry) and place is not None and place.document == kustomization.home.document:
            kustomization.lacks(place.route, entry, file)
        yield Unreadable(f"the patch {entry} is not in the repository", target)
        return
    kustomization.notes.files.add(file)
    reading = repository.read(file)
    if reading.trouble is not None:
        yield Unreadable(f"the patch {file} could not be read: {reading.why}", target)
    for found in reading.documents:
        patch = _grown(found, DocumentId(file, found.index))
        if patch is not None:
            yield Patch(_merging(patch), target)


def inline_patch(repository: Repository, place: Place, target: Map | None) -> Patch | Unreadable:
    """The patch in the scalar at a place."""
    body = patch_in(repository, place)
    if body is not None:
        return Patch(_merging(body), target)
    return Unreadable(f"a patch in {place.document.path} could not be read", target)


def patch_in(repository: Repository, place: Place) -> Map | Seq | None:
    """What is written inside the scalar at a place."""

    def inside() -> Map | Seq | None:
        outer = document(repository, place.document)
        inner = embedded(outer, place.route) if outer is not None else None
        return _grown(inner, place.document.inside(place.route)) if inner is not None else None

    # Whoever takes a component has its patches from the same place, and so have the Kustomizations that one for all
    # of them patches.
    return repository.remember(("inline patch", place), inside)


def _grown(body: Document, identity: DocumentId) -> Map | Seq | None:
    tree = grow(body, identity, Layer.PATCH)
    return tree if isinstance(tree, (Map, Seq)) else None


def _merging(body: Map | Seq) -> Map | Seq:
    """A patch as kustomize merges it."""
    merging = as_texts(body) if isinstance(body, Map) else body
    assert isinstance(merging, (Map, Seq))
    return merging
