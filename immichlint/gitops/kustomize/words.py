"""Words that only YAML 1.1 takes for booleans: kustomize reads resources as YAML 1.2, and writes them as texts."""

from __future__ import annotations

import re
from typing import Final

from immichlint.gitops.manifest import Manifest, manifests
from immichlint.repo.repository import Repository
from immichlint.trees.tree import Leaf, Map, Seq, Tree
from immichlint.yamltree.scalars import Value, typed_text

_BOTH: Final = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})
# What begins with a letter of few is found sooner than what begins with any blank.
_WORD: Final = re.compile(rb"[oOyYnN](?<=[\s\[{,:].)(?:[nN]|[fF]{2}|[eE][sS]|[oO]|)\s*(?:$|[#,}\]])", re.MULTILINE)
_DERIVED: Final = "resources"


def typed_by_kustomize(text: str) -> Value:
    """The value of a plain scalar as YAML 1.2 reads it."""
    value = typed_text(text)
    return text if isinstance(value, bool) and text not in _BOTH else value


def resources(repository: Repository, path: str) -> tuple[Manifest, ...]:
    """The objects of a file as kustomize reads them."""
    reading = repository.read(path)
    found = manifests(reading)
    if reading.derived is None or not found:
        return found
    if _DERIVED not in reading.derived:
        has_words = _WORD.search(repository.raw(path)) is not None
        reading.derived[_DERIVED] = tuple(map(_with_texts, found)) if has_words else found
    read: tuple[Manifest, ...] = reading.derived[_DERIVED]
    return read


def _with_texts(manifest: Manifest) -> Manifest:
    return manifest.with_tree(as_texts(manifest.tree))


def as_texts(tree: Tree) -> Tree:
    """The tree with these words as texts."""
    if isinstance(tree, Map):
        return Map({key: as_texts(item) for key, item in tree.items.items()}, tree.writes, tree.deleted, tree.open)
    if isinstance(tree, Seq):
        return Seq([as_texts(item) for item in tree.items], tree.writes, tree.open)
    if isinstance(tree.value, bool) and tree.raw and tree.raw not in _BOTH:
        return Leaf(tree.raw, tree.writes, tree.pieces)
    return tree
