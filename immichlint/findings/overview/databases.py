"""The Clusters of a stack, their backups, and what can be restored from them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from immichlint.findings.overview.located import Locator, said
from immichlint.findings.overview.model import Archive, Database, Schedule, Window
from immichlint.findings.overview.storage import guard_of, protection_words
from immichlint.schedules.schedule import CalendarSchedule
from immichlint.schedules.words import describe, moment
from immichlint.stack.backup_methods import IN_TREE, PLUGIN, SNAPSHOT
from immichlint.stack.backups import Cluster, ScheduledBackup
from immichlint.stack.copies import protects_cluster
from immichlint.stack.operand import VECTORCHORD, operand_of
from immichlint.stack.recovery_window import ACTIVE, BACKUPS, CONTINUOUS, NONE, Recovery, recovery_of, taking
from immichlint.stack.stack import Stack
from immichlint.trees.field import Field


def database_of(cluster: Cluster, stack: Stack, at: Locator, now: datetime) -> Database:
    """What is told of a Cluster."""
    operand = operand_of(cluster, stack)
    held = operand.held.get(VECTORCHORD) if operand is not None else None
    major = operand.major if operand is not None else None
    return Database(
        cluster.namespace,
        cluster.name,
        cluster.use.confidence,
        cluster.use.why,
        said(cluster.field("spec", "instances"))[0],
        operand.text.partition("@")[0] if operand is not None else "",
        str(major or said(cluster.field("spec", "imageCatalogRef", "major"))[0]),
        held.version if held is not None else "",
        said(cluster.field("spec", "storage", "size"))[0],
        said(cluster.field("spec", "storage", "storageClass"))[0],
        tuple(_archives(cluster, stack, at)),
        tuple(_schedule(backup, at, now) for backup in stack.backups_of(cluster)),
        window_of(recovery_of(cluster, stack), now),
        protection_words(protects_cluster(cluster, stack)),
        guard_of(cluster, stack),
        at.at(cluster.field("metadata", "name").place, cluster.object.name_place),
    )


def _archives(cluster: Cluster, stack: Stack, at: Locator) -> Iterator[Archive]:
    plugin = cluster.barman_plugin
    if plugin is not None and plugin.enabled:
        store = stack.store_of(cluster)
        if store is None:
            name = plugin.store.text
            why = f"the ObjectStore {name} is not in the repository" if name else plugin.store.why or "it names none"
            yield Archive(PLUGIN, "", "", why, at.at(plugin.store.place, plugin.view.nearest("name")))
        else:
            path = store.field("spec", "configuration", "destinationPath")
            yield _archive(PLUGIN, path, store.field("spec", "retentionPolicy"), at)
    if not cluster.in_tree.absent:
        path = cluster.field("spec", "backup", "barmanObjectStore", "destinationPath")
        yield _archive(IN_TREE, path, cluster.field("spec", "backup", "retentionPolicy"), at)
    if not cluster.snapshots.absent:
        yield Archive(SNAPSHOT, "volume snapshots", "", "", at.at(cluster.snapshots.place))


def _archive(method: str, path: Field, retention: Field, at: Locator) -> Archive:
    destination, why = said(path)
    kept, why_kept = said(retention)
    unknown = "; ".join(
        [*([f"its path: {why}"] if why else []), *([f"how long it is kept: {why_kept}"] if why_kept else [])]
    )
    return Archive(method, destination, kept, unknown, at.at(path.place, retention.place))


def _schedule(backup: ScheduledBackup, at: Locator, now: datetime) -> Schedule:
    how = taking(backup)
    on_the_clock = isinstance(how.schedule, CalendarSchedule) and how.state == ACTIVE
    return Schedule(
        backup.name,
        backup.schedule.text or "",
        describe(how.schedule) if how.schedule is not None else "",
        how.schedule.next(now) if on_the_clock and how.schedule is not None else None,
        backup.method,
        how.state,
        how.why,
        at.at(backup.schedule.place, backup.object.name_place),
    )


def window_of(recovery: Recovery, now: datetime) -> Window:
    """What can be restored, in words and as moments."""
    if recovery.state == NONE:
        return Window(recovery.state, None, f"nothing can be restored from it: {recovery.why}")
    if recovery.state == BACKUPS:
        why = f": {recovery.why}" if recovery.why else ""
        return Window(recovery.state, None, f"only the moments at which base backups were taken{why}")
    if recovery.state != CONTINUOUS:
        return Window(recovery.state, None, f"not known: {recovery.why}")
    until = f"until the last WAL that was archived (every {recovery.lag} at the latest)"
    if recovery.length is None:
        rest = recovery.why or "nothing expires, since there is no retention"
        return Window(recovery.state, None, f"any moment from the first base backup on, {until}; {rest}")
    try:
        since = now - recovery.length
    except OverflowError:
        return Window(recovery.state, None, f"any moment from the first base backup on, {until}")
    words = f"any moment from {moment(since)} ({recovery.kept} ago), as far as base backups reach back, {until}"
    return Window(recovery.state, since, words)
