"""A schedule in plain English: the same words for the same runs, and true for any expression."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from immichlint.schedules.recurrence import Clock, Days, highest, lowest, members
from immichlint.schedules.schedule import CalendarSchedule, Schedule

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays")
_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MOST_TIMES = 6
"""How many times of day are listed one by one."""


def describe(schedule: Schedule) -> str:
    """When a schedule runs, to follow "this runs" or "it runs": "daily at 00:00", "every 15 seconds"."""
    if not isinstance(schedule, CalendarSchedule):
        return f"every {_duration(schedule.delay)}, counted from the last check"
    if schedule.never:
        return "never"
    days = _days(schedule.days)
    times = _listed_times(schedule.clock)
    if times is not None:
        return f"{times} {days}" if days else f"daily {times}"
    hourly = _hourly(schedule.clock)
    if hourly is not None:
        minutes, of_every_hour = hourly
        return f"hourly {minutes} {days}" if days else f"{minutes} {of_every_hour}"
    rhythm = _rhythm(schedule.clock)
    return f"{rhythm} {days}" if days else rhythm


def times_a_day(count: int) -> str:
    """A number of runs a day in words: "once a day", "24 times a day"."""
    return {0: "on no day", 1: "once a day", 2: "twice a day"}.get(count, f"{count} times a day")


def moment(instant: datetime) -> str:
    """An instant for people: "2027-01-31 03:00 UTC"; a second only where it is not 0."""
    told = instant.astimezone(UTC)
    return told.strftime("%Y-%m-%d %H:%M:%S UTC" if told.second else "%Y-%m-%d %H:%M UTC")


def _listed_times(clock: Clock) -> str | None:
    """ "at 03:00 and 15:00" for a few times of day."""
    if clock.per_day > _MOST_TIMES:
        return None
    return "at " + _joined(
        [
            _time(hour, minute, second)
            for hour in members(clock.hours)
            for minute in members(clock.minutes)
            for second in members(clock.seconds)
        ]
    )


def _hourly(clock: Clock) -> tuple[str, str] | None:
    """ "at minute 3", "of every hour" for the same minutes in all 24 hours."""
    if clock.hours != _full(24) or clock.seconds != 1 or _interval(clock.minutes, 60) is not None:
        return None
    return f"at {_numbered('minute', clock.minutes)}", "of every hour"


def _rhythm(clock: Clock) -> str:
    """The times in units that repeat, else the three sets in order."""
    seconds = _interval(clock.seconds, 60)
    minutes = _interval(clock.minutes, 60)
    hours = _interval(clock.hours, 24)
    if seconds is not None:
        every = _every(seconds, "second")
        if minutes == 1:
            return every + _during_hours(clock.hours, 60 - seconds)
        if clock.minutes.bit_count() == 1 and clock.hours.bit_count() == 1:
            start = _time(highest(clock.hours), highest(clock.minutes), 0, exact=True)
            return f"{every} from {start} to {start[:-2]}{60 - seconds:02}"
        return f"{every} of {_part('minute', clock.minutes, 60)} of {_part('hour', clock.hours, 24)}"
    if clock.seconds == 1 and minutes is not None:
        every = _every(minutes, "minute")
        if clock.hours == _full(24):
            return every
        if _is_run(clock.hours):
            first, last = _ends(clock.hours)
            return f"{every} from {first:02}:00 to {last:02}:{60 - minutes:02}"
        return f"{every} of {_part('hour', clock.hours, 24)}"
    if clock.seconds == 1 and hours is not None and clock.minutes.bit_count() == 1:
        return f"{_every(hours, 'hour')} at minute {highest(clock.minutes)}"
    parts = [] if clock.seconds == 1 else [_numbered("second", clock.seconds)]
    parts.append(_part("minute", clock.minutes, 60))
    if parts[-1] != "every minute" or clock.hours != _full(24):
        parts.append(_part("hour", clock.hours, 24))
    return f"at {' of '.join(parts)}"


def _during_hours(hours: int, last_second: int) -> str:
    if hours == _full(24):
        return ""
    start, end = _ends(hours)
    if _is_run(hours):
        return f" from {start:02}:00:00 to {end:02}:59:{last_second:02}"
    return f" of {_part('hour', hours, 24)}"


def _days(days: Days) -> str:
    """ "on Sundays", "on day 1 of every month", "in January only"; empty for every day."""
    months = _month_list(days.months)
    whole_months, whole_weeks = days.every_month_day, days.every_weekday
    if days.both:
        if whole_months and whole_weeks:
            return f"in {months} only" if months else ""
        if whole_months:
            return _on_weekdays(days, months)
        if whole_weeks:
            return f"on {_dates(days, months)}"
        return f"on the {_weekday_list(days.weekdays)} among {_dates(days, months)}"
    if whole_months or whole_weeks:
        return f"in {months} only" if months else ""
    if not days.weekdays:
        return f"on {_dates(days, months)}"
    if not _dated(days):
        return _on_weekdays(days, months)
    return f"on {_dates(days, months)} and {_on_weekdays(days, months)}"


def _dated(days: Days) -> bool:
    """Whether the days of the month alone give any day."""
    return bool(days._replace(weekdays=0, both=False).months_used)


def _on_weekdays(days: Days, months: str) -> str:
    return f"on {_weekday_list(days.weekdays)}" + (f" in {months}" if months else "")


def _dates(days: Days, months: str) -> str:
    text = f"{_numbered('day', days.month_days)} of {months or 'every month'}"
    if highest(days.month_days) <= min(_MONTH_LENGTHS[month - 1] for month in members(days.months)):
        return text
    if days.month_days.bit_count() > 1:
        return f"{text} as far as it has them" if not months else f"{text} as far as they exist"
    return f"{text} that has it" if not months else f"{text} where it exists"


def _month_list(months: int) -> str:
    """The months in words; empty if it is all of them."""
    names = [_MONTHS[month - 1] for month in members(months)]
    return "" if len(names) == len(_MONTHS) else _named(names, months)


def _weekday_list(weekdays: int) -> str:
    return _named([_WEEKDAYS[weekday] for weekday in members(weekdays)], weekdays)


def _named(names: list[str], numbers: int) -> str:
    return f"{names[0]} to {names[-1]}" if len(names) > 2 and _is_run(numbers) else _joined(names)


def _part(unit: str, numbers: int, size: int) -> str:
    """ "every hour" or "hours 3 to 5"."""
    return f"every {unit}" if numbers == _full(size) else _numbered(unit, numbers)


def _numbered(unit: str, numbers: int) -> str:
    """ "minute 5", "minutes 5 and 20", "minutes 5 to 9", "minutes 0 to 56 in steps of 7"."""
    listed = members(numbers)
    if len(listed) == 1:
        return f"{unit} {listed[0]}"
    if len(listed) > 2 and _is_run(numbers):
        return f"{unit}s {listed[0]} to {listed[-1]}"
    step = listed[1] - listed[0]
    if len(listed) > 4 and listed == tuple(range(listed[0], listed[-1] + 1, step)):
        return f"{unit}s {listed[0]} to {listed[-1]} in steps of {step}"
    return f"{unit}s {_joined([str(number) for number in listed])}"


def _interval(numbers: int, size: int) -> int | None:
    """The step of a set that goes round its unit evenly from 0, below the unit itself; None for any other."""
    count = numbers.bit_count()
    if count < 2 or size % count:
        return None
    step = size // count
    return step if numbers == sum(1 << number for number in range(0, size, step)) else None


def _every(step: int, unit: str) -> str:
    return f"every {unit}" if step == 1 else f"every {step} {unit}s"


def _full(size: int) -> int:
    return (1 << size) - 1


def _ends(numbers: int) -> tuple[int, int]:
    return lowest(numbers) or 0, highest(numbers)


def _is_run(numbers: int) -> bool:
    start, end = _ends(numbers)
    return end - start + 1 == numbers.bit_count()


def _time(hour: int, minute: int, second: int, exact: bool = False) -> str:
    return f"{hour:02}:{minute:02}" + (f":{second:02}" if second or exact else "")


def _duration(delay: timedelta) -> str:
    hours, rest = divmod(delay.days * 86_400 + delay.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [
        f"{count} {unit}" + ("s" if count > 1 else "")
        for count, unit in ((hours, "hour"), (minutes, "minute"), (seconds, "second"))
        if count
    ]
    return " ".join(parts)


def _joined(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
