"""What a comment beside a schedule says about when it runs, as far as that is certain."""

from __future__ import annotations

import re
from typing import Final

from immichlint.schedules.schedule import Schedule

_CLOCK: Final = re.compile(
    r"(?<![\d:.])(\d{1,2})(?::(\d{2}))?\s*([ap])\.?m\b\.?|(?<![\d:.])(\d{1,2})[:h](\d{2})(?![\d:])", re.IGNORECASE
)
_NAMED: Final = {"midnight": (0, 0), "noon": (12, 0), "midday": (12, 0)}
_HOURLY: Final = re.compile(r"\b(?:hourly|(?:every|each) hour)\b", re.IGNORECASE)
_HOURS: Final = 24
_LAST_HOUR: Final = 23


def times_of(text: str) -> set[tuple[int, int]]:
    """The times of day that a text names, as hour and minute; none where one of them is no time of day."""
    found = {named for word, named in _NAMED.items() if word in text.lower()}
    for match in _CLOCK.finditer(text):
        hour, minute = int(match[1] or match[4]), int(match[2] or match[5] or 0)
        if match[3]:
            if not 1 <= hour <= 12:
                return set()
            hour = hour % 12 + (12 if match[3].lower() == "p" else 0)
        if hour > _LAST_HOUR or minute > 59:
            return set()
        found.add((hour, minute))
    return found


def says_hourly(text: str) -> bool:
    """Whether a text says that something runs every hour."""
    return _HOURLY.search(text) is not None


def is_false(text: str, schedule: Schedule) -> bool:
    """Whether a text certainly says something else of when a schedule runs. A second time of day in it is the same one
    in another zone."""
    if says_hourly(text) and schedule.runs_per_day_max < _HOURS:
        return True
    named = times_of(text)
    return bool(named) and not any(schedule.runs_at(*time) for time in named)
