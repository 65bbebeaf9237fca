"""Sets of times and days: what is worked out with whole sets at once is what one finds by walking through them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from immichlint.schedules.recurrence import Clock, DayGaps, Days, highest, lowest, members, widest_step


def numbers(*members: int) -> int:
    return sum(1 << member for member in members)


@pytest.mark.parametrize(
    ("found", "least", "most", "step"),
    [((5,), 5, 5, 0), ((0, 59), 0, 59, 59), ((0, 1, 2), 0, 2, 1), ((3, 10, 12), 3, 12, 7), ((3, 5, 12), 3, 12, 7)],
)
def test_a_set_of_numbers(found: tuple[int, ...], least: int, most: int, step: int) -> None:
    held = numbers(*found)
    assert (members(held), lowest(held), highest(held), widest_step(held)) == (found, least, most, step)


def test_what_an_empty_set_says() -> None:
    assert (members(0), lowest(0), highest(0), widest_step(0)) == ((), None, -1, 0)
    assert lowest(numbers(3, 7), 3) == 3
    assert lowest(numbers(3, 7), 4) == 7
    assert lowest(numbers(3, 7), 8) is None


CLOCKS = [
    Clock(numbers(0), numbers(0), numbers(3)),
    Clock(numbers(7), numbers(59), numbers(0, 23)),
    Clock(numbers(10, 50), numbers(5), numbers(12)),
    Clock(numbers(0, 58, 59), numbers(30, 31), numbers(12)),
    Clock(numbers(20), numbers(3, 40, 44), numbers(1)),
    Clock(numbers(5, 59), numbers(3, 40), numbers(1, 2)),
    Clock(numbers(1, 2), numbers(1, 58), numbers(1, 5, 6)),
    Clock(numbers(0, 10), numbers(0, 1), numbers(3, 5)),
    Clock(numbers(0, 30), numbers(0, 59), numbers(*range(24))),
    Clock(numbers(59), numbers(*range(60)), numbers(22)),
]


@pytest.mark.parametrize("clock", CLOCKS)
def test_a_clock_runs_at_each_of_its_seconds(clock: Clock) -> None:
    times = [
        hour * 3600 + minute * 60 + second
        for hour in members(clock.hours)
        for minute in members(clock.minutes)
        for second in members(clock.seconds)
    ]
    assert (clock.per_day, clock.first, clock.last) == (len(times), times[0], times[-1])
    assert clock.longest_gap == max((later - earlier for earlier, later in pairwise(times)), default=0)
    for time in (0, *times, *(time + 1 for time in times), *(time - 1 for time in times if time), 43_210, 86_399):
        assert clock.before(time) == sum(earlier < time for earlier in times)
        assert clock.at_or_after(time) == min((later for later in times if later >= time), default=None)


def days(months: int = 0, month_days: int = 0, weekdays: int = 0, *, both: bool = False) -> Days:
    return Days(months or numbers(*range(1, 13)), month_days, weekdays, both)


SETS = [
    days(month_days=numbers(1, 31)),
    days(numbers(2), numbers(29)),
    days(numbers(2, 6), numbers(29, 30), numbers(0)),
    days(month_days=numbers(13), weekdays=numbers(5), both=True),
    days(numbers(1, 12), weekdays=numbers(1, 6)),
]


@pytest.mark.parametrize("found", SETS)
def test_days_are_counted_and_found(found: Days) -> None:
    def runs(day: date) -> bool:
        of_month = bool(found.month_days >> day.day & 1)
        of_week = bool(found.weekdays >> day.isoweekday() % 7 & 1)
        combined = of_month and of_week if found.both else of_month or of_week
        return bool(found.months >> day.month & 1) and combined

    first = date(2027, 1, 1)
    every = [first + timedelta(number) for number in range(800)]
    hits = [day for day in every if runs(day)]
    for start in every[::37]:
        for end in every[::53]:
            assert found.count_between(start, end) == sum(start <= day < end for day in hits)
        assert found.at_or_after(start, 2028) == next((day for day in hits if day >= start and day.year <= 2028), None)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (days(month_days=numbers(1)), DayGaps(31, 1)),
        (days(month_days=numbers(31)), DayGaps(61, 1)),
        (days(numbers(1), numbers(1)), DayGaps(366, 1)),
        (days(numbers(2), numbers(29)), DayGaps(2921, 8)),
        (days(weekdays=numbers(1)), DayGaps(7, 1)),
        (days(weekdays=numbers(*range(7))), DayGaps(1, 1)),
        (days(numbers(2), numbers(29), numbers(1), both=True), DayGaps(14609, 40)),
    ],
)
def test_the_longest_gap_between_days(found: Days, expected: DayGaps) -> None:
    """29 February: 2096 to 2104; on a Monday: 2088 to 2128, or another forty years around a century."""
    assert found.gaps() == expected


def test_days_that_there_never_are() -> None:
    assert days(numbers(2), numbers(30)).gaps() is None
    assert days().gaps() is None
    assert days(month_days=numbers(1), both=True).months_used == ()
    assert days(weekdays=numbers(1), both=True).months_used == ()
    assert days(month_days=numbers(31)).months_used == (1, 3, 5, 7, 8, 10, 12)
    assert days(numbers(2, 4), numbers(31), numbers(0)).months_used == (2, 4)


def test_whether_every_day_is_meant() -> None:
    assert days(month_days=numbers(*range(1, 32))).every_month_day
    assert not days(month_days=numbers(*range(1, 31))).every_month_day
    assert not days(month_days=numbers(*range(2, 32))).every_month_day
    assert days(weekdays=numbers(*range(7))).every_weekday
    assert not days(weekdays=numbers(*range(6))).every_weekday
    assert not days(weekdays=numbers(*range(1, 7))).every_weekday


def test_the_same_days_are_the_same_however_they_are_written() -> None:
    monday, both = days(weekdays=numbers(1)), days(weekdays=numbers(1, 2))
    assert monday.same_days(monday)
    assert not monday.same_days(both)
    assert not both.same_days(monday)
    every_day = days(month_days=numbers(*range(1, 32)), both=False)
    assert every_day.same_days(days(weekdays=numbers(*range(7))))
    twenty_nine = days(numbers(2), numbers(29))
    assert not twenty_nine.same_days(days(numbers(2), numbers(30)))
    assert not days(numbers(2), numbers(30)).same_days(twenty_nine)
