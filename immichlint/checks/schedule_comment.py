"""The check that a schedule and the comment beside it speak of the same time of day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.checks.schedules import used_at
from immichlint.findings.change import Change, Safety
from immichlint.rules.model import Claim, Context
from immichlint.schedules import cnpg
from immichlint.schedules.golib import fields
from immichlint.schedules.schedule import read_with
from immichlint.stack.backups import ScheduledBackup
from immichlint.text.whole import whole

_SIX: Final = 6
_LAST_HOUR: Final = 23


def differs(backup: ScheduledBackup, context: Context) -> Iterator[Claim]:
    """IML134: the comment names a time at which it never runs, and fields in another order would be that time."""
    field, repository = backup.schedule, context.stack.repository
    if field.text is None or field.place is None or repository is None:
        return
    words = fields(field.text)
    # Only fields in the wrong order are certainly a slip: an hour in the field for the minute, or for the second.
    misplaced = list(_misplaced(words)) if len(words) == _SIX else []
    if not misplaced:
        return
    from immichlint.findings.remarks import remark_at
    from immichlint.schedules.remarks import times_of

    schedule = read_with(cnpg.parse, field.text)[0]
    named = times_of(remark_at(field.place, repository)) if schedule is not None else set()
    meant = named.intersection(misplaced)
    # A second time is the same one in another zone.
    if schedule is None or len(meant) != 1 or any(schedule.runs_at(*time) for time in named):
        return
    hour, minute = meant.pop()
    fixed = " ".join(("0", str(minute), str(hour), *words[3:]))
    yield Claim(
        f"The comment says {hour}:{minute:02}, and the schedule `{field.text}` never runs then: its fields are second, "
        f"minute, hour. Write `{fixed}`, or mend the comment.",
        field.place,
        related=used_at(field),
        change=Change(
            f"write `{fixed}`",
            Safety.UNSAFE,
            (backup.effect("spec", "schedule", value=fixed),),
            after="The backup runs at another time of day: make sure that nothing else needs it where it was.",
        ),
    )


def _misplaced(words: list[str]) -> Iterator[tuple[int, int]]:
    """The times, as hour and minute, of which the first three fields hold the numbers in another order."""
    first, second, third = map(whole, words[:3])
    for hour, minute in ((second, first), (second, third), (first, second)):
        if hour is not None and minute is not None and 0 < hour <= _LAST_HOUR:
            yield hour, minute
