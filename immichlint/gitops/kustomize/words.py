"""Words that only YAML 1.1 takes for booleans: kustomize reads resources as YAML 1.2, and writes them as texts."""

from __future__ import annotations

import re
from typing import Final

from immichlint.trees.tree import Leaf, Map, Seq, Tree
from immichlint.yamltree.scalars import Value, typed_text

_BOTH: Final = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})
_WORD: Final = re.compile(rb"[\s\[{,:](?:on|off|yes|no|y|n)\s*(?:$|[#,}\]])", re.IGNORECASE | re.MULTILINE)


def typed_by_kustomize(text: str) -> Value:
    """The value of a plain scalar as YAML 1.2 reads it."""
    value = typed_text(text)
    return text if isinstance(value, bool) and text not in _BOTH else value


def may_have_words(raw: bytes) -> bool:
    """Whether such a word may be in a file."""
    return _WORD.search(raw) is not None


def as_texts(tree: Tree) -> Tree:
    """The tree with these words as texts."""
    if isinstance(tree, Map):
        return Map({key: as_texts(item) for key, item in tree.items.items()}, tree.writes, tree.deleted, tree.open)
    if isinstance(tree, Seq):
        return Seq([as_texts(item) for item in tree.items], tree.writes, tree.open)
    if isinstance(tree.value, bool) and tree.raw and tree.raw not in _BOTH:
        return Leaf(tree.raw, tree.writes, tree.pieces)
    return tree
