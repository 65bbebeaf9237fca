"""How crontab(5) reads an expression: minute hour day-of-month month day-of-week, in UTC.

The reading is croniter's, held to what crontab(5) knows: exactly five fields of numbers, names, `*`, lists,
ranges and steps, or a nickname such as `@daily`. croniter alone also takes six and seven fields, `?`, `L`,
`W`, `#`, random `R`, and reads `1-1` as the whole field.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from immichlint.named_tuple import NamedTuple
from immichlint.schedules.recurrence import MONTH_NAMES, WEEKDAY_NAMES, Clock, Days
from immichlint.schedules.schedule import CalendarSchedule, ScheduleError

CrontabSchedule = CalendarSchedule

LONGEST: Final = 1_000
"""How many characters are read: the time that croniter takes grows with the square of a list's length."""

_NICKNAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}


class _Bounds(NamedTuple):
    name: str
    least: int
    most: int
    last: int
    """Where `*` ends; a weekday may be written as 7, which is 0."""
    names: tuple[str, ...] = ()


_FIELDS = (
    _Bounds("minute", 0, 59, 59),
    _Bounds("hour", 0, 23, 23),
    _Bounds("day of month", 1, 31, 31),
    _Bounds("month", 1, 12, 12, MONTH_NAMES),
    _Bounds("day of week", 0, 7, 6, WEEKDAY_NAMES),
)


def parse(expression: str) -> CrontabSchedule:
    """crontab(5)'s reading of an expression. Raises ScheduleError with the reason."""
    if len(expression) > LONGEST:
        raise ScheduleError(f"crontab(5)'s reading of more than {LONGEST:,} characters is not known")
    # ASCII blanks only: what else Unicode calls white space separates no fields in crontab(5).
    fields = [field.decode() for field in expression.encode("utf-8", "replace").split()]
    nickname = " ".join(fields)
    if nickname.startswith("@"):
        if nickname not in _NICKNAMES:
            raise ScheduleError(f"crontab(5) knows no schedule named {nickname}")
        return parse(_NICKNAMES[nickname])._replace(expression=expression, fields=0)
    if len(fields) != len(_FIELDS):
        raise ScheduleError(f"crontab(5) takes five fields, found {len(fields)}")
    plain = [_plain(text, bounds) for text, bounds in zip(fields, _FIELDS, strict=True)]
    minutes, hours, month_days, months, weekdays = _expanded(" ".join(plain))
    # crontab(5): "If both fields are restricted (i.e., do not start with *), the command will be run
    # when either field matches the current time"; croniter's switch for it is `implement_cron_bug`.
    both = fields[2].startswith("*") or fields[4].startswith("*")
    return CalendarSchedule(expression, 5, Clock(1, minutes, hours), Days(months, month_days, weekdays, both), None)


def _expanded(expression: str) -> list[int]:
    """croniter's expansion of each field, as sets."""
    from croniter import CroniterError, croniter

    try:
        expanded, _ = croniter.expand(expression)
    except CroniterError as error:
        raise ScheduleError(str(error)) from error
    return [_numbers(field, bounds) for field, bounds in zip(expanded, _FIELDS, strict=True)]


def _numbers(field: Sequence[int | str], bounds: _Bounds) -> int:
    if "*" in field:
        return (1 << bounds.last + 1) - (1 << bounds.least)
    return sum(1 << int(number) for number in field)


def _plain(text: str, bounds: _Bounds) -> str:
    """A field in the words that croniter and crontab(5) read alike."""
    return ",".join(_plain_item(item, bounds, index == 0) for index, item in enumerate(text.split(",")))


def _plain_item(text: str, bounds: _Bounds, leading: bool) -> str:
    span, slash, step = text.partition("/")
    if slash and (not _is_number(step) or int(step) == 0):
        raise ScheduleError(f"{bounds.name}: crontab(5) knows no step like {text!r}")
    if span == "*":
        # croniter takes a star anywhere in a list for a leading one, which decides how days combine.
        return text if leading else f"{bounds.least}-{bounds.last}{slash}{step}"
    ends = span.split("-")
    if len(ends) > 2:
        raise ScheduleError(f"{bounds.name}: crontab(5) knows no range like {text!r}")
    numbers = [_value(end, bounds) for end in ends]
    first, last = numbers[0], numbers[-1]
    if slash and len(numbers) == 1:
        last = max(first, bounds.last)
    return str(first) if first == last else f"{first}-{last}{slash}{step}"


def _value(text: str, bounds: _Bounds) -> int:
    if text.lower() in bounds.names:
        return bounds.least + bounds.names.index(text.lower())
    if not _is_number(text):
        raise ScheduleError(f"{bounds.name}: crontab(5) does not know {text!r}")
    number = int(text)
    if not bounds.least <= number <= bounds.most:
        raise ScheduleError(f"{bounds.name}: {number} is not between {bounds.least} and {bounds.most}")
    return number


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9
