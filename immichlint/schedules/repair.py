"""Expressions mended, where one meaning is certain; each result is proved to run as the author meant."""

from __future__ import annotations

from immichlint.schedules import cnpg, crontab, golib
from immichlint.schedules.recurrence import MONTH_NAMES, WEEKDAY_NAMES
from immichlint.schedules.schedule import Schedule, ScheduleError

SANE_RUNS_PER_DAY = 6
"""More base backups than this on a day are no one's intention (IML101, IML103)."""

# The five fields that crontab(5) and CNPG share: the least and the greatest value that CNPG takes.
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
_NAMES: tuple[tuple[str, ...], ...] = ((), (), (), MONTH_NAMES, WEEKDAY_NAMES)
_WEEKDAY = 4
_DESCRIPTORS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_HOURS = {"d": 24, "w": 168}


def is_sane(schedule: Schedule) -> bool:
    """Whether a backup could be meant to run so: on some days of every month, six times a day at most."""
    return 0 < schedule.runs_per_day_max <= SANE_RUNS_PER_DAY and not schedule.months_left_out


def put_second_in_front(expression: str) -> str | None:
    """Five fields as crontab(5) reads them, written for CNPG; None if no six fields run at the same instants."""
    if len(expression) > crontab.LONGEST:
        return None
    return _proven(["0", *_translated(golib.fields(expression))], golib.fields(expression))


def append_weekday(expression: str) -> str | None:
    """Five fields as CNPG reads them, with the weekday written out; None unless that reading is sane."""
    try:
        schedule = cnpg.parse(expression)
    except ScheduleError:
        return None
    if schedule.fields != 5 or not is_sane(schedule):
        return None
    return " ".join([*golib.fields(expression), "*"])


def repair_invalid(expression: str) -> str | None:
    """What a rejected expression certainly means; None where it is accepted, or means several things.

    Mended are weekday 7, ranges that wrap, the case of a descriptor and blanks around it, and days and weeks
    in `@every`.
    """
    if _accepted(expression):
        return None
    words = golib.fields(expression)
    if expression.lstrip().startswith("@"):
        return _repaired_descriptor(words)
    if len(words) != 6 or len(expression) > crontab.LONGEST:
        return None
    # `?` is CNPG's other way to write `*`, which crontab(5) does not know.
    meant = ["*" if word == "?" else word for word in words[1:]]
    return _proven([words[0], *_translated(words[1:])], meant)


def too_often_fix(expression: str, most_per_day: int = SANE_RUNS_PER_DAY) -> str | None:
    """Six fields that run too often by a slip, mended; None unless the result runs `most_per_day` times at most.

    The slips: a lone star for the second (`* 0 3 * * *` -> `0 0 3 * * *`), and five fields of crontab(5)
    with a star appended instead of a zero in front (`0 3 * * * *` -> `0 0 3 * * *`). `0 0 * * * *` is how anyone
    writes every hour.
    """
    words = golib.fields(expression)
    if len(words) != 6 or not _accepted(expression):
        return None
    fixed: str | None = None
    if words[0] == "*":
        fixed = " ".join(["0", *words[1:]])
    elif words[2] == words[5] == "*" and "*" not in words[1] and words[:2] != ["0", "0"]:
        fixed = put_second_in_front(" ".join(words[:5]))
    if fixed is None:
        return None
    return fixed if 0 < cnpg.parse(fixed).runs_per_day_max <= most_per_day else None


def without_second(expression: str) -> str | None:
    """The five fields of crontab(5) in six whose first is a plain number (IML128); None for any other text."""
    words = golib.fields(expression)
    if len(words) != 6 or not (words[0].isascii() and words[0].isdigit()) or int(words[0]) > 59:
        return None
    five = " ".join(words[1:])
    try:
        crontab.parse(five)
    except ScheduleError:
        return None
    return five


def _accepted(expression: str) -> bool:
    try:
        cnpg.parse(expression)
    except ScheduleError:
        return False
    return True


def _proven(six: list[str], meant: list[str]) -> str | None:
    """Six fields joined, if CNPG runs them, at second 0, exactly when crontab(5) runs the five meant."""
    fixed = " ".join(six)
    try:
        schedule = cnpg.parse(fixed)
        at_second_zero = cnpg.parse(" ".join(["0", *six[1:]]))
        same = at_second_zero.same_runs(crontab.parse(" ".join(meant)))
    except ScheduleError:
        return None
    return fixed if same and not schedule.never else None


def _repaired_descriptor(words: list[str]) -> str | None:
    name = words[0].lower()
    if len(words) == 1 and name in _DESCRIPTORS:
        return name
    if len(words) != 2 or name != "@every":
        return None
    fixed = f"@every {_without_days(words[1])}"
    return fixed if _accepted(fixed) else None


def _without_days(duration: str) -> str:
    """A duration with its days and weeks turned into hours: `1d` -> `24h`, `1d12h` -> `36h`."""
    hours = 0
    rest = duration
    while rest:
        unit = rest.lstrip("0123456789")
        count = rest.removesuffix(unit)
        if not count or len(count) > 9 or unit[:1] not in _HOURS:
            break
        hours += int(count) * _HOURS[unit[0]]
        rest = unit[1:]
    if not hours:
        return duration
    whole, letter, others = rest.partition("h")
    if letter and whole.isascii() and whole.isdigit() and len(whole) <= 9:
        return f"{hours + int(whole)}h{others}"
    return f"{hours}h{rest}"


def _translated(fields: list[str]) -> list[str]:
    """Five fields with what crontab(5) takes and CNPG rejects written in CNPG's way."""
    return [_field(text, position) for position, text in enumerate(fields[:5])]


def _field(text: str, position: int) -> str:
    return ",".join(_item(item, position) for item in text.split(","))


def _item(text: str, position: int) -> str:
    """One item: 7 becomes 0, and a range that wraps, or ends with 7, becomes two; any other stays as it is."""
    span, slash, step = text.partition("/")
    ends = span.split("-")
    values = [_value(end, position) for end in ends]
    if position == _WEEKDAY and values == [7]:
        return f"0{slash}{step}"
    if len(ends) != 2 or None in values:
        return text
    start, end = values[0] or 0, values[1] or 0
    least, most = _RANGES[position]
    if position == _WEEKDAY and end == 7 and start < 7:
        if slash:
            return _weekdays_to_sunday(start, step, text)
        return f"{least}-{most}" if start == 0 else f"{_span(ends[0], str(most))},0"
    if position == _WEEKDAY and start == 7:
        return _span("0", "0" if end == 7 else ends[1]) + slash + step
    if start <= end or slash:
        return text
    top, bottom = (_like(ends[0], most, position), _like(ends[1], least, position))
    return f"{_span(ends[0], top)},{_span(bottom, ends[1])}"


def _weekdays_to_sunday(start: int, step: str, text: str) -> str:
    """`1-7/2` as CNPG takes it: `1-6/2,0`, or without the Sunday if the step leaps over it."""
    if not step.isascii() or not step.isdigit() or len(step) > 9 or int(step) == 0:
        return text
    return f"{start}-6/{step}" + (",0" if (7 - start) % int(step) == 0 else "")


def _span(start: str, end: str) -> str:
    return start if start.lower() == end.lower() else f"{start}-{end}"


def _like(model: str, number: int, position: int) -> str:
    """A number written as the model is: as a name beside a name."""
    if model.isdigit():
        return str(number)
    name = _NAMES[position][number - _RANGES[position][0]]
    return name.upper() if model.isupper() else name.capitalize() if model[0].isupper() else name


def _value(text: str, position: int) -> int | None:
    if text.lower() in _NAMES[position]:
        return _RANGES[position][0] + _NAMES[position].index(text.lower())
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
