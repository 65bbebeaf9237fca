import pytest

from immichlint.schedules.golib import GoError, atoi, fields, lower, parse_duration

SECOND = 1_000_000_000


def test_fields_split_at_unicode_white_space_only() -> None:
    assert fields(" 0\u00a00\t3\u2003* \n* \u3000") == ["0", "0", "3", "*", "*"]
    assert fields("a\x1cb") == ["a\x1cb"]


def test_lower_keeps_the_number_of_characters() -> None:
    assert lower("FR\u0130") == "fri"


@pytest.mark.parametrize(("text", "number"), [("007", 7), ("+3", 3), ("-0", 0), ("0" * 40 + "5", 5)])
def test_atoi(text: str, number: int) -> None:
    assert atoi(text) == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", 'strconv.Atoi: parsing "": invalid syntax'),
        ("1_0", 'strconv.Atoi: parsing "1_0": invalid syntax'),
        ("\u0663", 'strconv.Atoi: parsing "\u0663": invalid syntax'),
        ('"\x00\x1b\t', 'strconv.Atoi: parsing "\\"\\x00\\x1b\\t": invalid syntax'),
        ("9223372036854775808", 'strconv.Atoi: parsing "9223372036854775808": value out of range'),
    ],
)
def test_atoi_rejects_with_gos_words(text: str, reason: str) -> None:
    with pytest.raises(GoError) as caught:
        atoi(text)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("0", 0),
        ("-0", 0),
        ("1h30m", 5400 * SECOND),
        ("1.5h", 5400 * SECOND),
        (".5s", SECOND // 2),
        ("1.s", SECOND),
        ("-5m", -300 * SECOND),
        ("500ms", SECOND // 2),
        ("7\u00b5s", 7000),
        ("7\u03bcs", 7000),
        ("1s1s", 2 * SECOND),
        ("2562047h47m16.854775807s", (1 << 63) - 1),
    ],
)
def test_durations(text: str, nanoseconds: int) -> None:
    assert parse_duration(text) == nanoseconds


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", 'time: invalid duration ""'),
        ("-", 'time: invalid duration "-"'),
        ("h", 'time: invalid duration "h"'),
        (".s", 'time: invalid duration ".s"'),
        ("5", 'time: missing unit in duration "5"'),
        ("1d", 'time: unknown unit "d" in duration "1d"'),
        ("1 h", 'time: unknown unit " h" in duration "1 h"'),
        ("1\u00e9", 'time: unknown unit "\\xc3\\xa9" in duration "1\\xc3\\xa9"'),
        ("2562048h", 'time: invalid duration "2562048h"'),
        ("9" * 30 + "x", f'time: invalid duration "{"9" * 30}x"'),
    ],
)
def test_durations_rejected_with_gos_words(text: str, reason: str) -> None:
    with pytest.raises(GoError) as caught:
        parse_duration(text)
    assert str(caught.value) == reason


def test_a_long_duration_takes_no_time() -> None:
    assert parse_duration("1h" * 200_000) == 200_000 * 3600 * SECOND
    with pytest.raises(GoError, match="missing unit"):
        parse_duration("1." * 200_000)
