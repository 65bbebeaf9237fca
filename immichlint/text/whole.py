"""Whole numbers in text that anybody may have written."""

from __future__ import annotations

from typing import Final

_MOST: Final = 2**63 - 1
_MOST_DIGITS: Final = 19


def whole(text: str) -> int | None:
    """The number that ASCII digits are; None for anything else, and beyond 64 bits, where Go has none either.

    `int` alone takes other digits, refuses some that `isdigit` takes, and raises beyond 4,300 of them.
    """
    if not text.isascii() or not text.isdigit() or len(text) > _MOST_DIGITS:
        return None
    number = int(text)
    return number if number <= _MOST else None
