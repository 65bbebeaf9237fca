"""What a comment says of a schedule, and whether it is true."""

from __future__ import annotations

import pytest

from immichlint.schedules import cnpg
from immichlint.schedules.remarks import is_false


@pytest.mark.parametrize(
    ("text", "expression", "false"),
    [
        ("every day at noon", "0 0 0 * * *", True),
        ("every day at noon", "0 0 0,12 * * *", False),
        ("at 3am", "0 0 3 * * *", False),
        ("at 3 am, 5:00 in Berlin", "0 0 3 * * *", False),
        ("03:30", "0 0 3 * * *", True),
        ("hourly", "0 0 3 * * *", True),
        ("every hour", "0 5 * * * *", False),
        ("daily", "0 0 3 * * *", False),
        ("kept for 30d, ticket 12:34:56", "0 0 3 * * *", False),
        ("", "0 0 3 * * *", False),
        ("at noon", "@every 24h", False),
    ],
)
def test_only_what_is_certainly_false_counts(text: str, expression: str, false: bool) -> None:
    assert is_false(text, cnpg.parse(expression)) is false
