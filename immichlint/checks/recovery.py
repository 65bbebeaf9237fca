"""Checks of where a Cluster is restored from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Confidence
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import BARMAN_PLUGIN, CNPG, Cluster
from immichlint.stack.stack import Stack, may_share
from immichlint.stack.view import View
from immichlint.trees.tree import Seq

_MADE_BY_A_SCHEDULE: Final = re.compile(r"(.+)-\d{14}")
"""C§2: a ScheduledBackup names its Backups `<name>-YYYYMMDDhhmmss`."""
_SOURCES: Final = (("bootstrap", "recovery", "source"), ("replica", "source"))


def plugin_server_name(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML123: a source that the plugin reads has no `serverName`, so the new Cluster's name is taken (C§4)."""
    used = {cluster.field("spec", *route).text for route in _SOURCES}
    sources = cluster.field("spec", "externalClusters").tree
    for index in range(len(sources.items)) if isinstance(sources, Seq) else ():
        source = View(cluster.object, ("spec", "externalClusters", index))
        name = source.field("name").text
        plugin = source.field("plugin", "name")
        if name not in used or plugin.text != BARMAN_PLUGIN or plugin.place is None:
            continue
        if not source.field("plugin", "parameters", "serverName").absent:
            continue
        if name == cluster.name:
            continue  # The Cluster's own name is what is meant.
        yield Claim(
            f"The source {name} of the Cluster {cluster.name} is read by the barman-cloud plugin and has no "
            f"`serverName`: the plugin then looks for the backups of the new Cluster, below "
            f"`{cluster.name}/`, and finds none. (`barmanObjectStore` would take the source's name.) Write "
            f"`serverName` with the name under which the old Cluster wrote its backups.",
            source.nearest("plugin", "parameters", "serverName"),
            change=Change(
                f"write `serverName: {name}`",
                Safety.UNSAFE,
                (source.effect("plugin", "parameters", "serverName", value=name),),
                after="Look into the bucket: the folder with the backups of the old Cluster has the name that "
                "belongs here.",
            ),
        )


def from_plugin_backup(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML135: `bootstrap.recovery.backup` names a Backup of the plugin, from which it cannot restore (C§11)."""
    field = cluster.field("spec", "bootstrap", "recovery", "backup", "name")
    if field.text is None or field.place is None:
        return
    method, confidence = _method_of(field.text, cluster, context.stack)
    if method != "plugin":
        return
    yield Claim(
        f"The Cluster {cluster.name} is to be restored from the Backup {field.text}, which the plugin made: "
        "`bootstrap.recovery.backup` knows only the backups that CNPG makes itself, and the restore fails for want of "
        "credentials. Write `bootstrap.recovery.source`, and an entry of `externalClusters` with the plugin, its "
        "`barmanObjectName` and its `serverName`.",
        field.place,
        confidence=confidence,
    )


def _method_of(name: str, cluster: Cluster, stack: Stack) -> tuple[str, Confidence]:
    """The method that a Backup was made with, empty where that is not known."""
    for item in stack.everywhere("Backup", CNPG):
        if item.manifest.name == name and may_share(item.manifest.namespace, cluster.namespace):
            return View(item).field("spec", "method").text or "", Confidence.HIGH
    made = _MADE_BY_A_SCHEDULE.fullmatch(name)
    for backup in stack.backups_of(cluster):
        if made and backup.name == made[1]:
            # The method may have changed since the Backup was made.
            return backup.method, Confidence.MEDIUM
    return "", Confidence.LOW
