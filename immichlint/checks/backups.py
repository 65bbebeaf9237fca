"""Checks of ScheduledBackups besides their schedule: the first backup, suspension, and who owns the Backups."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.findings.change import REMOVED, Change, Safety
from immichlint.findings.finding import Severity
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import ScheduledBackup


def immediate_unset(backup: ScheduledBackup, context: Context) -> Iterator[Claim]:
    """IML105: whether to take a backup at once is not said (C§2)."""
    if not backup.field("spec", "immediate").absent or context.stack.takes_backup(backup):
        return
    if backup.cluster is None and _is_dangling(backup, context):
        return
    value = bool(context.parameters["value"])
    yield Claim(
        f"`immediate` is not written on the ScheduledBackup {backup.name}, so it is false: the first base backup comes "
        "with the first run of the schedule, and nothing can be restored before. Write `false` if that is meant; "
        "`true` takes one backup when the object is created, and again when it is created anew, but never at an "
        "update.",
        backup.nearest("spec", "immediate"),
        change=Change(
            f"write `immediate: {str(value).lower()}`",
            Safety.SAFE if not value else Safety.UNSAFE,
            (backup.effect("spec", "immediate", value=value),),
        ),
        together=_one(backup),
    )


def no_first_backup(backup: ScheduledBackup, context: Context) -> Iterator[Claim]:
    """IML106: `immediate: false` is written (C§2)."""
    field = backup.field("spec", "immediate")
    if field.value is not False or field.place is None or context.stack.takes_backup(backup):
        return
    yield Claim(
        f"The ScheduledBackup {backup.name} takes no base backup when it is created: until the first run of its "
        "schedule nothing can be restored, because WAL without a base backup restores nothing.",
        field.place,
        change=Change(
            "write `immediate: true`",
            Safety.UNSAFE,
            (backup.effect("spec", "immediate", value=True),),
            after="It acts only on an object that never ran: for one that did, take a first backup by hand "
            "(`kubectl cnpg backup`).",
        ),
    )


def suspended(backup: ScheduledBackup, context: Context) -> Iterator[Claim]:
    """IML109: no backup is taken while `suspend` is true (C§2)."""
    field = backup.field("spec", "suspend")
    if field.value is not True or field.place is None:
        return
    yield Claim(
        f"The ScheduledBackup {backup.name} is suspended: it takes no backup, and nothing in its status says so. "
        "Remove `suspend: true`.",
        field.place,
        change=Change(
            "remove `suspend`",
            Safety.UNSAFE,
            (backup.effect("spec", "suspend", value=REMOVED),),
            after="A backup starts at once if a slot passed while it was suspended.",
        ),
    )


def owner_reference(backup: ScheduledBackup, context: Context) -> Iterator[Claim]:
    """IML111: who owns the Backup objects; with snapshots that a Backup owns, `self` is a danger (C§2)."""
    field = backup.field("spec", "backupOwnerReference")
    if field.absent:
        change = _owned_by_itself(backup)
        yield Claim(
            f"`backupOwnerReference` is not set on the ScheduledBackup {backup.name}, which means `none`: its Backup "
            "objects pile up, and stay when the ScheduledBackup goes.",
            backup.nearest("spec", "backupOwnerReference"),
            change=change,
            no_fix=""
            if change
            else "`self` would delete Backups with the ScheduledBackup, and a VolumeSnapshot may go with its Backup: "
            "write `none` or `cluster`",
            together=_one(backup),
        )
    elif field.text == "self" and field.place is not None and _snapshots_owned_by(backup) == "backup":
        yield Claim(
            f"Pruning the ScheduledBackup {backup.name} deletes its Backups (`backupOwnerReference: self`), "
            "and with them their VolumeSnapshots (the Cluster's `snapshotOwnerReference: backup`). Write `none`.",
            field.place,
            severity=Severity.WARNING,
            no_fix="decide which of the two references to give up: `backupOwnerReference: none` keeps the Backups, "
            "`snapshotOwnerReference: none` the snapshots",
            together=_one(backup),
        )


def _owned_by_itself(backup: ScheduledBackup) -> Change | None:
    """The change to `self`, unless a snapshot may go with its Backup."""
    if _snapshots_owned_by(backup) in ("backup", None):
        return None
    return Change(
        "write `backupOwnerReference: self`",
        Safety.SAFE,
        (backup.effect("spec", "backupOwnerReference", value="self"),),
    )


def _snapshots_owned_by(backup: ScheduledBackup) -> str | None:
    """What owns the snapshots that it takes: `backup`, `cluster` or `none`; None where that is not known."""
    if backup.method in ("barmanObjectStore", "plugin"):
        return "none"
    if backup.cluster is None or not backup.method:
        return None
    field = backup.cluster.field("spec", "backup", "volumeSnapshot", "snapshotOwnerReference")
    return "none" if field.absent else field.text


def _one(backup: ScheduledBackup) -> str:
    """What the findings about how a ScheduledBackup keeps its Backups share."""
    return f"ScheduledBackup of {backup.object.key}"


def _is_dangling(backup: ScheduledBackup, context: Context) -> bool:
    """Whether its Cluster is nowhere: then that is what matters (IML108)."""
    from immichlint.stack.backup_references import dangling

    return dangling(backup, context.stack) is not None
