import pytest
from expressions import five_fields
from hypothesis import given

from immichlint.schedules import cnpg
from immichlint.schedules.judgement import judge_five_fields


@pytest.mark.parametrize(
    ("expression", "severity", "runs", "fixes", "message"),
    [
        (
            "0 0 * * *",
            "error",
            24,
            ["0 0 0 * * *"],
            "CNPG reads five fields as second minute hour day month: this runs at minute 0 of every hour, "
            "24 times a day, not daily at 00:00. Write `0 0 0 * * *`.",
        ),
        (
            "0 3 * * 0",
            "error",
            0,
            ["0 0 3 * * 0"],
            "CNPG reads five fields as second minute hour day month and rejects this: Beginning of range (0) "
            "below minimum (1): 0. crontab(5) would run it at 03:00 on Sundays. Write `0 0 3 * * 0`.",
        ),
        (
            "0 3 * * 1",
            "error",
            24,
            ["0 0 3 * * 1"],
            "CNPG reads five fields as second minute hour day month: this runs hourly at minute 3 in January "
            "only, 24 times a day, not at 03:00 on Mondays. Write `0 0 3 * * 1`.",
        ),
        (
            "0 0 12 * *",
            "warning",
            1,
            ["0 0 0 12 * *", "0 0 12 * * *"],
            "CNPG reads five fields as second minute hour day month: this runs daily at 12:00, once a day; "
            "crontab(5) would run it at 00:00 on day 12 of every month. Write `0 0 0 12 * *` to run at 00:00 on "
            "day 12 of every month, or `0 0 12 * * *` to run daily at 12:00.",
        ),
        (
            "0 0 0/12 * *",
            "info",
            2,
            ["0 0 0/12 * * *"],
            "CNPG reads five fields as second minute hour day month: this runs daily at 00:00 and 12:00, twice "
            "a day. That is sane, but the weekday is left out, and the webhook warns. Write `0 0 0/12 * * *`.",
        ),
        (
            "0 3 , * *",
            "error",
            0,
            [],
            "CNPG reads five fields as second minute hour day month: this never runs. crontab(5) rejects it. "
            "Write six fields, second minute hour day month weekday: `0 0 3 * * *` is daily at 03:00.",
        ),
        (
            "x 3 * * *",
            "error",
            0,
            [],
            "CNPG reads five fields as second minute hour day month and rejects this: Failed to parse int from "
            'x: strconv.Atoi: parsing "x": invalid syntax. crontab(5) rejects it too. Write six fields, second '
            "minute hour day month weekday: `0 0 3 * * *` is daily at 03:00.",
        ),
    ],
)
def test_judgements(expression: str, severity: str, runs: int, fixes: list[str], message: str) -> None:
    judged = judge_five_fields(expression)
    assert judged is not None
    assert judged.severity == severity
    assert judged.runs_per_day == runs
    assert [fix.expression for fix in judged.fixes] == fixes
    assert judged.certain == (len(fixes) == 1)
    assert judged.message == message


def test_the_first_of_two_readings_is_crontabs() -> None:
    judged = judge_five_fields("0 3 1 * *")
    assert judged is not None
    assert [(fix.reading, fix.words) for fix in judged.fixes] == [
        ("crontab", "at 03:00 on day 1 of every month"),
        ("cnpg", "daily at 01:03"),
    ]
    assert not judged.certain


@pytest.mark.parametrize("expression", ["", "0 0 3 * * *", "0 3 * *", "@daily", "@every 1 2 3 4", "@ 0 3 * *"])
def test_other_texts_are_not_judged(expression: str) -> None:
    assert judge_five_fields(expression) is None


@given(five_fields)
def test_the_severity_follows_from_both_readings(expression: str) -> None:
    judged = judge_five_fields(expression)
    assert judged is not None
    bad = judged.cnpg is None or judged.runs_per_day > 6 or bool(judged.cnpg.months_left_out)
    assert judged.severity == ("error" if bad else "info" if judged.crontab is None else "warning")
    for fix in judged.fixes:
        assert cnpg.parse(fix.expression).fields == 6
        assert f"`{fix.expression}`" in judged.message
