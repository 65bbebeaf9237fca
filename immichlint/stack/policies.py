"""Policies of the cluster that may change what manifests say, or that fill in what they leave out."""

from __future__ import annotations

import re
from typing import Final

from immichlint.stack.stack import Stack
from immichlint.stack.view import View
from immichlint.trees.tree import Map, Seq, Tree

_KINDS: Final = frozenset({"ClusterPolicy", "Policy", "MutatingPolicy", "MutatingAdmissionPolicy"})

_OPENSHIFT: Final = re.compile(
    rb"^[ \t]*apiVersion:[ \t]*[\"']?(?:config|console|imageregistry|machineconfiguration|oauth|operator)"
    rb"\.openshift\.io/",
    re.MULTILINE,
)
"""An object that configures a cluster of OpenShift itself; charts bring others of its groups to any cluster."""


def assigns_users(stack: Stack) -> bool:
    """Whether the cluster may give a container that names no user one of its own: OpenShift's security context
    constraints do, of a range that belongs to the namespace (Red Hat, Managing security context constraints)."""
    repository = stack.repository
    paths = repository.containing(b".openshift.io/v1") if repository is not None else ()
    return repository is not None and any(_OPENSHIFT.search(repository.raw(path)) for path in paths)


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
