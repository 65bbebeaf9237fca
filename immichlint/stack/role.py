"""The role by which Immich connects to a Cluster, and whether it is a superuser (C§5, I§5.3)."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.stack.backups import CNPG, Cluster
from immichlint.stack.bootstrap_sql import makes_superuser
from immichlint.stack.clients import comes_from
from immichlint.stack.container import Container
from immichlint.stack.stack import Stack, may_share
from immichlint.stack.url import parse_url
from immichlint.stack.variables import filled
from immichlint.stack.view import View
from immichlint.trees.field import Field
from immichlint.trees.tree import Seq

_SUPERUSER = "postgres"


def superuser_field(role: str, cluster: Cluster, stack: Stack) -> Field | None:
    """The field that makes a role a superuser, or says that it is none; None where no object manages the role."""
    for view in _managed(cluster, stack):
        if view.field("name").text == role:
            return view.field("superuser")
    return None


def is_superuser(role: str, cluster: Cluster, stack: Stack) -> bool | None:
    """Whether a role of a Cluster is a superuser, as far as its manifests make it one; None where that is not
    known."""
    if role == _SUPERUSER or makes_superuser(cluster, role):
        return True
    if any(not view.field("name").text for view in _managed(cluster, stack)):
        return None
    if cluster.field("spec", "managed", "roles").unknown:
        return None
    field = superuser_field(role, cluster, stack)
    return None if field is not None and field.unknown else field is not None and field.value is True


def connects_as_superuser(server: Container, cluster: Cluster, stack: Stack) -> bool | None:
    """Whether a server connects as a superuser; None where that is not known."""
    url, user = server.variable("DB_URL"), server.variable("DB_USERNAME")
    if url.known and url.text:
        parts = parse_url(url.value)
        name = filled(parts.username) if parts is not None else None
        return is_superuser(name, cluster, stack) if name else None
    secret = cluster.field("spec", "superuserSecret", "name").text or f"{cluster.name}-superuser"
    if any(comes_from(item, secret) for item in (url, user)):
        return True
    if user.known:
        name = filled(user.value or _SUPERUSER)
        return is_superuser(name, cluster, stack) if name else None
    return is_superuser(_SUPERUSER, cluster, stack) if user.absent and url.absent else None


def superuser_can_connect(cluster: Cluster) -> bool:
    """Whether `postgres` may have a password, so that something may connect with it."""
    return not all(cluster.field("spec", name).absent for name in ("enableSuperuserAccess", "superuserSecret")) and (
        cluster.field("spec", "enableSuperuserAccess").value is not False
    )


def _managed(cluster: Cluster, stack: Stack) -> Iterator[View]:
    """The roles that the Cluster or a DatabaseRole manages."""
    tree = cluster.field("spec", "managed", "roles").tree
    for index in range(len(tree.items)) if isinstance(tree, Seq) else ():
        yield View(cluster.object, ("spec", "managed", "roles", index))
    for item in stack.everywhere("DatabaseRole", CNPG):
        view = View(item)
        if view.field("spec", "cluster", "name").text == cluster.name and may_share(view.namespace, cluster.namespace):
            yield View(item, ("spec",))
