"""Checks of database backups: ScheduledBackups, retention, destinations."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.findings.change import Change, Safety
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import ScheduledBackup


def immediate_unset(backup: ScheduledBackup, context: Context) -> Iterator[Claim]:
    """IML105: whether to take a backup at once is not said (C§2)."""
    if not backup.field("spec", "immediate").absent:
        return
    value = bool(context.parameters["value"])
    yield Claim(
        f"`immediate` is not set on the ScheduledBackup {backup.name}: with `true` CNPG takes one base backup when the "
        "object is first created, and never at an update; without it nothing can be restored before the first slot.",
        backup.nearest("spec", "immediate"),
        change=Change(
            f"write `immediate: {str(value).lower()}`",
            Safety.SAFE if not value else Safety.UNSAFE,
            (backup.effect("spec", "immediate", value=value),),
        ),
    )
