"""A schedule that has been read: when it runs, how often, and how far apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar

from immichlint.named_tuple import NamedTuple
from immichlint.schedules.recurrence import DAY_SECONDS, Clock, Days


class ScheduleError(ValueError):
    """An expression that its reader rejects; the text is the reason."""


class CalendarSchedule(NamedTuple):
    """A schedule that is tied to the clock and the calendar, in UTC."""

    expression: str
    fields: int
    """How many fields were written: 5 or 6; 0 for a descriptor such as `@daily`."""
    clock: Clock
    days: Days
    horizon: int | None
    """How many calendar years ahead its reader looks for the next run; None for no limit."""

    @property
    def never(self) -> bool:
        """Whether no run comes in 400 years, after which the calendar repeats: never at all."""
        return not self.clock.per_day or not self.days.months_used

    @property
    def runs_per_day_max(self) -> int:
        """Runs on a day that has any; 0 if it never runs."""
        return 0 if self.never else self.clock.per_day

    @property
    def months_left_out(self) -> tuple[int, ...]:
        """The months, 1 to 12, in which it never runs."""
        used = () if self.never else self.days.months_used
        return tuple(month for month in range(1, 13) if month not in used)

    @property
    def longest_gap(self) -> timedelta | None:
        """The longest time between two runs; None if it never runs."""
        gaps = None if self.never else self.days.gaps()
        if gaps is None:
            return None
        overnight = gaps.days * DAY_SECONDS - (self.clock.last - self.clock.first)
        return timedelta(seconds=max(overnight, self.clock.longest_gap))

    @property
    def years_between_runs_max(self) -> int:
        """The most calendar years from one run to the next; 0 if it never runs.

        Above 5, CNPG finds no next run at some time and stops (`0 0 3 29 2 *` in 2096: C§1.2, 9).
        """
        gaps = None if self.never else self.days.gaps()
        return 0 if gaps is None else gaps.years

    def next(self, after: datetime) -> datetime | None:
        """The first run after an instant, as its reader finds it; None if it finds none."""
        if self.never:
            return None
        try:
            start = _utc(after).replace(microsecond=0) + timedelta(seconds=1)
        except OverflowError:
            return None
        last_year = start.year + (10_000 if self.horizon is None else self.horizon)
        day = self.days.at_or_after(start.date(), last_year)
        if day == start.date():
            second = self.clock.at_or_after(_second_of_day(start))
            if second is not None:
                return _instant(day.toordinal(), second)
            tomorrow = day.toordinal() + 1
            if tomorrow > datetime.max.toordinal():
                return None
            day = self.days.at_or_after(day.fromordinal(tomorrow), last_year)
        return None if day is None else _instant(day.toordinal(), self.clock.first)

    def runs_between(self, start: datetime, end: datetime, cap: int | None = None) -> int:
        """How many runs lie in [start, end), counted up to `cap`; takes a few steps a year."""
        start, end = _whole_second(start), _whole_second(end)
        if end <= start:
            return 0
        count = self.days.count_between(start.date(), end.date()) * self.clock.per_day
        count += self._before(end) - self._before(start)
        return count if cap is None else min(count, cap)

    def _before(self, instant: datetime) -> int:
        """Runs on the day of an instant that come before it."""
        on_day = self.days.in_year(instant.year) >> instant.timetuple().tm_yday - 1 & 1
        return self.clock.before(_second_of_day(instant)) if on_day else 0

    def runs_at(self, hour: int, minute: int) -> bool:
        """Whether any run falls into a minute of the day (UTC)."""
        return not self.never and bool(self.clock.hours >> hour & 1 and self.clock.minutes >> minute & 1)

    def same_runs(self, other: Schedule) -> bool:
        """Whether the other schedule runs at exactly the same instants, for ever."""
        if not isinstance(other, CalendarSchedule) or self.never or other.never:
            return isinstance(other, CalendarSchedule) and self.never and other.never
        return self.clock == other.clock and self.days.same_days(other.days)


class EverySchedule(NamedTuple):
    """`@every`: a delay after the last check, not tied to the clock (C§1.2, 2)."""

    expression: str
    delay: timedelta
    """Whole seconds, at least one."""

    @property
    def fields(self) -> int:
        """0: it is a descriptor."""
        return 0

    @property
    def never(self) -> bool:
        """False: a delay always ends."""
        return False

    @property
    def runs_per_day_max(self) -> int:
        """The most runs that fall into one day, wherever the counting starts."""
        return -(-DAY_SECONDS // _seconds(self.delay))

    @property
    def months_left_out(self) -> tuple[int, ...]:
        """None is left out for good, since the delay is not tied to the calendar."""
        return ()

    @property
    def longest_gap(self) -> timedelta:
        """The delay."""
        return self.delay

    @property
    def years_between_runs_max(self) -> int:
        """The delay in calendar years, counting the one that it enters."""
        return self.delay.days // 366 + 1

    def next(self, after: datetime) -> datetime | None:
        """The whole second one delay after an instant; None beyond the year 9999."""
        try:
            return _utc(after).replace(microsecond=0) + self.delay
        except OverflowError:
            return None

    def runs_between(self, start: datetime, end: datetime, cap: int | None = None) -> int:
        """How many runs lie in [start, end) if the delay is counted from `start`, up to `cap`."""
        start = _utc(start).replace(microsecond=0)
        count = max(0, (_whole_second(end) - start - timedelta(seconds=1)) // self.delay)
        return count if cap is None else min(count, cap)

    def runs_at(self, hour: int, minute: int) -> bool:
        """True: nothing ties the delay to a time of day, so no time is ruled out."""
        return True

    def same_runs(self, other: Schedule) -> bool:
        """Whether the other one has the same delay."""
        return isinstance(other, EverySchedule) and self.delay == other.delay


Schedule = CalendarSchedule | EverySchedule
_Read = TypeVar("_Read", bound=Schedule)


def read_with(parse: Callable[[str], _Read], expression: str) -> tuple[_Read | None, str]:
    """What a reader makes of an expression: a schedule and "", or None and its reason to reject it."""
    try:
        return parse(expression), ""
    except ScheduleError as error:
        return None, str(error)


def next_runs(schedule: Schedule, after: datetime, count: int) -> list[datetime]:
    """Up to `count` runs after an instant: fewer where the reader of the schedule finds no more."""
    runs: list[datetime] = []
    run = schedule.next(after)
    while run is not None and len(runs) < count:
        runs.append(run)
        run = schedule.next(run)
    return runs


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("a schedule needs an instant with a time zone")
    return instant.astimezone(UTC)


def _whole_second(instant: datetime) -> datetime:
    """The instant, or the next whole second: runs come at whole seconds."""
    instant = _utc(instant)
    return instant if not instant.microsecond else instant.replace(microsecond=0) + timedelta(seconds=1)


def _second_of_day(instant: datetime) -> int:
    return instant.hour * 3600 + instant.minute * 60 + instant.second


def _instant(ordinal: int, second: int) -> datetime:
    return datetime.combine(datetime.fromordinal(ordinal), time(), UTC) + timedelta(seconds=second)


def _seconds(delay: timedelta) -> int:
    return delay.days * DAY_SECONDS + delay.seconds
