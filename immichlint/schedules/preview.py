"""What `immichlint schedule` prints: how CNPG and crontab(5) read an expression, and its next runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypedDict

from immichlint.schedules import cnpg, crontab
from immichlint.schedules.judgement import judge_five_fields
from immichlint.schedules.repair import repair_invalid
from immichlint.schedules.schedule import Schedule, next_runs, read_with
from immichlint.schedules.words import describe, times_a_day

RUNS_SHOWN = 5


class CrontabPreview(TypedDict):
    """crontab(5)'s part: no runs if it rejects the expression or never runs it."""

    accepted: bool
    next: list[str]


class Preview(TypedDict):
    """One line of the JSON form. Instants are RFC 3339 in UTC; `error` is null for an accepted expression."""

    expression: str
    accepted: bool
    error: str | None
    next: list[str]
    runs_per_day_max: int
    crontab: CrontabPreview


def preview(expression: str, start: datetime) -> Preview:
    """Both readings of an expression, with up to five runs after an instant that has a time zone."""
    here, reason = read_with(cnpg.parse, expression)
    there, _ = read_with(crontab.parse, expression)
    return {
        "expression": expression,
        "accepted": here is not None,
        "error": None if here is not None else reason,
        "next": _next(here, start),
        "runs_per_day_max": 0 if here is None else here.runs_per_day_max,
        "crontab": {"accepted": there is not None, "next": _next(there, start)},
    }


def preview_lines(expression: str, start: datetime) -> list[str]:
    """The text form: the expression, each reading in words with its runs, and what to write instead."""
    here, reason = read_with(cnpg.parse, expression)
    there, other_reason = read_with(crontab.parse, expression)
    lines = [
        expression or '""',
        *_reading("CNPG", here, reason, start),
        *_reading("crontab(5)", there, other_reason, start),
    ]
    return lines + _advice(expression)


def _advice(expression: str) -> list[str]:
    """What to write instead; both readings where the author has to choose."""
    judged = judge_five_fields(expression)
    if judged is None:
        repaired = repair_invalid(expression)
        return [] if repaired is None else [f"  Write for CNPG: {repaired}"]
    if len(judged.fixes) == 1:
        return [f"  Write for CNPG: {judged.fixes[0].expression}"]
    return [f"  Write for CNPG: {fix.expression}, if it is to run {fix.words}" for fix in judged.fixes]


def rfc3339(instant: datetime) -> str:
    """An instant in UTC to the second: 2027-01-01T03:00:00Z."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _next(schedule: Schedule | None, start: datetime) -> list[str]:
    return [] if schedule is None else [rfc3339(run) for run in next_runs(schedule, start, RUNS_SHOWN)]


def _reading(reader: str, schedule: Schedule | None, reason: str, start: datetime) -> list[str]:
    if schedule is None:
        return [f"  {reader} rejects it: {reason}"]
    if schedule.never:
        return [f"  {reader} accepts it and never runs it"]
    runs = _next(schedule, start)
    return [
        f"  {reader} runs it {describe(schedule)}, {times_a_day(schedule.runs_per_day_max)} (UTC)",
        *(f"    {run}" for run in runs or ["no run within five years"]),
    ]
