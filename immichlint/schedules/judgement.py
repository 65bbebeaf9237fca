"""What five fields do in a ScheduledBackup, beside what their author may have meant (IML101)."""

from __future__ import annotations

from typing import Literal

from immichlint.named_tuple import NamedTuple
from immichlint.schedules import cnpg, crontab
from immichlint.schedules.repair import append_weekday, is_sane, put_second_in_front
from immichlint.schedules.schedule import CalendarSchedule, Schedule, read_with
from immichlint.schedules.words import describe, times_a_day

_READS = "CNPG reads five fields as second minute hour day month"


class FiveFieldFix(NamedTuple):
    """Six fields to write instead, and whose reading of the five they keep."""

    expression: str
    reading: Literal["crontab", "cnpg"]
    words: str
    """When they run."""


class FiveFieldJudgement(NamedTuple):
    """IML101 for one expression. `cnpg` and `crontab` are None where that reader rejects it."""

    expression: str
    severity: Literal["error", "warning", "info"]
    cnpg: Schedule | None
    crontab: CalendarSchedule | None
    cnpg_words: str
    """When CNPG runs it, or the reason for which it rejects it."""
    crontab_words: str
    """When crontab(5) would run it, or the reason for which it rejects it."""
    runs_per_day: int
    """Runs in CNPG's reading on a day that has any; 0 if it is rejected."""
    message: str
    fixes: tuple[FiveFieldFix, ...]
    """What to write: one where it is certain, crontab(5)'s reading first where the author must choose."""
    certain: bool
    """Whether the only fix is what the author meant, so that it may be applied unasked."""


def judge_five_fields(expression: str) -> FiveFieldJudgement | None:
    """Judges an expression of five fields; None for any other text, which other rules judge."""
    if not cnpg.has_five_fields(expression):
        return None
    here, reason = read_with(cnpg.parse, expression)
    there, other_reason = read_with(crontab.parse, expression)
    severity: Literal["error", "warning", "info"] = "error"
    if here is not None and is_sane(here):
        severity = "info" if there is None else "warning"
    fixes = _fixes(expression, severity)
    judgement = FiveFieldJudgement(
        expression=expression,
        severity=severity,
        cnpg=here,
        crontab=there,
        cnpg_words=reason if here is None else describe(here),
        crontab_words=other_reason if there is None else describe(there),
        runs_per_day=0 if here is None else here.runs_per_day_max,
        message="",
        fixes=fixes,
        certain=len(fixes) == 1 and severity != "warning",
    )
    return judgement._replace(message=f"{_message(judgement)}{_advice(judgement)}")


def _fixes(expression: str, severity: str) -> tuple[FiveFieldFix, ...]:
    candidates: tuple[tuple[Literal["crontab", "cnpg"], str | None], ...] = (
        ("crontab", None if severity == "info" else put_second_in_front(expression)),
        ("cnpg", None if severity == "error" else append_weekday(expression)),
    )
    return tuple(
        FiveFieldFix(fixed, reading, describe(cnpg.parse(fixed))) for reading, fixed in candidates if fixed is not None
    )


def _message(judged: FiveFieldJudgement) -> str:
    there = judged.crontab
    if judged.cnpg is None:
        meant = (
            "crontab(5) rejects it too."
            if there is None
            else f"crontab(5) would run it {judged.crontab_words}."
            if not there.never
            else "crontab(5) would never run it."
        )
        return f"{_READS} and rejects this: {judged.cnpg_words}. {meant}"
    if judged.cnpg.never:
        runs = f"{_READS}: this never runs"
    else:
        runs = f"{_READS}: this runs {judged.cnpg_words}, {times_a_day(judged.runs_per_day)}"
    if judged.severity == "info":
        return f"{runs}. That is sane, but the weekday is left out, and the webhook warns."
    if there is None:
        return f"{runs}. crontab(5) rejects it."
    if judged.severity == "warning":
        return f"{runs}; crontab(5) would run it {judged.crontab_words}."
    return f"{runs}, not {judged.crontab_words}."


def _advice(judged: FiveFieldJudgement) -> str:
    if not judged.fixes:
        return " Write six fields, second minute hour day month weekday: `0 0 3 * * *` is daily at 03:00."
    if judged.severity != "warning":
        return f" Write `{judged.fixes[0].expression}`."
    choices = [f"`{fix.expression}` to run {fix.words}" for fix in judged.fixes]
    return f" Write {', or '.join(choices)}."
