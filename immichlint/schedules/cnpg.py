"""How CloudNativePG reads `ScheduledBackup.spec.schedule`: robfig/cron v1.2.0 `cron.Parse` (C§1.1, C§1.2).

Five or six fields: second minute hour day-of-month month [day-of-week]. A missing sixth field means any
weekday, so that five fields are *not* those of crontab(5).
"""

from __future__ import annotations

from datetime import timedelta

from immichlint.named_tuple import NamedTuple
from immichlint.schedules import golib
from immichlint.schedules.recurrence import MONTH_NAMES, WEEKDAY_NAMES, Clock, Days
from immichlint.schedules.schedule import CalendarSchedule, EverySchedule, Schedule, ScheduleError, next_runs

__all__ = ["HORIZON_YEARS", "Schedule", "ScheduleError", "has_five_fields", "next_runs", "parse"]

HORIZON_YEARS = 5
"""robfig/cron looks for the next run to the end of the fifth year from now (C§1.2, 9)."""

_DESCRIPTORS = {
    "@yearly": "0 0 0 1 1 *",
    "@annually": "0 0 0 1 1 *",
    "@monthly": "0 0 0 1 * *",
    "@weekly": "0 0 0 * * 0",
    "@daily": "0 0 0 * * *",
    "@midnight": "0 0 0 * * *",
    "@hourly": "0 0 * * * *",
}
_EVERY = "@every "
_SECOND = 1_000_000_000


class _Bounds(NamedTuple):
    least: int
    most: int
    names: tuple[str, ...] = ()


_FIELDS = (
    _Bounds(0, 59),
    _Bounds(0, 59),
    _Bounds(0, 23),
    _Bounds(1, 31),
    _Bounds(1, 12, MONTH_NAMES),
    _Bounds(0, 6, WEEKDAY_NAMES),
)


def has_five_fields(expression: str) -> bool:
    """Whether an expression has as many fields as one of crontab(5), which CNPG reads otherwise."""
    return not expression.startswith("@") and len(golib.fields(expression)) == 5


def parse(expression: str) -> Schedule:
    """CNPG's reading of an expression. Raises ScheduleError with the parser's own reason."""
    if not expression:
        raise ScheduleError("Empty spec string")
    if expression[0] == "@":
        return _parse_descriptor(expression)
    fields = golib.fields(expression)
    if not 5 <= len(fields) <= 6:
        raise ScheduleError(f"Expected 5 to 6 fields, found {len(fields)}: {expression}")
    return _parse_fields(expression, fields, len(fields))


def _parse_descriptor(expression: str) -> Schedule:
    if expression in _DESCRIPTORS:
        return _parse_fields(expression, _DESCRIPTORS[expression].split(), 0)
    if not expression.startswith(_EVERY):
        raise ScheduleError(f"Unrecognized descriptor: {expression}")
    try:
        nanoseconds = golib.parse_duration(expression.removeprefix(_EVERY))
    except golib.GoError as error:
        raise ScheduleError(f"Failed to parse duration {expression}: {error}") from error
    return EverySchedule(expression, timedelta(seconds=max(nanoseconds, _SECOND) // _SECOND))


def _parse_fields(expression: str, fields: list[str], count: int) -> CalendarSchedule:
    texts = fields if len(fields) == len(_FIELDS) else [*fields, "*"]
    read = [_field(text, bounds) for text, bounds in zip(texts, _FIELDS, strict=True)]
    second, minute, hour, month_day, month, weekday = read
    return CalendarSchedule(
        expression,
        count,
        Clock(second.numbers, minute.numbers, hour.numbers),
        # The star survives a step here: `*/2` and a weekday must both match (C§1.2, 8).
        Days(month.numbers, month_day.numbers, weekday.numbers, both=month_day.star or weekday.star),
        HORIZON_YEARS,
    )


class _Field(NamedTuple):
    numbers: int
    star: bool


def _field(text: str, bounds: _Bounds) -> _Field:
    # Once each: what stands in a list a hundred thousand times is no other schedule.
    items = [_item(item, bounds) for item in dict.fromkeys(text.split(",")) if item]
    numbers = 0
    for item in items:
        numbers |= item.numbers
    return _Field(numbers, any(item.star for item in items))


def _item(text: str, bounds: _Bounds) -> _Field:
    # The order of the checks is the parser's: it decides which reason is given.
    span, *steps = text.split("/")
    first, *others = span.split("-")
    star = first in ("*", "?")
    if star:
        start, end = bounds.least, bounds.most
    else:
        start = end = _number_or_name(first, bounds)
        if len(others) == 1:
            end = _number_or_name(others[0], bounds)
        elif others:
            raise ScheduleError(f"Too many hyphens: {text}")
    step = 1
    if len(steps) == 1:
        step = _number(steps[0])
        if not others:
            end = bounds.most
    elif steps:
        raise ScheduleError(f"Too many slashes: {text}")
    if start < bounds.least:
        raise ScheduleError(f"Beginning of range ({start}) below minimum ({bounds.least}): {text}")
    if end > bounds.most:
        raise ScheduleError(f"End of range ({end}) above maximum ({bounds.most}): {text}")
    if start > end:
        raise ScheduleError(f"Beginning of range ({start}) beyond end of range ({end}): {text}")
    if step == 0:
        raise ScheduleError(f"Step of range should be a positive number: {text}")
    return _Field(sum(1 << number for number in range(start, end + 1, step)), star)


def _number_or_name(text: str, bounds: _Bounds) -> int:
    name = golib.lower(text)
    return bounds.least + bounds.names.index(name) if name in bounds.names else _number(text)


def _number(text: str) -> int:
    try:
        number = golib.atoi(text)
    except golib.GoError as error:
        raise ScheduleError(f"Failed to parse int from {text}: {error}") from error
    if number < 0:
        raise ScheduleError(f"Negative number ({number}) not allowed: {text}")
    return number
