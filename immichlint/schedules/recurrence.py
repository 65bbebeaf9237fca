"""The times of a day and the days of a year at which a schedule runs, as sets held in integers.

Bit n of a set says whether n is in it. Counting and searching then take a handful of integer operations
a year and never walk over seconds.
"""

from __future__ import annotations

from datetime import date
from functools import cache

from immichlint.named_tuple import NamedTuple

DAY_SECONDS = 86_400
CYCLE_YEARS = 400
"""The Gregorian calendar repeats after 400 years, weekdays included."""

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LEAP_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_EVERY_SEVENTH = ((1 << 7 * 54) - 1) // 127
_ALL_MONTH_DAYS = (1 << 32) - 2
_ALL_WEEKDAYS = (1 << 7) - 1
_WEEKDAY_OF_2000 = 6

MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""How robfig/cron and crontab(5) write the months 1 to 12, in any case."""
WEEKDAY_NAMES = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
"""How robfig/cron and crontab(5) write the weekdays 0 to 6, in any case."""


def members(numbers: int) -> tuple[int, ...]:
    """The numbers in a set, ascending."""
    return tuple(n for n in range(numbers.bit_length()) if numbers >> n & 1)


def lowest(numbers: int, least: int = 0) -> int | None:
    """The smallest number of a set that is at least `least`; None if there is none."""
    rest = numbers >> least
    return least + (rest & -rest).bit_length() - 1 if rest else None


def _span(numbers: int) -> int:
    """The distance from the smallest number of a set to the largest; 0 for fewer than two."""
    return numbers.bit_length() - (numbers & -numbers).bit_length()


def highest(numbers: int) -> int:
    """The largest number of a set; -1 if it is empty."""
    return numbers.bit_length() - 1


def widest_step(numbers: int) -> int:
    """The widest distance between two neighbours in a set; 0 for fewer than two."""
    if numbers.bit_count() < 2:
        return 0
    return max(map(len, f"{numbers:b}".rstrip("0").split("1"))) + 1


def _is_leap(year: int) -> bool:
    # As calendar.isleap, whose module takes longer to import than this package.
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _below(numbers: int, limit: int) -> int:
    return (numbers & ((1 << limit) - 1)).bit_count()


class Clock(NamedTuple):
    """The times of a day: each second, minute and hour of three sets, combined."""

    seconds: int
    minutes: int
    hours: int

    @property
    def per_day(self) -> int:
        """Runs on a day that has any."""
        return self.seconds.bit_count() * self.minutes.bit_count() * self.hours.bit_count()

    @property
    def first(self) -> int:
        """The first run, in seconds after midnight; the clock must not be empty."""
        return _time(lowest(self.hours), lowest(self.minutes), lowest(self.seconds))

    @property
    def last(self) -> int:
        """The last run, in seconds after midnight; the clock must not be empty."""
        return _time(highest(self.hours), highest(self.minutes), highest(self.seconds))

    def at_or_after(self, second_of_day: int) -> int | None:
        """The first run at or after a second of the day; None if the day has none left."""
        hour, rest = divmod(second_of_day, 3600)
        minute, second = divmod(rest, 60)
        if self.hours >> hour & 1:
            if self.minutes >> minute & 1:
                later = lowest(self.seconds, second)
                if later is not None:
                    return _time(hour, minute, later)
            later = lowest(self.minutes, minute + 1)
            if later is not None:
                return _time(hour, later, lowest(self.seconds))
        later = lowest(self.hours, hour + 1)
        return None if later is None else _time(later, lowest(self.minutes), lowest(self.seconds))

    def before(self, second_of_day: int) -> int:
        """How many runs a day has before a second of it."""
        hour, rest = divmod(second_of_day, 3600)
        minute, second = divmod(rest, 60)
        count = _below(self.hours, hour) * self.minutes.bit_count() * self.seconds.bit_count()
        if self.hours >> hour & 1:
            count += _below(self.minutes, minute) * self.seconds.bit_count()
            if self.minutes >> minute & 1:
                count += _below(self.seconds, second)
        return count

    @property
    def longest_gap(self) -> int:
        """The longest time between two runs on one day, in seconds; 0 for fewer than two."""
        second_span = _span(self.seconds)
        minute_span = 60 * _span(self.minutes) + second_span
        minute_step = widest_step(self.minutes)
        hour_step = widest_step(self.hours)
        return max(
            widest_step(self.seconds),
            60 * minute_step - second_span if minute_step else 0,
            3600 * hour_step - minute_span if hour_step else 0,
        )


def _time(hour: int | None, minute: int | None, second: int | None) -> int:
    assert hour is not None and minute is not None and second is not None, "an empty clock has no times"
    return hour * 3600 + minute * 60 + second


class DayGaps(NamedTuple):
    """The longest distance between two neighbouring days of a `Days` in the calendar's 400 years."""

    days: int
    years: int
    """In calendar years: 8 for 29 February, because of 2096 and 2104."""


class Days(NamedTuple):
    """The days: months 1 to 12, days of a month 1 to 31, weekdays 0 (Sunday) to 6.

    `both` tells how the day of the month and the weekday combine: both must match, or either.
    """

    months: int
    month_days: int
    weekdays: int
    both: bool

    @property
    def every_month_day(self) -> bool:
        """Whether the set of days of a month is full."""
        return self.month_days & _ALL_MONTH_DAYS == _ALL_MONTH_DAYS

    @property
    def every_weekday(self) -> bool:
        """Whether the set of weekdays is full."""
        return self.weekdays & _ALL_WEEKDAYS == _ALL_WEEKDAYS

    @property
    def months_used(self) -> tuple[int, ...]:
        """The months that have a day; in 400 years each date falls on each weekday, 29 February too."""
        return tuple(month for month in members(self.months) if self._used(_LEAP_LENGTHS[month - 1]))

    def _used(self, length: int) -> bool:
        dated = self.month_days & ((1 << length + 1) - 2) != 0
        return dated and self.weekdays != 0 if self.both else dated or self.weekdays != 0

    def in_year(self, year: int) -> int:
        """The days of a year as a set of numbers from 0 (1 January)."""
        return self.in_year_like(_is_leap(year), date(year, 1, 1).isoweekday() % 7)

    def in_year_like(self, leap: bool, first_weekday: int) -> int:
        """The days of every year of a length that begins on a weekday, as `in_year` gives them."""
        of_months = dated = offset = 0
        for month, length in enumerate(_LEAP_LENGTHS if leap else _LENGTHS, 1):
            if self.months >> month & 1:
                whole = (1 << length) - 1
                of_months |= whole << offset
                dated |= (self.month_days >> 1 & whole) << offset
            offset += length
        week = (self.weekdays >> first_weekday | self.weekdays << 7 - first_weekday) & _ALL_WEEKDAYS
        on_weekdays = week * _EVERY_SEVENTH & of_months
        return dated & on_weekdays if self.both else dated | on_weekdays

    def at_or_after(self, day: date, last_year: int) -> date | None:
        """The first day of the set at or after `day`, no later than `last_year`; None if there is none."""
        start = day.timetuple().tm_yday - 1
        for year in range(day.year, min(last_year, date.max.year) + 1):
            found = lowest(self.in_year(year), start)
            if found is not None:
                return date.fromordinal(date(year, 1, 1).toordinal() + found)
            start = 0
        return None

    def count_between(self, start: date, end: date) -> int:
        """How many days of the set lie in [start, end)."""
        kinds: dict[tuple[bool, int], int] = {}
        total = 0
        for year in range(start.year, end.year + 1):
            kind = (_is_leap(year), date(year, 1, 1).isoweekday() % 7)
            if kind not in kinds:
                kinds[kind] = self.in_year_like(*kind)
            days = kinds[kind]
            if year == end.year:
                days &= (1 << end.timetuple().tm_yday - 1) - 1
            if year == start.year:
                days >>= start.timetuple().tm_yday - 1
            total += days.bit_count()
        return total

    def gaps(self) -> DayGaps | None:
        """The longest gap in days and in years, over the calendar's whole cycle; None without any day."""
        return _gaps(self) if self.months_used else None

    def same_days(self, other: Days) -> bool:
        """Whether the other set has exactly these days, in every kind of year that there is."""
        return all(
            self.in_year_like(leap, first) == other.in_year_like(leap, first)
            for leap in (False, True)
            for first in range(7)
        )


def _ends_and_step(days: int) -> tuple[int, int, int] | None:
    first = lowest(days)
    return None if first is None else (first, highest(days), widest_step(days))


@cache
def _gaps(days: Days) -> DayGaps:
    kinds: dict[tuple[bool, int], tuple[int, int, int] | None] = {}
    longest_days = longest_years = 0
    previous: tuple[int, int] | None = None
    new_year = 0
    for year in range(2000, 2000 + 2 * CYCLE_YEARS):
        leap = _is_leap(year)
        kind = (leap, (_WEEKDAY_OF_2000 + new_year) % 7)
        if kind not in kinds:
            kinds[kind] = _ends_and_step(days.in_year_like(*kind))
        in_year = kinds[kind]
        if in_year is not None:
            first, last, step = in_year
            if previous is not None:
                longest_days = max(longest_days, new_year + first - previous[0])
                longest_years = max(longest_years, year - previous[1])
            longest_days = max(longest_days, step)
            previous = (new_year + last, year)
            if year >= 2000 + CYCLE_YEARS:
                break  # The gap from one round of the cycle to the next was the last one to be seen.
        new_year += 366 if leap else 365
    return DayGaps(longest_days, longest_years)
