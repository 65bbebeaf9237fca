"""Recovery windows: `retentionPolicy` of a Cluster's backup and of an ObjectStore (C§3.3)."""

from __future__ import annotations

from datetime import timedelta

_DIGITS = "0123456789"
_DAYS = {"d": 1, "w": 7, "m": 31}
"""Days of each unit; barman-cloud counts a month as 31 (RecoveryWindowRetentionPolicy)."""
_SPELLINGS = {
    "d": ("d", 1),
    "day": ("d", 1),
    "days": ("d", 1),
    "w": ("w", 1),
    "week": ("w", 1),
    "weeks": ("w", 1),
    "m": ("m", 1),
    "month": ("m", 1),
    "months": ("m", 1),
    "y": ("m", 12),
    "year": ("m", 12),
    "years": ("m", 12),
}


def parse_window(text: str) -> timedelta | None:
    """The length of a window that the CRD accepts, `^[1-9][0-9]*[dwm]$`; None if it does not.

    One longer than a timedelta holds, 2.7 million years, is cut to that.
    """
    count, unit = text[:-1], text[-1:]
    if unit not in _DAYS or not count or count.strip(_DIGITS) or count[0] == "0":
        return None
    most = timedelta.max // timedelta(days=_DAYS[unit])
    return timedelta.max if len(count) > 10 or int(count) > most else timedelta(days=int(count) * _DAYS[unit])


def repair_retention(text: str) -> str | None:
    """What a rejected window certainly means: `14D`, `14 d` and `14days` are `14d`, `1y` is `12m`.

    None where the unit is missing, is not one of days, weeks, months and years, or the window is accepted.
    """
    if parse_window(text) is not None:
        return None
    compact = "".join(text.split()).lower()
    unit = compact.lstrip(_DIGITS)
    count = compact.removesuffix(unit).lstrip("0")
    if not count or len(count) > 10 or unit not in _SPELLINGS:
        return None
    letter, factor = _SPELLINGS[unit]
    return f"{int(count) * factor}{letter}"
