"""Policies of the cluster that may change what manifests say."""

from __future__ import annotations

from typing import Final

from immichlint.stack.stack import Stack
from immichlint.stack.view import View
from immichlint.trees.tree import Map, Seq, Tree

_KINDS: Final = frozenset({"ClusterPolicy", "Policy", "MutatingPolicy", "MutatingAdmissionPolicy"})


def may_set_security(stack: Stack) -> bool:
    """Whether a mutating policy that is applied beside the stack may set a securityContext."""
    return any(
        item.manifest.kind in _KINDS and _mutates(View(item).tree)
        for other in (stack, *stack.others)
        for item in other.objects
    )


def _mutates(tree: Map) -> bool:
    kind = tree.items.get("kind")
    native = kind is not None and "Mutating" in str(getattr(kind, "value", ""))
    return (native or _has(tree, "mutate")) and _has(tree, "securityContext")


def _has(tree: Tree, name: str) -> bool:
    """Whether a key, or a text that is a patch, names something anywhere in a tree."""
    if isinstance(tree, Map):
        return any(key.strip("+()=") == name or _has(item, name) for key, item in tree.items.items())
    if isinstance(tree, Seq):
        return any(_has(item, name) for item in tree.items)
    return isinstance(tree.value, str) and name in tree.value
