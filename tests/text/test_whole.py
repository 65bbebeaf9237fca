"""Whole numbers as 64 bits hold them."""

import pytest

from immichlint.text.whole import whole


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0), ("007", 7), ("42", 42), ("9223372036854775807", 2**63 - 1), ("9223372036854775808", None),
        ("9" * 5_000, None), ("", None), ("-1", None), ("+1", None), (" 1", None), ("1_0", None),
        ("²", None), ("٣", None),
    ],
)  # fmt: skip
def test_whole(text: str, number: int | None) -> None:
    assert whole(text) == number
