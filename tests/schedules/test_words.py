from datetime import UTC, date, datetime, timedelta

import pytest
from expressions import few_a_day, six_fields
from hypothesis import given
from phrases import read

from immichlint.schedules import cnpg, crontab
from immichlint.schedules.recurrence import members
from immichlint.schedules.schedule import CalendarSchedule
from immichlint.schedules.words import describe, times_a_day

DAYS = [date(2027, 1, 1) + timedelta(days=day) for day in range(731)]


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("0 0 * * *", "at minute 0 of every hour"),
        ("*/15 * * * *", "every 15 seconds"),
        ("0 */6 * * *", "every 6 minutes"),
        ("0 3 * * 1", "hourly at minute 3 in January only"),
        ("0 3 * * 1-5", "hourly at minute 3 in January to May only"),
        ("30 2 * * *", "at second 30 of minute 2 of every hour"),
        ("10 * * * * *", "at second 10 of every minute"),
        ("0 0 3 * * *", "daily at 03:00"),
        ("5 0 3 * * *", "daily at 03:00:05"),
        ("0 0 */6 * * *", "daily at 00:00, 06:00, 12:00 and 18:00"),
        ("0 30 */2 * * *", "every 2 hours at minute 30"),
        ("0 0 3 * * SUN", "at 03:00 on Sundays"),
        ("0 0 3 * * MON-FRI", "at 03:00 on Mondays to Fridays"),
        ("0 0 3 1 * *", "at 03:00 on day 1 of every month"),
        ("0 0 3 31 * *", "at 03:00 on day 31 of every month that has it"),
        ("0 0 3 29 2 *", "at 03:00 on day 29 of February where it exists"),
        ("0 0 3 1 * 1", "at 03:00 on day 1 of every month and on Mondays"),
        ("0 0 3 1 6 1", "at 03:00 on day 1 of June and on Mondays in June"),
        ("0 0 3 */15 * 1", "at 03:00 on the Mondays among days 1, 16 and 31 of every month as far as it has them"),
        ("* 0 3 * * *", "every second from 03:00:00 to 03:00:59"),
        ("0 * 3 * * *", "every minute from 03:00 to 03:59"),
        ("0 */15 3-5 * * 1,3", "every 15 minutes from 03:00 to 05:45 on Mondays and Wednesdays"),
        ("* * * * * *", "every second"),
        ("0 * * * * *", "every minute"),
        ("0 0 3 31 2 *", "never"),
        ("@weekly", "at 00:00 on Sundays"),
        ("@every 24h", "every 24 hours, counted from the last check"),
        ("@every 1h30m", "every 1 hour 30 minutes, counted from the last check"),
    ],
)
def test_words_for_cnpg(expression: str, words: str) -> None:
    assert describe(cnpg.parse(expression)) == words


def test_both_readers_share_the_words() -> None:
    assert describe(crontab.parse("0 0 * * *")) == "daily at 00:00"
    assert describe(crontab.parse("0 3 * * 7")) == "at 03:00 on Sundays"


def says_what_happens(expression: str) -> None:
    schedule = cnpg.parse(expression)
    assert isinstance(schedule, CalendarSchedule)
    words = describe(schedule)
    if schedule.never:
        assert words == "never"
        return
    claim = read(words)
    clock = schedule.clock
    assert claim.seconds == {
        hour * 3600 + minute * 60 + second
        for hour in members(clock.hours)
        for minute in members(clock.minutes)
        for second in members(clock.seconds)
    }, words
    claimed = {day for day in DAYS if claim.covers(day)}
    in_years = {year: schedule.days.in_year(year) for year in range(2027, 2029)}
    assert claimed == {day for day in DAYS if in_years[day.year] >> day.timetuple().tm_yday - 1 & 1}, words


@given(six_fields)
def test_the_words_claim_exactly_the_runs(expression: str) -> None:
    says_what_happens(expression)


@given(few_a_day)
def test_the_words_claim_exactly_the_runs_of_a_few_a_day(expression: str) -> None:
    says_what_happens(expression)


@pytest.mark.parametrize("second", ["0", "*", "*/20", "7", "3,9"])
@pytest.mark.parametrize("minute", ["0", "*", "*/15", "7", "5,20,35"])
@pytest.mark.parametrize("hour", ["0", "*", "*/3", "7", "3-5", "3,9"])
def test_the_words_claim_exactly_the_times_in_every_form(second: str, minute: str, hour: str) -> None:
    for days in ("* * *", "1 * *", "* 2 *", "* 1-3 1,3", "31 * 5"):
        says_what_happens(f"{second} {minute} {hour} {days}")


def test_a_phrase_is_checked_against_a_run(start: datetime) -> None:
    run = cnpg.parse("0 0 3 * * 0").next(start)
    assert run == datetime(2027, 1, 3, 3, tzinfo=UTC)
    assert read("at 03:00 on Sundays").covers(run.date())


def test_times_a_day() -> None:
    assert [times_a_day(n) for n in (0, 1, 2, 24)] == ["on no day", "once a day", "twice a day", "24 times a day"]
