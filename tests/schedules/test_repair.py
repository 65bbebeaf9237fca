from datetime import UTC, datetime

import pytest
from expressions import five_fields
from hypothesis import example, given, settings
from hypothesis import strategies as st

from immichlint.schedules import cnpg, crontab
from immichlint.schedules.judgement import judge_five_fields
from immichlint.schedules.repair import (
    append_weekday,
    is_sane,
    put_second_in_front,
    repair_invalid,
    too_often_fix,
    without_second,
)
from immichlint.schedules.schedule import ScheduleError, next_runs

STARTS = (datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 6, 17, 13, 30, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    ("expression", "fixed"),
    [
        ("0 0 * * *", "0 0 0 * * *"),
        ("0 3 * * 0", "0 0 3 * * 0"),
        ("30 2 * * 7", "0 30 2 * * 0"),
        ("0  3 * * *\n", "0 0 3 * * *"),
        ("0 3 * * sat-sun", "0 0 3 * * sat,sun"),
        ("0 3 * * fri-mon", "0 0 3 * * fri-sat,sun-mon"),
        ("0 3 * * FRI-mon", "0 0 3 * * FRI-SAT,sun-mon"),
        ("0 3 * * 5-7", "0 0 3 * * 5-6,0"),
        ("0 3 * * 6-7", "0 0 3 * * 6,0"),
        ("0 3 * * 0-7", "0 0 3 * * 0-6"),
        ("0 3 * * 7-2", "0 0 3 * * 0-2"),
        ("0 3 * * 1-7/2", "0 0 3 * * 1-6/2,0"),
        ("0 3 * * 1-7/4", "0 0 3 * * 1-6/4"),
        ("0 22-2 * * *", "0 0 22-23,0-2 * * *"),
        ("0 3 * nov-feb *", "0 0 3 * nov-dec,jan-feb *"),
        ("0 0/6 * * *", "0 0 0/6 * * *"),
        # Both take a leading star for "and".
        ("0 3 */2 * 1", "0 0 3 */2 * 1"),
        # crontab(5) takes the first character for the star, CNPG any item.
        ("0 3 1,*/2 * 1", None),
        # No crontab(5) reading, and CNPG's is sane.
        ("0 0 0/12 * *", "0 0 0/12 * * *"),
        # No crontab(5) reading, and CNPG's is not sane either.
        ("0 3 ? * *", None),
        ("0 3 31 2 *", None),
        ("a b c d e", None),
        ("0 3 22-2/2 * 1", None),
        ("0 0 3 * * *", None),
        ("@daily", None),
        ("", None),
    ],
)
def test_what_five_fields_meant(expression: str, fixed: str | None) -> None:
    judged = judge_five_fields(expression)
    fixes = judged.fixes if judged is not None else ()
    assert [fix.expression for fix in fixes[:1]] == ([] if fixed is None else [fixed])


@settings(max_examples=3 * settings.default.max_examples)
@given(five_fields)
@example("0 3 */2 * 1")
@example("0 3 1,*/2 * 1")
@example("0 3 1-31 * 1")
@example("0 3 * * 7-7")
def test_the_fix_runs_when_crontab_would(expression: str) -> None:
    fixed = put_second_in_front(expression)
    if fixed is None:
        return
    assert fixed.startswith("0 ")
    mended, meant = cnpg.parse(fixed), crontab.parse(expression)
    for start in STARTS:
        expected = next_runs(meant, start, 5)
        found = next_runs(mended, start, 5)
        # CNPG looks five years ahead, crontab(5) for ever.
        assert found == expected[: len(found)]
        assert len(found) == len(expected) or mended.years_between_runs_max > 5


plain_five_fields = st.tuples(
    st.integers(0, 59).map(str),
    st.integers(0, 23).map(str),
    st.sampled_from(["*", "1", "15", "1,15", "*/2", "1-7"]),
    st.sampled_from(["*", "1", "jan-mar", "nov-feb", "*/3"]),
    st.sampled_from(["*", "0", "7", "sun", "mon-fri", "sat-sun", "fri-mon", "5-7", "1,7", "SAT", "0-7"]),
).map(" ".join)


@given(plain_five_fields)
def test_what_people_write_has_a_fix(expression: str) -> None:
    assert put_second_in_front(expression) is not None


@pytest.mark.parametrize(
    ("expression", "fixed"),
    [
        ("0 0 3 * * 7", "0 0 3 * * 0"),
        ("15 0 3 * * 7", "15 0 3 * * 0"),
        ("0 0 3 ? * 7", "0 0 3 ? * 0"),
        ("0 0 3 * * sat-sun", "0 0 3 * * sat,sun"),
        ("0 0 3 * * FRI-7", "0 0 3 * * FRI-6,0"),
        ("0 0 22-2 * * *", "0 0 22-23,0-2 * * *"),
        ("@Daily", "@daily"),
        ("@daily ", "@daily"),
        (" @daily", "@daily"),
        ("@every 1d", "@every 24h"),
        ("@every 1d12h", "@every 36h"),
        ("@every 2w30m", "@every 336h30m"),
        ("@Every  6h", "@every 6h"),
        ("0 0 3 * * *", None),
        ("@daily", None),
        ("@every 0d", None),
        ("@every 1d2", None),
        ("@every 1mo", None),
        ("@reboot", None),
        ("0 0 3 L * *", None),
        ("0 0 3 15W * *", None),
        ("0 0 3 * * 5#2", None),
        ("0 0 3 * * * 2027", None),
        ("TZ=UTC 0 0 3 * * *", None),
        ("CRON_TZ=UTC 0 3 * * 7", None),
        ("0 0 24 * * *", None),
        ("0 0 3 31 2 7", "0 0 3 31 2 0"),
        ("61 0 3 * * 7", None),
        ("0 3 * * 0", None),
        ("", None),
    ],
)
def test_repair_invalid(expression: str, fixed: str | None) -> None:
    assert repair_invalid(expression) == fixed


@given(st.tuples(st.integers(0, 59).map(str), five_fields).map(" ".join))
def test_a_repaired_expression_is_accepted_and_keeps_its_meaning(expression: str) -> None:
    fixed = repair_invalid(expression)
    if fixed is None:
        return
    with pytest.raises(ScheduleError):
        cnpg.parse(expression)
    second, five = expression.split(" ", 1)
    meant = next_runs(crontab.parse(five), STARTS[0], 1)
    assert cnpg.parse(fixed).next(STARTS[0]) in [run.replace(second=int(second)) for run in meant] or (
        int(second) and meant
    )


@pytest.mark.parametrize(
    ("expression", "fixed"),
    [
        ("0 3 * * * *", "0 0 3 * * *"),
        ("0 0 * * * *", None),
        ("* 0 3 * * *", "0 0 3 * * *"),
        ("0 3 * * 1 *", "0 0 3 * * 1"),
        ("* * * * * *", None),
        ("0 * * * * *", None),
        ("*/15 * * * * *", None),
        ("0 0 */2 * * *", None),
        ("0 0 3,6 * * *", None),
        ("0 3 * * *", None),
        ("@hourly", None),
    ],
)
def test_too_often_fix(expression: str, fixed: str | None) -> None:
    assert too_often_fix(expression) == fixed


@pytest.mark.parametrize(
    ("expression", "fixed"),
    [
        ("@every d", None),
        ("@every 9999999999d", None),
        ("@every 2d", "@every 48h"),
        ("@every 1w1d2h3m", "@every 194h3m"),
        ("@every 1d1d", "@every 48h"),
        ("@daily @daily", None),
        ("@Daily x", None),
        (" @Daily", "@daily"),
    ],
)
def test_descriptors(expression: str, fixed: str | None) -> None:
    assert repair_invalid(expression) == fixed


@pytest.mark.parametrize(
    ("expression", "fixed"),
    [
        ("0 0 3 * * Fri-Mon", "0 0 3 * * Fri-Sat,Sun-Mon"),
        ("0 0 3 * * FRI-MON", "0 0 3 * * FRI-SAT,SUN-MON"),
        ("0 0 3 * * fri-mon", "0 0 3 * * fri-sat,sun-mon"),
        ("0 0 3 * nov-feb *", "0 0 3 * nov-dec,jan-feb *"),
        ("0 0 22-3 * * *", "0 0 22-23,0-3 * * *"),
        ("0 50-10 3 * * *", "0 50-59,0-10 3 * * *"),
        ("0 0 3 25-5 * *", "0 0 3 25-31,1-5 * *"),
        ("0 0 3 * * 1-7/2", "0 0 3 * * 1-6/2,0"),
        ("0 0 3 * * 1-7/4", "0 0 3 * * 1-6/4"),
    ],
)
def test_ranges_that_wrap_are_written_as_they_were(expression: str, fixed: str) -> None:
    assert repair_invalid(expression) == fixed


def test_what_is_too_long_for_crontab_is_not_read_as_its() -> None:
    assert put_second_in_front("0 3 * * 1" + " " * 991) == "0 0 3 * * 1"
    assert put_second_in_front("0 3 * * 1" + " " * 992) is None


def test_without_second() -> None:
    assert without_second("\u0660 0 3 * * *") is None
    assert without_second("59 0 3 * * *") == "0 3 * * *"
    assert without_second("60 0 3 * * *") is None
    assert without_second("0 0 3 * * *") == "0 3 * * *"
    assert without_second("* 0 3 * * *") is None
    assert without_second("0 0 3 ? * *") is None
    assert without_second("0 3 * * *") is None


def test_sane_readings() -> None:
    assert is_sane(cnpg.parse("0 0 12 * *"))
    assert is_sane(cnpg.parse("0 0 */4 * * *"))
    assert not is_sane(cnpg.parse("0 0 */3 * * *"))
    assert not is_sane(cnpg.parse("0 0 3 * 1 *"))
    assert not is_sane(cnpg.parse("0 0 3 31 2 *"))


def test_a_weekday_is_appended_to_five_sane_fields_alone() -> None:
    assert append_weekday("0 0 3 * *") == "0 0 3 * * *"
    assert append_weekday("0 0 3 * * *") is None
    assert append_weekday("*/5 * * * *") is None
