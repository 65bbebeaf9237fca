import subprocess
import sys
from datetime import UTC, datetime

import pytest
from croniter import CroniterBadDateError, croniter
from expressions import five_fields
from hypothesis import assume, given

from immichlint.schedules.crontab import parse
from immichlint.schedules.schedule import ScheduleError, next_runs

FIRST = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "runs"),
    [
        ("0 3 * * 7", ["01-03 03:00", "01-10 03:00"]),
        ("0 3 * * SUN", ["01-03 03:00", "01-10 03:00"]),
        ("0 3 * * 1-7", ["01-01 03:00", "01-02 03:00"]),
        ("0 3 * * sat-sun", ["01-02 03:00", "01-03 03:00"]),
        ("0 3 * * fri-mon", ["01-01 03:00", "01-02 03:00"]),
        ("0 22-2 * * *", ["01-01 01:00", "01-01 02:00"]),
        ("0 3 1-1 * *", ["01-01 03:00", "02-01 03:00"]),
        ("0 3 15 * 1", ["01-04 03:00", "01-11 03:00"]),
        # One field starts with a star: both must match.
        ("0 3 */2 * 1", ["01-11 03:00", "01-25 03:00"]),
        ("0 3 1-31/2 * 1", ["01-01 03:00", "01-03 03:00"]),
        ("0 3 1,* * 5", ["01-01 03:00", "01-02 03:00"]),
        ("0 3 1-31 * 5", ["01-01 03:00", "01-02 03:00"]),
        ("0 0/6 * * *", ["01-01 06:00", "01-01 12:00"]),
        ("59/15 3 * * *", ["01-01 03:59", "01-02 03:59"]),
        ("@weekly", ["01-03 00:00", "01-10 00:00"]),
        (" 0\t3 * * *\n", ["01-01 03:00", "01-02 03:00"]),
    ],
)
def test_next_runs(expression: str, runs: list[str]) -> None:
    assert [f"{run:%m-%d %H:%M}" for run in next_runs(parse(expression), FIRST, 2)] == runs


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "0 3 * *",
        "0 0 3 * * *",
        "0 0 3 * * * 2027",
        "0 3 L * *",
        "0 3 15W * *",
        "0 3 * * 5#2",
        "0 3 * * L5",
        "R 3 * * *",
        "H 3 * * *",
        "R(0-9) 3 * * *",
        "0 3 ? * *",
        "0 3 0 * *",
        "0 3 * 0 *",
        "0 24 * * *",
        "60 3 * * *",
        "0 3 * * 8",
        "0 3 1,,2 * *",
        "0 3 , * *",
        "*/0 3 * * *",
        "*/x 3 * * *",
        "1/2/3 3 * * *",
        "1-2-3 3 * * *",
        "-1 3 * * *",
        "0 3 * january *",
        "0 0 0/12 * *",
        "@reboot",
        "@Daily",
        "@every 1h",
        "0\u00a03 * * *",
        "\ud800 3 * * *",
    ],
)
def test_what_crontab_does_not_know_is_rejected(expression: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        parse(expression)
    assert str(caught.value)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("0 3 * *", "crontab(5) takes five fields, found 4"),
        ("0 0 3 * * *", "crontab(5) takes five fields, found 6"),
        ("60 3 * * *", "minute: 60 is not between 0 and 59"),
        ("0 24 * * *", "hour: 24 is not between 0 and 23"),
        ("0 3 0 * *", "day of month: 0 is not between 1 and 31"),
        ("0 3 1-32 * *", "day of month: 32 is not between 1 and 31"),
        ("0 3 * 13 *", "month: 13 is not between 1 and 12"),
        ("0 3 * 0 *", "month: 0 is not between 1 and 12"),
        ("0 3 * * 8", "day of week: 8 is not between 0 and 7"),
        ("0 999999999 * * *", "hour: 999999999 is not between 0 and 23"),
        ("0 1000000000 * * *", "hour: crontab(5) does not know '1000000000'"),
        ("0 3 * * may", "day of week: crontab(5) does not know 'may'"),
        ("0 3/0 * * *", "hour: crontab(5) knows no step like '3/0'"),
        ("0 3/1/2 * * *", "hour: crontab(5) knows no step like '3/1/2'"),
        ("0 3/ * * *", "hour: crontab(5) knows no step like '3/'"),
        ("0 */1000000000 * * *", "hour: crontab(5) knows no step like '*/1000000000'"),
        ("0 1-2-3 * * *", "hour: crontab(5) knows no range like '1-2-3'"),
        ("@Daily", "crontab(5) knows no schedule named @Daily"),
        ("0 3 * * *" + " " * 992, "crontab(5)'s reading of more than 1,000 characters is not known"),
    ],
)
def test_the_reason_names_the_field_and_its_bounds(expression: str, reason: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        parse(expression)
    assert str(caught.value) == reason


def test_a_thousand_characters_are_read() -> None:
    assert parse("0 3 * * *" + " " * 991).same_runs(parse("0 3 * * *"))


@pytest.mark.parametrize(
    ("expression", "like"),
    [
        ("59/5 3 * * *", "59 3 * * *"),
        ("50/5 3 * * *", "50,55 3 * * *"),
        ("0 3 * * 7/2", "0 3 * * 0"),
        ("0 3 * * 5/1", "0 3 * * 5,6"),
        ("0 5-5/2 * * *", "0 5 * * *"),
        ("0 0-6/3 * * *", "0 0,3,6 * * *"),
        ("0 3 31/9 * 1", "0 3 31 * 1"),
        ("0 3 1,*/30 * 1", "0 3 1,31 * 1"),
    ],
)
def test_a_step_goes_on_to_the_end_of_its_field(expression: str, like: str) -> None:
    assert parse(expression).same_runs(parse(like))


@given(five_fields)
def test_the_runs_are_croniters(expression: str) -> None:
    # croniter reads `1-1` as the whole field and a star anywhere in a list as a leading one.
    items = [item.lower() for text in expression.split() for item in text.split(",")]
    spans = [item.partition("/")[0].split("-") for item in items]
    values = [[END.get(end, end) for end in span] for span in spans]
    assume(not any(len(span) == 2 and span[0] == span[1] for span in values))
    assume(not any("*" in item for text in expression.split() for item in text.split(",")[1:]))
    theirs = croniter(expression, FIRST, ret_type=datetime, implement_cron_bug=True)
    ours = parse(expression)
    try:
        expected = [theirs.get_next() for _ in range(5)]
    except CroniterBadDateError:
        assert ours.never
        return
    assert next_runs(ours, FIRST, 5) == expected


END = {
    **{name: str(n) for n, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))},
    **{
        name: str(n)
        for n, name in enumerate(
            ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
        )
    },
}


def test_croniter_is_imported_only_where_crontab_is_read() -> None:
    code = (
        "import sys; from immichlint.schedules import cnpg, crontab, judgement, preview, retention;"
        "cnpg.parse('0 0 3 * * *'); assert 'croniter' not in sys.modules;"
        "crontab.parse('0 3 * * *'); assert 'croniter' in sys.modules;"
        "print(*(name for name in sys.modules if name.startswith('immichlint.')))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {name.split(".")[1] for name in ran.stdout.split()} == {"schedules", "named_tuple"}
