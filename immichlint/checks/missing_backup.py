"""The check that somebody takes base backups of a Cluster that has a place for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.checks.backup_guards import is_hibernated
from immichlint.findings.change import Addition, Change, Safety
from immichlint.rules.model import Claim, Context
from immichlint.stack.backup_methods import IN_TREE, PLUGIN, SNAPSHOT, methods_of, unwatched
from immichlint.stack.backup_references import commented_out, may_be_backed_up
from immichlint.stack.backups import BARMAN_PLUGIN, CNPG, Cluster
from immichlint.trees.tree import get
from immichlint.yamltree.lookup import Data
from immichlint.yamltree.place import Place

_BEST_FIRST: Final = (PLUGIN, IN_TREE, SNAPSHOT)
_LONGEST_NAME: Final = 48
_WITHOUT: Final = {
    PLUGIN: "Its WAL is archived, but WAL without a base backup restores nothing",
    IN_TREE: "Its WAL is archived, but WAL without a base backup restores nothing",
    SNAPSHOT: "No snapshot is ever taken",
}


def missing(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML107: a Cluster has a backup destination, and no ScheduledBackup (C§2, C§3.3)."""
    methods = methods_of(cluster)
    if not methods or unwatched(cluster) or may_be_backed_up(cluster, context.stack):
        return
    method = next(item for item in _BEST_FIRST if item in methods)
    place = _destination(cluster, method)
    schedule = str(context.parameters["schedule"])
    left = commented_out(cluster, context.stack)
    yield Claim(
        f"The Cluster {cluster.name} has a destination for backups, but no ScheduledBackup. {_WITHOUT[method]}"
        f"{', and no retention is ever applied' if method == IN_TREE else ''}. Write a ScheduledBackup with "
        f"`method: {method}` and a schedule of six fields, such as `{schedule}`.",
        place,
        change=_scheduled(cluster, method, schedule) if not left else None,
        no_fix=f"one stands in a comment of {left}: decide whether it is to come back" if left else "",
    )


def _destination(cluster: Cluster, method: str) -> Place:
    """Where a Cluster says where its backups go."""
    plugin = cluster.barman_plugin
    if method == PLUGIN and plugin is not None:
        return plugin.view.field("name").place or cluster.object.name_place
    return cluster.nearest("spec", "backup", method, "")


def _scheduled(cluster: Cluster, method: str, schedule: str) -> Change:
    """The change that adds a ScheduledBackup beside the Cluster."""
    spec: dict[str, Data] = {
        "schedule": schedule,
        "immediate": False,
        "backupOwnerReference": _owner(cluster),
        "cluster": {"name": cluster.name},
        "method": method,
    }
    if method == PLUGIN:
        spec["pluginConfiguration"] = {"name": BARMAN_PLUGIN}
    name = f"{cluster.name}-daily"
    value: dict[str, Data] = {
        "apiVersion": f"{CNPG}/v1",
        "kind": "ScheduledBackup",
        "metadata": {"name": name if len(name) <= _LONGEST_NAME else cluster.name[:_LONGEST_NAME].rstrip("-")},
        "spec": spec,
    }
    return Change(
        f"add a ScheduledBackup that runs at `{schedule}`",
        Safety.SAFE if _is_settled(cluster) else Safety.UNSAFE,
        additions=(Addition(cluster.object.key, value),),
        after="Take a first base backup by hand (`kubectl cnpg backup`): until then nothing can be restored.",
    )


def _owner(cluster: Cluster) -> str:
    """What owns the Backups: the ScheduledBackup, unless a snapshot would go with its Backup."""
    owner = cluster.field("spec", "backup", "volumeSnapshot", "snapshotOwnerReference")
    return "none" if owner.unknown or owner.text == "backup" else "self"


def _is_settled(cluster: Cluster) -> bool:
    """Whether a Cluster is in use under the name that its manifest writes."""
    name = get(cluster.tree, ("metadata", "name"))
    written = name is not None and len(name.writes) == 1 and len({*cluster.object.manifest.names}) == 1
    restored = not cluster.field("spec", "bootstrap", "recovery").absent
    return written and not restored and not is_hibernated(cluster)
