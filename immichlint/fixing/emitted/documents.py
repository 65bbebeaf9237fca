"""Objects as the text of a document: as it is written where nothing lies over it, else as it reaches the cluster."""

from __future__ import annotations

from typing import Final

from immichlint.gitops.manifest import Manifest
from immichlint.repo.documents import document
from immichlint.repo.repository import Repository
from immichlint.trees.tree import Hole, Map, Seq, Tree
from immichlint.yamltree.lookup import Data, Route, data, find
from immichlint.yamltree.nodes import Document
from immichlint.yamltree.place import Place
from immichlint.yamltree.render import block
from immichlint.yamltree.scalars import typed_text
from immichlint.yamltree.style import Style

_MARKER: Final = "---"


def text_of(manifest: Manifest, repository: Repository) -> str:
    """The document of an object, without markers, with a last line end. What is not known stays as it is written: a
    variable, an encrypted value."""
    value = said(manifest.tree)
    own = document(repository, manifest.home.document) if not manifest.home.document.hosts else None
    if own is not None and not manifest.home.route and (data(own.root) == value or _is_sealed(own)):
        return _as_written(own, repository, manifest.home)
    return f"{block(value, 0, Style())}\n"


def said(tree: Tree) -> Data:
    """The data of a tree, each hole as the text that stands there."""
    if isinstance(tree, Map):
        return {key: said(item) for key, item in tree.items.items()}
    if isinstance(tree, Seq):
        return [said(item) for item in tree.items]
    if not isinstance(tree.value, Hole):
        return tree.value
    return typed_text(tree.value.text) if tree.plain else tree.value.text


def _is_sealed(own: Document) -> bool:
    """Whether SOPS sealed a document: any other text of it would not open."""
    return find(own.root, ("sops",)) is not None


def _as_written(own: Document, repository: Repository, home: Place) -> str:
    """The text of a document with its comments."""
    every = repository.read(home.document.path).documents
    text = own.source.text
    start = own.span.start if own.index else 0
    end = every[own.index + 1].span.start if own.index + 1 < len(every) else len(text)
    lines = text[start:end].replace("\r\n", "\n").strip("\n\ufeff").split("\n")
    kept = [line for line in lines if line.rstrip() not in (_MARKER, "...")]
    if any(line.startswith(("%", f"{_MARKER} ")) for line in kept):
        return f"{block(data(own.root), 0, Style())}\n"
    return "\n".join(kept).strip("\n") + "\n"


def route_of(tree: Tree, place: Place, above: Route = ()) -> Route | None:
    """Where in a tree the value is that a place decides; None where it is none of this tree's."""
    if above and tree.writes and tree.writes[-1].place == place:
        return above
    below: list[tuple[str | int, Tree]] = []
    if isinstance(tree, Map):
        below = list(tree.items.items())
    elif isinstance(tree, Seq):
        below = list(enumerate(tree.items))
    return next((found for step, item in below if (found := route_of(item, place, (*above, step))) is not None), None)
