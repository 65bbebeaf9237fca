"""Checks of what ScheduledBackups and Clusters name: their Cluster, and their ObjectStore."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.backup_references import dangling
from immichlint.stack.backups import BARMAN, BARMAN_PLUGIN, Cluster, ScheduledBackup
from immichlint.stack.view import View
from immichlint.trees.field import Field
from immichlint.trees.tree import Seq

_LONGEST_NAME: Final = 48
"""A Backup is called like its ScheduledBackup, a dash and 14 digits, and the name is a label too (C§2)."""


def unknown_cluster(backup: ScheduledBackup, context: Context) -> Iterator[Claim]:
    """IML108: nothing makes the Cluster that it names (C§2)."""
    found = dangling(backup, context.stack)
    place = backup.field("spec", "cluster", "name").place
    if found is None or place is None:
        return
    meant = found.meant
    what = f" Write `{meant.name}`, and give the ScheduledBackup another name." if meant is not None else ""
    yield Claim(
        f"No Cluster {backup.cluster_name} is there for the ScheduledBackup {backup.name}: its first Backup waits for "
        f"it for ever, and nothing is backed up.{what}",
        place,
        related=(Related(meant.object.name_place, "the Cluster that is probably meant"),) if meant is not None else (),
        change=_renamed(backup, meant) if meant is not None else None,
        no_fix="" if meant is not None else "no Cluster in its namespace has a name like it",
    )


def _renamed(backup: ScheduledBackup, meant: Cluster) -> Change:
    """The right Cluster, for a ScheduledBackup of another name: the field cannot be changed on one that exists."""
    name = backup.name.replace(backup.cluster_name, meant.name)
    if name == backup.name or len(name) > _LONGEST_NAME:
        name = f"{backup.name}-2"
    return Change(
        f"write `{meant.name}`, and rename the ScheduledBackup to `{name}`",
        Safety.UNSAFE,
        (
            backup.effect("spec", "cluster", "name", value=meant.name),
            backup.effect("metadata", "name", value=name),
        ),
        after="`spec.cluster` cannot be changed on a ScheduledBackup that exists (CNPG 1.28.4, 1.29.2, 1.30): under "
        f"the new name it is a new object. Where nothing prunes, delete the ScheduledBackup {backup.name}.",
    )


def unknown_store(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML121: nothing makes the ObjectStore that a plugin entry names (C§4)."""
    from immichlint.stack.sought import Absent

    seen: set[str] = set()
    for field, is_source in _stores(cluster):
        if field.text is None or field.place is None or field.text in seen:
            continue
        seen.add(field.text)
        found = context.stack.seek("ObjectStore", BARMAN, cluster.namespace, field.text)
        if not isinstance(found, Absent):
            continue
        from immichlint.text.nearest import hint

        does = "it cannot be restored" if is_source else "CNPG stops reconciling the Cluster, and nothing is archived"
        where = f"the namespace {cluster.namespace}" if cluster.namespace else "its namespace"
        yield Claim(
            f"The Cluster {cluster.name} names the ObjectStore `{field.text}`, which nothing makes in {where}: "
            f"{does}, without an error on the Cluster{hint(field.text, found.names)}",
            field.place,
            no_fix="an ObjectStore says where backups go: write it, or name the one that is there",
        )


def _stores(cluster: Cluster) -> Iterator[tuple[Field, bool]]:
    """The names of the ObjectStores that a Cluster needs, and whether it only restores from them."""
    for plugin in cluster.plugins:
        if plugin.name == BARMAN_PLUGIN and plugin.enabled:
            yield plugin.store, False
    used = cluster.field("spec", "bootstrap", "recovery", "source").text
    sources = cluster.field("spec", "externalClusters").tree
    for index in range(len(sources.items)) if isinstance(sources, Seq) else ():
        source = View(cluster.object, ("spec", "externalClusters", index))
        if used is not None and source.field("name").text == used:
            yield source.field("plugin", "parameters", "barmanObjectName"), True
