"""The chain that a backup hangs on: the server's database host, the Cluster, its ScheduledBackup, its ObjectStore."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from immichlint.findings.finding import ObjectRef, Related
from immichlint.stack.backups import Cluster, ObjectStore, ScheduledBackup
from immichlint.stack.image import SERVER
from immichlint.stack.stack import Stack
from immichlint.stack.use import database_host
from immichlint.stack.view import View
from immichlint.yamltree.place import Place


def chain_to(ref: ObjectRef | None, stacks: Sequence[Stack]) -> tuple[Related, ...]:
    """The places that lead from Immich's server to one of its Clusters, ScheduledBackups or ObjectStores, in order;
    none where the object is no link of such a chain, or nothing leads to it."""
    for stack in stacks:
        for cluster in stack.clusters:
            if cluster.use:
                for view, links in _ends(stack, cluster):
                    if view.ref == ref:
                        return tuple(Related(place, note) for place, note in links if place is not None)
    return ()


def _ends(stack: Stack, cluster: Cluster) -> Iterator[tuple[View, tuple[tuple[Place | None, str], ...]]]:
    """The objects of a Cluster's chain, each with the links up to it."""
    host = (_host(stack, cluster), f"the server's database host: {cluster.use.why}")
    named = (cluster.object.name_place, f"the Cluster {cluster.name}")
    yield cluster, (host, named)
    backups = stack.backups_of(cluster)
    for backup in backups:
        yield backup, (host, named, _backs_up(backup))
    store = stack.store_of(cluster)
    if store is not None and cluster.barman_plugin is not None:
        written = (cluster.barman_plugin.store.place, "the ObjectStore that its backups go to")
        yield store, (host, named, *map(_backs_up, backups[:1]), written, _store(store))


def _backs_up(backup: ScheduledBackup) -> tuple[Place | None, str]:
    return backup.field("spec", "cluster", "name").place, f"the ScheduledBackup {backup.name} backs it up"


def _store(store: ObjectStore) -> tuple[Place | None, str]:
    return store.object.name_place, f"the ObjectStore {store.name}"


def _host(stack: Stack, cluster: Cluster) -> Place | None:
    """Where a server says that its database is this Cluster."""
    for server in (item for it in (stack, *stack.others) for item in it.components(SERVER)):
        host = database_host(server)
        if host is not None and host.partition(".")[0].startswith(f"{cluster.name}-"):
            return server.variable("DB_URL").place or server.variable("DB_HOSTNAME").place
    return None
