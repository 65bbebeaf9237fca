import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from immichlint.schedules.retention import parse_window, repair_retention


@pytest.mark.parametrize(
    ("text", "days"), [("14d", 14), ("2w", 14), ("1m", 31), ("12m", 372), ("10d", 10), ("100w", 700)]
)
def test_windows(text: str, days: int) -> None:
    assert parse_window(text) == timedelta(days=days)


def test_a_window_beyond_all_bounds_is_the_longest() -> None:
    assert parse_window("9" * 5000 + "d") == timedelta.max
    assert parse_window("9999999999m") == timedelta.max


def test_a_window_is_as_long_as_a_timedelta_holds() -> None:
    assert parse_window("999999999d") == timedelta(days=999_999_999) < timedelta.max
    assert parse_window("1000000000d") == timedelta.max


@pytest.mark.parametrize(
    ("spellings", "fixed"),
    [("D day days", "3d"), ("W week weeks", "3w"), ("M month months", "3m"), ("y year years", "36m")],
)
def test_every_spelling_of_a_unit(spellings: str, fixed: str) -> None:
    assert [repair_retention(f"3{spelling}") for spelling in spellings.split()] == [fixed] * 3


@given(st.text(alphabet="0123dwmDy \n\u0663", max_size=5))
def test_a_window_is_what_the_crd_accepts(text: str) -> None:
    assert (parse_window(text) is not None) == (re.fullmatch(r"[1-9][0-9]*[dwm]", text) is not None)


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("14D", "14d"),
        ("14 d", "14d"),
        (" 14d\n", "14d"),
        ("2weeks", "2w"),
        ("2 Weeks", "2w"),
        ("1y", "12m"),
        ("2 years", "24m"),
        ("30days", "30d"),
        ("3 months", "3m"),
        ("014d", "14d"),
        ("1234567890 days", "1234567890d"),
        ("12345678901 days", None),
        ("14d", None),
        ("30", None),
        ("0d", None),
        ("0 d", None),
        ("12h", None),
        ("-3d", None),
        ("1.5d", None),
        ("1d1w", None),
        ("d", None),
        ("", None),
        ("14q", None),
        ("\u0661d", None),
    ],
)
def test_repair_retention(text: str, fixed: str | None) -> None:
    assert repair_retention(text) == fixed
    assert fixed is None or parse_window(fixed) is not None
