"""Of which moments a database can be restored, as far as a repository tells (C§3, C§4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from immichlint.named_tuple import NamedTuple
from immichlint.schedules import cnpg
from immichlint.schedules.retention import parse_window
from immichlint.schedules.schedule import Schedule, read_with
from immichlint.stack.backup_methods import SNAPSHOT, methods_of
from immichlint.stack.backups import BARMAN_PLUGIN, Cluster, ScheduledBackup
from immichlint.stack.retention import homes
from immichlint.stack.stack import Stack
from immichlint.trees.field import Field

ACTIVE: Final = "active"
SUSPENDED: Final = "suspended"
REJECTED: Final = "rejected"
UNKNOWN: Final = "unknown"
CONTINUOUS: Final = "continuous"
BACKUPS: Final = "backups"
NONE: Final = "none"

_TIMEOUT: Final = "5min"
"""CNPG's `archive_timeout` where a Cluster sets none (docs/src/wal_archiving.md): so long a WAL file waits at most."""
_SKIPS: Final = ("metadata", "annotations", "cnpg.io/skipWalArchiving")


class Taking(NamedTuple):
    """A ScheduledBackup as CNPG takes it. `state`: one of those above. `schedule`: None where it is not known."""

    state: str
    why: str
    schedule: Schedule | None


def taking(backup: ScheduledBackup) -> Taking:
    """Whether a ScheduledBackup takes base backups."""
    text, suspend = backup.schedule.text, backup.field("spec", "suspend")
    schedule, reason = read_with(cnpg.parse, text) if text is not None else (None, "")
    if text is not None and schedule is None:
        return Taking(REJECTED, reason, None)
    if suspend.value is True:
        return Taking(SUSPENDED, "", schedule)
    if schedule is None:
        return Taking(UNKNOWN, backup.schedule.why or "it has no schedule", None)
    if suspend.unknown:
        return Taking(UNKNOWN, f"whether it is suspended: {suspend.why}", schedule)
    return Taking(REJECTED, "it never runs", schedule) if schedule.never else Taking(ACTIVE, "", schedule)


class Recovery(NamedTuple):
    """What can be restored. `state`: `continuous` (any moment), `backups` (only the moments of base backups), `none`
    or `unknown`. `length`: how far back, None for from the first base backup on or where it is not known; `kept`: that
    as it is written. `lag`: how far behind the last archived WAL may be, as PostgreSQL writes it. `why`: what is not
    known, or why there is nothing."""

    state: str
    length: timedelta | None = None
    kept: str = ""
    lag: str = ""
    why: str = ""


def recovery_of(cluster: Cluster, stack: Stack) -> Recovery:
    """What a Cluster can be restored to from the backups that CNPG takes."""
    methods = methods_of(cluster)
    if methods is None:
        return Recovery(UNKNOWN, why="where its backups go is not known")
    if not methods:
        return Recovery(NONE, why="it has no destination for backups")
    backups = [(item.method, taking(item)) for item in stack.backups_of(cluster)]
    active = [method for method, how in backups if how.state == ACTIVE and (method in methods or not method)]
    archived = [method for method in methods if method != SNAPSHOT]
    if not active:
        return _without(backups, methods)
    if not archived or not cluster.field(*_SKIPS).absent:
        return Recovery(BACKUPS, why="" if not archived else "the archiving of WAL is switched off")
    if all(method == SNAPSHOT for method in active):
        return Recovery(CONTINUOUS, lag=_lag(cluster), why="no snapshot and no WAL expires by itself")
    return _archived(cluster, stack)


def _without(backups: list[tuple[str, Taking]], methods: tuple[str, ...]) -> Recovery:
    """What there is without a ScheduledBackup that works."""
    states = {how.state: how.why for _, how in backups}
    if UNKNOWN in states:
        return Recovery(UNKNOWN, why=f"when base backups are taken is not known ({states[UNKNOWN]})")
    if SUSPENDED in states:
        return Recovery(NONE, why="its ScheduledBackup is suspended, so that no new base backup is taken")
    if REJECTED in states:
        return Recovery(NONE, why=f"its ScheduledBackup takes none ({states[REJECTED]})")
    if backups:
        return Recovery(NONE, why=f"its ScheduledBackup asks for another method than {' or '.join(methods)}")
    return Recovery(NONE, why="no ScheduledBackup takes base backups, without which WAL restores nothing")


def _archived(cluster: Cluster, stack: Stack) -> Recovery:
    fields = [home.field for home in homes(cluster, stack)]
    lag = _lag(cluster)
    if not fields:
        store = cluster.barman_plugin.store.text if cluster.barman_plugin is not None else None
        return Recovery(UNKNOWN, lag=lag, why=f"the ObjectStore {store or BARMAN_PLUGIN} is not in the repository")
    field: Field = fields[0]
    if field.absent:
        return Recovery(CONTINUOUS, lag=lag)
    length = parse_window(field.text) if field.text is not None else None
    if length is None:
        why = field.why or f"`{field.text}` is no retention that CNPG accepts"
        return Recovery(UNKNOWN, lag=lag, why=f"how long backups are kept is not known ({why})")
    return Recovery(CONTINUOUS, length, field.text or "", lag)


def _lag(cluster: Cluster) -> str:
    return cluster.field("spec", "postgresql", "parameters", "archive_timeout").text or _TIMEOUT
