"""How a Cluster can be backed up: the methods that it is prepared for (C§2, C§3, C§4)."""

from __future__ import annotations

from typing import Final

from immichlint.stack.backups import Cluster

IN_TREE: Final = "barmanObjectStore"
PLUGIN: Final = "plugin"
SNAPSHOT: Final = "volumeSnapshot"


def methods_of(cluster: Cluster) -> tuple[str, ...] | None:
    """The methods for which a Cluster has all that they need; None where that is not known."""
    plugins = cluster.field("spec", "plugins")
    if cluster.in_tree.unknown or cluster.snapshots.unknown or plugins.unknown:
        return None
    found = []
    if cluster.in_tree.known:
        path = cluster.field("spec", "backup", "barmanObjectStore", "destinationPath")
        found += [] if path.absent else [IN_TREE]
    barman = cluster.barman_plugin
    if barman is not None and barman.enabled and not barman.store.absent:
        found.append(PLUGIN)
    if cluster.snapshots.known:
        found.append(SNAPSHOT)
    return tuple(found)


def has_destination(cluster: Cluster) -> bool | None:
    """Whether anything in a Cluster says where its backups go, complete or not; None where that is not known."""
    methods = methods_of(cluster)
    if methods is None:
        return None
    # An entry that is switched off, or lacks its store, is a destination that is not finished.
    return bool(methods) or cluster.in_tree.known or bool(cluster.plugins)


def unwatched(cluster: Cluster) -> bool:
    """Whether a Cluster may follow another one, whose backups are those that count."""
    replica = cluster.field("spec", "replica")
    return not replica.absent and cluster.field("spec", "replica", "enabled").value is not False
