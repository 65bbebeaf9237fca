"""Identities: by which group, version, kind, name and namespace kustomize knows an object, now and before."""

from __future__ import annotations

from typing import Final

from immichlint.facts import load
from immichlint.gitops.manifest import Former, Manifest, text_at
from immichlint.named_tuple import NamedTuple
from immichlint.trees.tree import Tree

CLUSTER: Final = "_non_namespaceable_"
"""What stands for the namespace of an object of the cluster (kyaml/resid)."""
_DEFAULT: Final = "default"


class Identity(NamedTuple):
    """An identity of an object; its namespace is the one that it is in in effect."""

    group: str
    version: str
    kind: str
    name: str
    namespace: str


def is_cluster_scoped(manifest: Manifest) -> bool:
    """Whether kustomize knows that objects of this version and kind belong to no namespace."""
    return manifest.kind in load("kustomize_fields")["cluster_scoped"].get(manifest.api_version, ())


def current(manifest: Manifest) -> Identity:
    """The identity of an object as it is now."""
    group, version = versioned(manifest.api_version)
    namespace = CLUSTER if is_cluster_scoped(manifest) else manifest.namespace or _DEFAULT
    return Identity(group, version, manifest.kind, manifest.name, namespace)


def former(manifest: Manifest) -> tuple[Identity, ...]:
    """The identities that an object had, the first one first."""
    group, version = versioned(manifest.api_version)
    return tuple(Identity(group, version, *item) for item in manifest.past.former)


def original(manifest: Manifest) -> Identity:
    """The identity that an object began with."""
    past = former(manifest)
    return past[0] if past else current(manifest)


def every(manifest: Manifest) -> tuple[Identity, ...]:
    """The identities of an object: the current one, then the earlier ones."""
    return (current(manifest), *former(manifest))


def remembered(manifest: Manifest) -> Manifest:
    """The object before a step after which it may be known by another identity."""
    now = current(manifest)
    past = manifest.past
    return manifest._replace(past=past._replace(former=(*past.former, Former(now.kind, now.name, now.namespace))))


def versioned(api_version: str) -> tuple[str, str]:
    """The group and the version of an `apiVersion`."""
    group, slash, version = api_version.partition("/")
    return (group, version) if slash else ("", group)


def picks(selector: Tree | None, identity: Identity) -> bool:
    """Whether the group, version, kind, name and namespace of a selector, where it has them, are exactly these."""
    if selector is None:
        return False
    namespace = text_at(selector, "namespace")
    return all(
        text_at(selector, key) in ("", value)
        for key, value in (
            ("group", identity.group),
            ("version", identity.version),
            ("kind", identity.kind),
            ("name", identity.name),
        )
    ) and (not namespace or namespace == identity.namespace)
