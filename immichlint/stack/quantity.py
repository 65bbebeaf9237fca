"""Quantities of Kubernetes: `4Gi`, `500M`, `2e9`."""

from __future__ import annotations

from typing import Final

_UNITS: Final = {
    "": 1,
    "k": 10**3,
    "M": 10**6,
    "G": 10**9,
    "T": 10**12,
    "Ki": 2**10,
    "Mi": 2**20,
    "Gi": 2**30,
    "Ti": 2**40,
}
_LETTERS: Final = "KMGTkimu"


def amount(quantity: object) -> float | None:
    """How much a quantity is, in bytes where it is of memory; None where that is not understood."""
    if isinstance(quantity, bool) or not isinstance(quantity, (int, float, str)):
        return None
    text = str(quantity).strip()
    number = text.rstrip(_LETTERS)
    unit = _UNITS.get(text[len(number) :])
    digits = number.replace(".", "", 1)
    return float(number) * unit if unit is not None and digits.isascii() and digits.isdigit() else None
