"""Checks of a ScheduledBackup's schedule: five fields, what CNPG rejects, too many runs, and none at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Related, Severity
from immichlint.rules.model import Claim, Context
from immichlint.schedules import cnpg, golib
from immichlint.schedules.schedule import Schedule, read_with
from immichlint.stack.backups import ScheduledBackup
from immichlint.trees.field import Field
from immichlint.trees.tree import Layer
from immichlint.yamltree.place import Place

if TYPE_CHECKING:
    from immichlint.findings.undecided import Undecided
    from immichlint.schedules.judgement import FiveFieldJudgement

_SNAPSHOTS_A_DAY: Final = 24
"""Volume snapshots are cheap: up to one an hour may be meant; so may what an unknown method takes."""
_MANY_A_DAY: Final = 24
_SIX_FIELDS: Final = "Write six fields, second minute hour day month weekday: `0 0 3 * * *` is daily at 03:00."
_READINGS: Final = {"crontab": "crontab(5)'s reading", "cnpg": "CNPG's reading"}


def five_fields(backup: ScheduledBackup, context: Context) -> Iterator[Claim]:
    """IML101: five fields, which CNPG reads as second minute hour day month (C§1.1)."""
    field = backup.schedule
    if field.text is None or field.place is None or not cnpg.has_five_fields(field.text):
        return
    from immichlint.schedules.judgement import judge_five_fields

    judged = judge_five_fields(field.text)
    assert judged is not None
    change = _five_field_change(backup, judged, context)
    yield Claim(
        judged.message,
        field.place,
        severity=Severity(judged.severity),
        related=used_at(field),
        change=change,
        no_fix="" if change else "what was meant is not certain enough to write it for you",
        undecided=_reading(backup, judged, context) if len(judged.fixes) > 1 else None,
    )


def _reading(backup: ScheduledBackup, judged: FiveFieldJudgement, context: Context) -> Undecided:
    """Both readings are sane: only their author knows which one was meant."""
    changes = {fix.expression: _rewrite(backup, fix.expression, Safety.SAFE, context) for fix in judged.fixes}
    from immichlint.findings.undecided import Choice, Prompt, Undecided

    choices = tuple(
        Choice(fix.expression, f"write `{fix.expression}`: it runs {fix.words}, which is {_READINGS[fix.reading]}")
        for fix in judged.fixes
    )
    return Undecided((Prompt("schedule", "When shall it run?", choices),), lambda answers: changes[answers["schedule"]])


def _five_field_change(backup: ScheduledBackup, judged: FiveFieldJudgement, context: Context) -> Change | None:
    if not judged.fixes:
        return None
    fix, others = judged.fixes[0], judged.fixes[1:]
    reading = "" if judged.certain else f", {_READINGS[fix.reading]}"
    instead = (
        f"If {_READINGS[other.reading]} was meant, write `{other.expression}` instead: it runs {other.words}."
        for other in others
    )
    return Change(
        f"write `{fix.expression}`{reading}: it runs {fix.words}",
        Safety.SAFE if judged.certain else Safety.UNSAFE,
        (backup.effect("spec", "schedule", value=fix.expression),),
        after=" ".join([*instead, *_belied(backup, fix.expression, context)]),
    )


def invalid(backup: ScheduledBackup, context: Context) -> Iterator[Claim]:
    """IML102: CNPG's parser rejects it, and it is not IML101's (C§1.2)."""
    field = backup.schedule
    text = field.text
    if text is None or field.place is None or cnpg.has_five_fields(text):
        return
    schedule, reason = read_with(cnpg.parse, text)
    if schedule is not None:
        return
    from immichlint.schedules.repair import repair_invalid

    fixed = repair_invalid(text)
    advice = f"Write `{fixed}`." if fixed is not None else _advice(text)
    what = f"the schedule `{text}`: {reason}" if text.strip() else "an empty schedule"
    yield Claim(
        f"CNPG rejects {what}. No backup is taken. {advice}",
        field.place,
        related=used_at(field),
        change=_rewrite(backup, fixed, Safety.SAFE, context) if fixed is not None else None,
        no_fix="" if fixed is not None else "what was meant is not certain enough to write it for you",
    )


def _advice(text: str) -> str:
    """What to write instead of a rejected schedule whose meaning is not certain."""
    fields = golib.fields(text)
    if text.lstrip().startswith("@"):
        return "CNPG knows `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly` and `@every 24h`."
    if fields and fields[0].startswith(("TZ=", "CRON_TZ=")):
        return f"It knows no time zone and runs in the operator's, usually UTC. {_SIX_FIELDS}"
    if len(fields) == 6:
        return "Each field takes numbers, lists, ranges and steps, and no `L`, `W`, `#` or range that wraps."
    return _SIX_FIELDS


def too_often(backup: ScheduledBackup, context: Context) -> Iterator[Claim]:
    """IML103: valid, not five fields, and more runs a day than anyone means."""
    field = backup.schedule
    schedule = _accepted(field)
    if schedule is None or field.text is None or field.place is None or schedule.fields == 5:
        return
    copies = backup.method == "barmanObjectStore" or backup.method == "plugin"
    most = int(context.parameters["max-per-day"]) if copies else _SNAPSHOTS_A_DAY
    runs = schedule.runs_per_day_max
    if runs <= most:
        return
    from immichlint.schedules.repair import too_often_fix
    from immichlint.schedules.words import describe, times_a_day

    fixed = too_often_fix(field.text, most) if not _is_meant(field.place, context) else None
    yield Claim(
        f"`{field.text}` runs {describe(schedule)}, {times_a_day(runs)}, and each run "
        f"{'copies the whole database' if copies else 'is another backup'}. {_slip(field.text, fixed)}",
        field.place,
        severity=Severity.ERROR if runs > _MANY_A_DAY else Severity.WARNING,
        related=used_at(field),
        change=_rewrite(backup, fixed, Safety.UNSAFE, context) if fixed is not None else None,
        no_fix="" if fixed is not None else f"choose a schedule that runs at most {times_a_day(most)}",
    )


def _is_meant(place: Place, context: Context) -> bool:
    """Whether the comment beside a schedule says that it is to run every hour."""
    repository = context.stack.repository
    if repository is None:
        return False
    from immichlint.findings.remarks import remark_at
    from immichlint.schedules.remarks import says_hourly

    return says_hourly(remark_at(place, repository))


def _slip(text: str, fixed: str | None) -> str:
    """The likely slip behind too many runs, and what to write."""
    if fixed is None:
        return (
            "The WAL covers the time in between, so once a day is enough for most: `0 0 3 * * *` is daily at 03:00 "
            "(the fields are second minute hour day month weekday)."
        )
    if golib.fields(text)[0] == "*":
        return f"The first field is the second, and `*` there means every one. Write `{fixed}`."
    return f"The first field is the second: a `*` was probably appended to five fields. Write `{fixed}`."


def never_runs(backup: ScheduledBackup, context: Context) -> Iterator[Claim]:
    """IML104: accepted, but it never runs, or its runs lie further apart than CNPG looks (C§1.2, 9)."""
    field = backup.schedule
    schedule = _accepted(field)
    if schedule is None or field.place is None or schedule.fields == 5:
        return
    years = schedule.years_between_runs_max
    if schedule.never:
        yield Claim(
            f"CNPG accepts the schedule `{field.text}`, but no date and time match it: it never runs, no backup is "
            "ever taken, and only an event `NoSchedule` says so. `0 0 3 * * *` is daily at 03:00.",
            field.place,
            related=used_at(field),
            no_fix="what was meant is not certain enough to write it for you",
        )
    elif years > cnpg.HORIZON_YEARS:
        from immichlint.schedules.words import describe

        yield Claim(
            f"`{field.text}` runs {describe(schedule)}, and up to {years} years lie between two runs: CNPG looks "
            f"{cnpg.HORIZON_YEARS} years ahead for the next one, finds none, and stops for good.",
            field.place,
            severity=Severity.INFO,
            related=used_at(field),
            no_fix="choose a schedule that runs every month at least",
        )


def used_at(field: Field) -> tuple[Related, ...]:
    """Where a substituted value is used, if it is defined elsewhere."""
    if len(field.writes) < 2 or field.writes[-1].layer is not Layer.SUBSTITUTION:
        return ()
    use, defined = field.writes[-2].place, field.writes[-1].place
    if use is None or defined is None or (use.document, use.route) == (defined.document, defined.route):
        return ()
    return (Related(use, "used here"),)


def _accepted(field: Field) -> Schedule | None:
    return read_with(cnpg.parse, field.text)[0] if field.text is not None else None


def _rewrite(backup: ScheduledBackup, expression: str, safety: Safety, context: Context) -> Change:
    from immichlint.schedules.words import describe

    return Change(
        f"write `{expression}`: it runs {describe(cnpg.parse(expression))}",
        safety,
        (backup.effect("spec", "schedule", value=expression),),
        after=" ".join(_belied(backup, expression, context)),
    )


def _belied(backup: ScheduledBackup, expression: str, context: Context) -> Iterator[str]:
    """The comment beside a schedule that will say something false of it, in a sentence."""
    place = backup.schedule.place
    repository = context.stack.repository
    if place is None or repository is None or b"#" not in repository.raw(place.document.path):
        return
    from immichlint.findings.remarks import remark_at
    from immichlint.schedules.remarks import is_false

    if is_false(remark_at(place, repository), cnpg.parse(expression)):
        yield "The comment beside it says that it runs at another time: mend it too."
