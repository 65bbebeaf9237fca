import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from expressions import few_a_day, six_fields
from hypothesis import given
from hypothesis import strategies as st

from immichlint.schedules.cnpg import parse
from immichlint.schedules.schedule import CalendarSchedule, ScheduleError, next_runs

TESTS = Path(__file__).parent.parent
OUTCOMES = TESTS / "fixtures" / "schedules" / "cnpg-outcomes.jsonl"
ORACLE = TESTS.parent.parent / "shared" / "oracles" / "cnpg-cron.jsonl"
CAP = 200_000


def outcome(expression: str, start: datetime) -> dict[str, Any]:
    """What we say of an expression, in the fixture's form."""
    try:
        schedule = parse(expression)
    except ScheduleError as error:
        return {"expression": expression, "rejected": str(error)}
    return {
        "expression": expression,
        "runs": schedule.runs_between(start, start + timedelta(days=366), CAP),
        "seconds": [int((run - start).total_seconds()) for run in next_runs(schedule, start, 5)],
    }


def test_agrees_with_robfig_cron_on_every_recorded_expression(start: datetime) -> None:
    recorded = [json.loads(line) for line in OUTCOMES.read_text(encoding="utf-8").splitlines()]
    assert len(recorded) == 2554
    assert [outcome(row["expression"], start) for row in recorded] == recorded


@pytest.mark.skipif(not ORACLE.exists(), reason="the recorded oracle is not beside this checkout")
def test_the_fixture_says_what_the_oracle_says(start: datetime) -> None:
    oracle = [json.loads(line) for line in ORACLE.read_text(encoding="utf-8").splitlines()]
    recorded = [json.loads(line) for line in OUTCOMES.read_text(encoding="utf-8").splitlines()]
    for theirs, ours in zip(oracle, recorded, strict=True):
        assert theirs["expr"] == ours["expression"]
        assert theirs.get("error") == ours.get("rejected")
        assert theirs.get("n_year") == ours.get("runs")
        instants = [start + timedelta(seconds=seconds) for seconds in ours.get("seconds", [])]
        assert [f"{instant:%Y-%m-%dT%H:%M:%SZ}" for instant in instants] == (theirs.get("next") or [])


# C§1.3: the expression, runs on a day that has any, and days with runs in 2026.
ACCEPTED = [
    ("0 0 3 * * *", 1, 365),
    ("0 3 * * *", 24, 365),
    ("0 0 * * *", 24, 365),
    ("30 2 * * *", 24, 365),
    ("*/15 * * * *", 5760, 365),
    ("0 */6 * * *", 240, 365),
    ("0 3 * * 1", 24, 31),
    ("0 3 * * 1-5", 24, 151),
    ("0 3 * * 7", 24, 31),
    ("0 3 1 * *", 1, 365),
    ("0 0 */6 * * *", 4, 365),
    ("0 0 2,14 * * *", 2, 365),
    ("0 0 3 * * 0", 1, 52),
    ("0 0 3 * * SUN", 1, 52),
    ("0 0 3 * * MON-FRI", 1, 261),
    ("0 0 3 ? * *", 1, 365),
    ("* 0 3 * * *", 60, 365),
    ("0 * 3 * * *", 60, 365),
    ("* * * * * *", 86400, 365),
    ("0 * * * * *", 1440, 365),
    ("0 0 * * * *", 24, 365),
    ("0 3 * * * *", 24, 365),
    ("0 0 3 * JAN *", 1, 31),
    ("0 0 3 1 * 1", 1, 63),
    ("0 0 3 */2 * 1", 1, 26),
    ("0 0 3 1-7 * 0", 1, 124),
    ("0 0 3 31 2 *", 0, 0),
    ("0 0 3 29 2 *", 1, 0),
    ("@daily", 1, 365),
    ("@midnight", 1, 365),
    ("@weekly", 1, 52),
    ("@hourly", 24, 365),
    ("0 */90 * * * *", 24, 365),
    ("0 0 */48 * * *", 1, 365),
    ("0 0 22-23,0-2 * * *", 5, 365),
    ("0 5/15 * * * *", 96, 365),
    ("0 0 , * * *", 0, 0),
    ("00 00 03 * * *", 1, 365),
    ("0 0 +3 * * *", 1, 365),
]


@pytest.mark.parametrize(("expression", "per_day", "days"), ACCEPTED)
def test_facts_of_accepted_expressions(expression: str, per_day: int, days: int) -> None:
    schedule = parse(expression)
    assert schedule.runs_per_day_max == per_day
    year = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    assert schedule.runs_between(*year) == per_day * days
    assert schedule.never == (per_day == 0)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("0 3 * * 0", "Beginning of range (0) below minimum (1): 0"),
        ("0 3 * * MON", 'Failed to parse int from MON: strconv.Atoi: parsing "MON": invalid syntax'),
        ("0 0 3 * * 7", "End of range (7) above maximum (6): 7"),
        ("0 0 3 * * sat-sun", "Beginning of range (6) beyond end of range (0): sat-sun"),
        ("0 0 24 * * *", "End of range (24) above maximum (23): 24"),
        ("0 60 3 * * *", "End of range (60) above maximum (59): 60"),
        ("60 0 3 * * *", "End of range (60) above maximum (59): 60"),
        ("0 0 3 0 * *", "Beginning of range (0) below minimum (1): 0"),
        ("0 0 3 32 * *", "End of range (32) above maximum (31): 32"),
        ("0 0 3 * 13 *", "End of range (13) above maximum (12): 13"),
        ("0 0 3 * january *", 'Failed to parse int from january: strconv.Atoi: parsing "january": invalid syntax'),
        ("0 0 3 L * *", 'Failed to parse int from L: strconv.Atoi: parsing "L": invalid syntax'),
        ("0 0 3 * * 5#2", 'Failed to parse int from 5#2: strconv.Atoi: parsing "5#2": invalid syntax'),
        ("@every 1d", 'Failed to parse duration @every 1d: time: unknown unit "d" in duration "1d"'),
        ("@reboot", "Unrecognized descriptor: @reboot"),
        ("@Daily", "Unrecognized descriptor: @Daily"),
        ("@daily ", "Unrecognized descriptor: @daily "),
        (" @daily", "Expected 5 to 6 fields, found 1:  @daily"),
        ("0 3 * *", "Expected 5 to 6 fields, found 4: 0 3 * *"),
        ("0 0 3 * * * 2027", "Expected 5 to 6 fields, found 7: 0 0 3 * * * 2027"),
        ("TZ=UTC 0 0 3 * * *", "Expected 5 to 6 fields, found 7: TZ=UTC 0 0 3 * * *"),
        ("0 0 3 */0 * *", "Step of range should be a positive number: */0"),
        ("0 0 3 */-1 * *", "Negative number (-1) not allowed: -1"),
        ("0 0 22-2 * * *", "Beginning of range (22) beyond end of range (2): 22-2"),
        ("0 0 -3 * * *", 'Failed to parse int from : strconv.Atoi: parsing "": invalid syntax'),
        ("0 0 3.5 * * *", 'Failed to parse int from 3.5: strconv.Atoi: parsing "3.5": invalid syntax'),
        ("0 0 1-2-3 * * *", "Too many hyphens: 1-2-3"),
        ("0 0 1/2/3 * * *", "Too many slashes: 1/2/3"),
        ("", "Empty spec string"),
        ("   ", "Expected 5 to 6 fields, found 0:    "),
    ],
)
def test_reasons_of_rejected_expressions(expression: str, reason: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        parse(expression)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("expression", "delay", "per_day"),
    [
        ("@every 24h", timedelta(hours=24), 1),
        ("@every 1h30m", timedelta(minutes=90), 16),
        ("@every 1.5h", timedelta(minutes=90), 16),
        ("@every 7h", timedelta(hours=7), 4),
        ("@every 48h", timedelta(hours=48), 1),
        ("@every 0s", timedelta(seconds=1), 86400),
        ("@every -5m", timedelta(seconds=1), 86400),
        ("@every 1999ms", timedelta(seconds=1), 86400),
    ],
)
def test_every_counts_whole_seconds_from_the_last_check(
    expression: str, delay: timedelta, per_day: int, start: datetime
) -> None:
    schedule = parse(expression)
    assert schedule.fields == 0
    assert schedule.longest_gap == delay
    assert schedule.runs_per_day_max == per_day
    assert schedule.next(start + timedelta(milliseconds=500)) == start + delay


def test_the_number_of_fields_is_what_was_written() -> None:
    assert [parse(text).fields for text in ("0 0 3 * *", "0 0 3 * * *", "@daily")] == [5, 6, 0]


def test_the_search_ends_with_the_fifth_year() -> None:
    leap_day = parse("0 0 3 29 2 *")
    assert leap_day.next(datetime(2096, 2, 29, 3, tzinfo=UTC)) is None
    assert leap_day.next(datetime(2099, 1, 1, tzinfo=UTC)) == datetime(2104, 2, 29, 3, tzinfo=UTC)
    assert leap_day.years_between_runs_max == 8
    assert parse("0 0 3 1 1 *").years_between_runs_max == 1


def test_nothing_comes_after_the_last_year() -> None:
    end = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert parse("* * * * * *").next(end) is None
    assert parse("0 0 3 * * *").next(end - timedelta(hours=1)) is None
    assert parse("@every 1s").next(end) is None
    assert parse("0 0 3 1 1 *").next(datetime(9999, 6, 1, tzinfo=UTC)) is None


def test_an_instant_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        parse("@daily").next(datetime(2027, 1, 1))


@pytest.mark.parametrize(
    ("expression", "gap"),
    [
        ("0 0 3 * * *", timedelta(days=1)),
        ("0 0 2,14 * * *", timedelta(hours=12)),
        ("0 0 3 * * 0", timedelta(days=7)),
        ("0 0 3 1 * *", timedelta(days=31)),
        ("0 0 3 31 * *", timedelta(days=61)),
        ("0 0 3 1 1 *", timedelta(days=366)),
        ("0 0 3 29 2 *", timedelta(days=2921)),
        ("0 0 3,6 * * 1-5", timedelta(days=2, hours=21)),
        ("0 0 3 31 2 *", None),
    ],
)
def test_the_longest_gap(expression: str, gap: timedelta | None) -> None:
    assert parse(expression).longest_gap == gap


def test_months_left_out() -> None:
    assert parse("0 3 * * 1-5").months_left_out == (6, 7, 8, 9, 10, 11, 12)
    assert parse("0 0 3 30 * *").months_left_out == (2,)
    assert parse("0 0 3 31 2 *").months_left_out == tuple(range(1, 13))
    assert parse("0 0 3 31 * 1").months_left_out == ()


def test_times_of_day_at_which_it_runs() -> None:
    schedule = parse("0 2 0 * * *")
    assert schedule.runs_at(0, 2)
    assert not schedule.runs_at(2, 0)


instants = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))


def robfig_next(schedule: CalendarSchedule, after: datetime) -> datetime | None:
    """The next run by trying every second, hour by hour: slow and plain."""
    instant = after.replace(microsecond=0) + timedelta(seconds=1)
    limit = instant.year + 5
    days = schedule.days
    while instant.year <= limit:
        dated = bool(days.month_days >> instant.day & 1)
        on_weekday = bool(days.weekdays >> instant.isoweekday() % 7 & 1)
        matches = (dated and on_weekday) if days.both else (dated or on_weekday)
        if not days.months >> instant.month & 1 or not matches:
            instant = instant.replace(hour=0, minute=0, second=0) + timedelta(days=1)
        elif not schedule.clock.hours >> instant.hour & 1:
            instant = instant.replace(minute=0, second=0) + timedelta(hours=1)
        elif not schedule.clock.minutes >> instant.minute & 1:
            instant = instant.replace(second=0) + timedelta(minutes=1)
        elif not schedule.clock.seconds >> instant.second & 1:
            instant += timedelta(seconds=1)
        else:
            return instant
    return None


@given(six_fields, instants)
def test_next_is_what_trying_every_second_finds(expression: str, after: datetime) -> None:
    schedule = parse(expression)
    assert isinstance(schedule, CalendarSchedule)
    assert schedule.next(after) == robfig_next(schedule, after)


@given(few_a_day, instants, st.integers(0, 900))
def test_counting_equals_walking_from_run_to_run(expression: str, begin: datetime, days: int) -> None:
    schedule = parse(expression)
    end = begin + timedelta(days=days, hours=5)
    walked = 0
    run = schedule.next(begin - timedelta(microseconds=1) if begin.microsecond == 0 else begin)
    while run is not None and run < end:
        walked += 1
        run = schedule.next(run)
    assert schedule.runs_between(begin, end) == walked
    assert schedule.runs_between(begin, end, 3) == min(3, walked)


@given(few_a_day)
def test_no_gap_is_longer_than_the_longest(expression: str) -> None:
    schedule = parse(expression)
    runs = next_runs(schedule, datetime(2027, 1, 1, tzinfo=UTC), 60)
    widest = max((after - before for before, after in itertools.pairwise(runs)), default=timedelta())
    assert (schedule.longest_gap or timedelta()) >= widest
    assert {run.month for run in runs}.isdisjoint(schedule.months_left_out)


@pytest.mark.parametrize(
    "expression",
    ["* * * * * *", "*/2 * * * * *", "0 0 3 31 2 *", "0 0 , * * *", "0 0 3 29 2 */6", "0 0 3 * * *", "@every 1s"],
)
def test_counting_and_searching_take_few_steps(
    expression: str, start: datetime, lines_run: Callable[[Callable[[], object]], int]
) -> None:
    schedule = parse(expression)
    year = start + timedelta(days=366)
    assert lines_run(lambda: schedule.runs_between(start, year, CAP)) < 600
    assert lines_run(lambda: schedule.next(start)) < 600
    assert lines_run(lambda: schedule.longest_gap) < 15_000
    assert lines_run(lambda: parse(expression)) < 600


def test_a_century_of_seconds_is_counted_in_full(lines_run: Callable[[Callable[[], object]], int]) -> None:
    schedule = parse("* * * * * *")
    ends = datetime(2000, 1, 1, tzinfo=UTC), datetime(2400, 1, 1, tzinfo=UTC)
    assert schedule.runs_between(*ends) == 146_097 * 86_400
    assert lines_run(lambda: schedule.runs_between(*ends)) < 6_000
