"""An independent reading of the words in which a schedule is described, to hold them against its runs."""

import re
from datetime import date
from typing import NamedTuple

MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]
WEEKDAYS = ["Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays"]


class Claim(NamedTuple):
    """What a phrase says: the seconds of a day, and on which days."""

    seconds: frozenset[int]
    days: str

    def covers(self, day: date) -> bool:
        """Whether the phrase says that there are runs on a day."""
        text = self.days
        if not text:
            return True
        if only := re.fullmatch(r"in (.*) only", text):
            return day.month in _named(only[1], MONTHS, 1)
        if among := re.fullmatch(r"on the (.*) among (days? .*)", text):
            return _on_weekday(among[1], day) and _on_date(among[2], day)
        if either := re.fullmatch(r"on (days? .*) and on (.*)", text):
            return _on_date(either[1], day) or _on_weekday(either[2], day)
        plain = text.removeprefix("on ")
        return _on_date(plain, day) if plain.startswith("day") else _on_weekday(plain, day)


def read(phrase: str) -> Claim:
    """Reads a phrase; fails on one that it does not know."""
    times, days = _split(phrase)
    return Claim(frozenset(_seconds(times)), days)


def _split(phrase: str) -> tuple[str, str]:
    days = re.search(r" (on (?:the |days? |\w+days).*|in [^0-9]* only)$", phrase)
    return (phrase, "") if days is None else (phrase[: days.start()], days[1])


def _on_weekday(text: str, day: date) -> bool:
    weekdays, _, months = text.partition(" in ")
    in_month = not months or day.month in _named(months, MONTHS, 1)
    return in_month and day.isoweekday() % 7 in _named(weekdays, WEEKDAYS, 0)


def _on_date(text: str, day: date) -> bool:
    text = re.sub(r" (that has it|where it exists|as far as .*)$", "", text)
    numbers, months = re.fullmatch(r"days? (.*) of (.*)", text).groups()  # type: ignore[union-attr]
    in_month = months == "every month" or day.month in _named(months, MONTHS, 1)
    return in_month and day.day in _numbers(numbers)


def _named(text: str, names: list[str], first: int) -> set[int]:
    if " to " in text:
        start, end = (names.index(name) for name in text.split(" to "))
        return set(range(start + first, end + first + 1))
    return {names.index(name) + first for name in re.split(r", | and ", text)}


def _numbers(text: str) -> set[int]:
    if span := re.fullmatch(r"(\d+) to (\d+)(?: in steps of (\d+))?", text):
        return set(range(int(span[1]), int(span[2]) + 1, int(span[3] or 1)))
    return {int(number) for number in re.split(r", | and ", text)}


def _seconds(times: str) -> set[int]:
    if clock := re.fullmatch(r"(?:daily )?at (\d\d:.*)", times):
        return {_of_day(text) for text in re.split(r", | and ", clock[1])}
    if hourly := re.fullmatch(r"hourly at (.*)|at (minutes? [^o]*) of every hour", times):
        return _combined("second 0", hourly[1] or hourly[2], "every hour")
    if window := re.fullmatch(r"every (?:(\d+) )?(second|minute)s? from (\S+) to (\S+)", times):
        step = int(window[1] or 1) * (60 if window[2] == "minute" else 1)
        return set(range(_of_day(window[3]), _of_day(window[4]) + 1, step))
    if hours := re.fullmatch(r"every (?:(\d+) )?hours? at (minute \d+)", times):
        return {
            second + 3600 * hour
            for second in _combined("second 0", hours[2], "hour 0")
            for hour in range(0, 24, int(hours[1] or 1))
        }
    if rhythm := re.fullmatch(r"every (?:(\d+) )?(second|minute)s?((?: of .*)?)", times):
        parts = _parts(rhythm[3])[1:]
        every = f"{rhythm[2]}s 0 to 59 in steps of {rhythm[1] or 1}"
        if rhythm[2] == "minute":
            return _combined("second 0", every, *(parts or ["every hour"]))
        if len(parts) == 1:
            parts = ["every minute", *parts]
        return _combined(every, *(parts or ["every minute", "every hour"]))
    parts = _parts(times.removeprefix("at "))
    if parts[-1] == "every minute":
        parts.append("every hour")
    return _combined(*(parts if len(parts) == 3 else ["second 0", *parts]))


def _parts(text: str) -> list[str]:
    return re.split(r" of (?=every|minute|hour)", text)


def _combined(second: str, minute: str, hour: str) -> set[int]:
    return {
        h * 3600 + m * 60 + s
        for h in _part(hour, "hour", 24)
        for m in _part(minute, "minute", 60)
        for s in _part(second, "second", 60)
    }


def _part(text: str, unit: str, size: int) -> set[int]:
    if text == f"every {unit}":
        return set(range(size))
    assert text.startswith(unit), f"{text!r} says nothing of a {unit}"
    return _numbers(text.removeprefix(unit).removeprefix("s").strip())


def _of_day(text: str) -> int:
    hour, minute, second = [*map(int, text.split(":")), 0][:3]
    return hour * 3600 + minute * 60 + second
