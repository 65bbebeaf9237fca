"""When schedules run, counted and asked for: what rules about gaps, days and comments stand on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from immichlint.schedules import cnpg, crontab
from immichlint.schedules.repair import repair_invalid
from immichlint.schedules.several import longest_gap_of


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "hour", "minute", "runs"),
    [
        ("0 0 2 * * *", 2, 0, True),
        ("0 0 2 * * *", 2, 1, False),
        ("0 0 2 * * *", 3, 0, False),
        ("0 0 2 * * *", 1, 0, False),
        ("0 30 2 * * *", 2, 29, False),
        ("0 2 0 * * *", 2, 0, False),
        ("0 2 0 * * *", 0, 2, True),
        ("0 0 3 31 2 *", 3, 0, False),
    ],
)
def test_a_minute_of_the_day(expression: str, hour: int, minute: int, runs: bool) -> None:
    assert cnpg.parse(expression).runs_at(hour, minute) is runs


@pytest.mark.parametrize(
    ("expression", "start", "end", "runs"),
    [
        ("0,30 0,15,30 1,2 * * *", "2027-01-01T00:00:00", "2027-01-02T00:00:00", 12),
        ("0,30 0,15,30 1,2 * * *", "2027-01-01T00:00:00", "2027-01-01T02:00:00", 6),
        ("0,30 0,15,30 1,2 * * *", "2027-01-01T01:15:00", "2027-01-01T02:15:30", 7),
        ("0,30 0,15,30 1,2 * * *", "2027-01-01T01:15:30", "2027-01-01T01:30:00", 1),
    ],
)
def test_runs_between_two_instants(expression: str, start: str, end: str, runs: int) -> None:
    schedule = cnpg.parse(expression)
    found = []
    after: datetime | None = at(start) - timedelta(seconds=1)
    while after is not None and (after := schedule.next(after)) is not None and after < at(end):
        found.append(after)
    assert len(found) == runs
    assert schedule.runs_between(at(start), at(end)) == runs


@pytest.mark.parametrize("expression", ["0 0 3 * * *", "@every 1h", "0 0 3 31 2 *"])
def test_no_time_has_no_runs(expression: str) -> None:
    schedule = cnpg.parse(expression)
    noon = at("2027-01-01T12:00:00")
    assert schedule.runs_between(noon, noon) == 0
    assert schedule.runs_between(noon, at("2027-01-01T01:00:00")) == 0
    assert schedule.runs_between(noon, at("2026-12-01T01:00:00")) == 0


def test_runs_of_a_delay_are_counted_from_the_beginning() -> None:
    schedule, start = cnpg.parse("@every 1h"), at("2027-01-01T00:00:00")
    ends = {"00:59:59": 0, "01:00:00": 0, "01:00:01": 1, "02:00:00": 1, "02:00:01": 2}
    assert {end: schedule.runs_between(start, at(f"2027-01-01T{end}")) for end in ends} == ends
    assert schedule.runs_between(start, at("2027-02-01T00:00:00"), cap=5) == 5


def test_delays_are_the_same_where_they_are_as_long() -> None:
    hourly = cnpg.parse("@every 1h")
    assert hourly.same_runs(cnpg.parse("@every 60m"))
    assert not hourly.same_runs(cnpg.parse("@every 2h"))
    assert not hourly.same_runs(cnpg.parse("@every 30m"))
    assert not hourly.same_runs(cnpg.parse("@hourly"))
    assert not cnpg.parse("@hourly").same_runs(hourly)
    never = cnpg.parse("0 0 3 31 2 *")
    assert never.same_runs(cnpg.parse("0 0 3 30 2 *"))
    assert not never.same_runs(hourly)
    assert not never.same_runs(cnpg.parse("@daily"))
    assert not cnpg.parse("@daily").same_runs(never)


@pytest.mark.parametrize(("expression", "years"), [("@every 24h", 1), ("@every 8783h", 1), ("@every 8784h", 2)])
def test_calendar_years_between_runs(expression: str, years: int) -> None:
    assert cnpg.parse(expression).years_between_runs_max == years


def test_a_delay_has_no_fields_and_leaves_nothing_out() -> None:
    hourly = cnpg.parse("@every 1h")
    assert (hourly.fields, hourly.never, hourly.months_left_out) == (0, False, ())
    assert hourly.longest_gap == timedelta(hours=1)
    assert (hourly.runs_per_day_max, cnpg.parse("@every 7h").runs_per_day_max) == (24, 4)
    assert hourly.runs_at(3, 17)


def test_a_nickname_has_no_fields() -> None:
    assert crontab.parse("0 3 * * *").fields == 5
    assert crontab.parse("@daily").fields == 0
    assert crontab.parse("@daily").expression == "@daily"


@pytest.mark.parametrize(
    ("expression", "mended"),
    [
        ("0 0 3 * * 7-7", "0 0 3 * * 0"),
        ("0 0 3 * * 7-2", "0 0 3 * * 0-2"),
        ("0 0 3 * * 5-7", "0 0 3 * * 5-6,0"),
        ("0 0 3 * * 0-7", "0 0 3 * * 0-6"),
        ("0 0 3 * * 5-2", "0 0 3 * * 5-6,0-2"),
    ],
)
def test_weekdays_around_the_end_of_the_week(expression: str, mended: str) -> None:
    assert repair_invalid(expression) == mended


@pytest.mark.parametrize(
    ("expression", "days"),
    [("0 30 2 * * 1", 7), ("0 0 3 1 * *", 31), ("0 0 3 29 2 *", 8 * 365 + 1), ("@every 48h", None)],
)
def test_copies_of_one_schedule_run_as_seldom_as_one(expression: str, days: int | None) -> None:
    copies = [cnpg.parse(expression), cnpg.parse(expression)]
    assert longest_gap_of(copies) == (timedelta(days=days) if days is not None else None)
