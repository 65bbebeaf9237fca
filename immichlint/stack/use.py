"""Which Clusters Immich uses: the ladder from a resolved host down to a mere name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from immichlint.stack.backups import NOT_USED, Cluster, Use
from immichlint.stack.container import Container
from immichlint.stack.image import DATABASE, SERVER
from immichlint.stack.variables import filled
from immichlint.stack.view import View
from immichlint.trees.tree import Seq

_SERVICES: Final = ("-rw", "-ro", "-r")
_BOOTSTRAPS: Final = ("initdb", "recovery", "pg_basebackup")


def use_of(
    cluster: Cluster, containers: Sequence[Container], clusters: Sequence[Cluster], databases: Sequence[View] = ()
) -> Use:
    """Whether Immich's database is in a Cluster, by the first rung that holds. `clusters` and `databases`: all
    Clusters and Database objects that there are."""
    servers = [item for item in containers if item.component == SERVER]
    for server in servers:
        use = connection(server, cluster)
        if use:
            return use
    used = [next((item for item in clusters if connection(server, item)), None) for server in servers]
    if _is_beside_the_one_in_use(cluster, used):
        return NOT_USED
    if _is_for_immich(cluster):
        return Use("medium", "its database or owner is immich")
    elsewhere = servers and None not in used
    if not elsewhere and any(_is_of(item, cluster) and _is_immichs(item) for item in databases):
        return Use("medium", "a Database object of it is immich's")
    if "immich" in cluster.name and _has_vectors(cluster):
        return Use("medium", "it has VectorChord and Immich's name")
    has_own = any(item.component == DATABASE for item in containers)
    if servers and len(clusters) == 1 and not has_own and not any(map(_said_host, servers)):
        return Use("low", "it is the only Cluster while the database host is not known")
    return NOT_USED


def connection(server: Container, cluster: Cluster) -> Use:
    """Whether a server's own variables say that it connects to a Cluster."""
    host = database_host(server)
    if host is not None:
        level = _names(host, cluster, server.namespace)
        source = "the host in DB_URL" if server.variable("DB_URL").value else "DB_HOSTNAME"
        return Use(level, f"{source} is {host}") if level else NOT_USED
    said = _said_host(server)
    if said is not None and _names(said, cluster, server.namespace):
        return Use("medium", f"DB_HOSTNAME is {said}, unless a source that is not visible sets DB_URL")
    # A Secret is of its own namespace, and a host that is known has said which Cluster it is.
    if server.namespace == cluster.namespace:
        for name in ("DB_HOSTNAME", "DB_URL", "DB_PASSWORD", "DB_USERNAME"):
            reference = server.variable(name).reference
            if reference is not None and reference[0] == f"{cluster.name}-app":
                return Use("high", f"{name} comes from the Secret {reference[0]}")
    return NOT_USED


def database_host(server: Container) -> str | None:
    """The host that a server connects to; None where it is not known or not set."""
    url = server.variable("DB_URL")
    if url.value:
        from immichlint.stack.url import parse_url

        parts = parse_url(url.value)
        return filled(parts.hostname) if parts is not None else None
    return filled(server.variable("DB_HOSTNAME").value) if not url.unknown else None


def _said_host(server: Container) -> str | None:
    """The host that a server names, although a URL from a source that is not visible might beat it."""
    return database_host(server) or filled(server.variable("DB_HOSTNAME").value)


def _names(host: str, cluster: Cluster, namespace: str) -> str:
    """How sure it is that a host is one of a Cluster's Services, seen from a namespace; empty where it is not."""
    service, _, rest = host.partition(".")
    if service not in (f"{cluster.name}{suffix}" for suffix in _SERVICES):
        return ""
    there = rest.partition(".")[0] or namespace
    if there and cluster.namespace:
        return "high" if there == cluster.namespace else ""
    return "medium" if there or cluster.namespace else "high"


def _is_beside_the_one_in_use(cluster: Cluster, used: Sequence[Cluster | None]) -> bool:
    """Whether every server is known to connect to a Cluster, and one of those is of this one's namespace: then a
    second Cluster there that is Immich's by its looks (a restored copy, the old one of a migration) is not in use."""
    return None not in used and any(item is not None and item.namespace == cluster.namespace for item in used)


def _is_for_immich(cluster: Cluster) -> bool:
    for bootstrap in _BOOTSTRAPS:
        for key in ("database", "owner"):
            if cluster.field("spec", "bootstrap", bootstrap, key).text == "immich":
                return True
    return False


def _is_of(database: View, cluster: Cluster) -> bool:
    """Whether a Database object is made in a Cluster, which has to be in its namespace."""
    return database.field("spec", "cluster", "name").text == cluster.name and database.namespace == cluster.namespace


def _is_immichs(database: View) -> bool:
    return "immich" in (database.field("spec", "name").text, database.field("spec", "owner").text)


def _has_vectors(cluster: Cluster) -> bool:
    image = cluster.field("spec", "imageName").text or ""
    preload = cluster.field("spec", "postgresql", "shared_preload_libraries").tree
    libraries = [getattr(item, "value", "") for item in preload.items] if isinstance(preload, Seq) else []
    return (
        "vectorchord" in image
        or "vecto" in image
        or any(str(item).startswith(("vchord", "vectors")) for item in libraries)
    )
