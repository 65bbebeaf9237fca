"""The parts of Go's standard library that robfig/cron leans on, with Go's own error texts.

Each function behaves as the Go function that its docstring names (packages strings, strconv and time).
"""

# unicode.White_Space; Python's str.split() would also split at U+001C to U+001F.
from __future__ import annotations

_TO_BLANK = str.maketrans(
    dict.fromkeys(
        "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
        "\u2028\u2029\u202f\u205f\u3000",
        " ",
    )
)
_ESCAPES = {"\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v"}
_NANOSECONDS = {
    "ns": 1,
    "us": 1_000,
    "\u00b5s": 1_000,
    "\u03bcs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_DIGITS = frozenset("0123456789")
_INT64_MAX = (1 << 63) - 1


class GoError(ValueError):
    """An error of Go's standard library; its text is Go's."""


def fields(text: str) -> list[str]:
    """strings.Fields: the words between runs of Unicode white space."""
    return [word for word in text.translate(_TO_BLANK).split(" ") if word]


def lower(text: str) -> str:
    """strings.ToLower: one character for one (Python makes two of U+0130)."""
    return text.replace("\u0130", "i").lower()


def atoi(text: str) -> int:
    """strconv.Atoi: a sign and decimal digits that fit 64 bits, else GoError."""
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not digits or not _DIGITS.issuperset(digits):
        raise GoError(f"strconv.Atoi: parsing {_quoted(text)}: invalid syntax")
    # 19 digits suffice for 64 bits; more, beyond leading zeros, are not worth converting.
    significant = digits.lstrip("0") or "0"
    number = int(significant) if len(significant) <= 19 else _INT64_MAX + 2
    if number > _INT64_MAX + (text[0] == "-"):
        raise GoError(f"strconv.Atoi: parsing {_quoted(text)}: value out of range")
    return -number if text[0] == "-" else number


def parse_duration(text: str) -> int:
    """time.ParseDuration: nanoseconds (units ns, us, µs, ms, s, m, h; no days or weeks), else GoError."""
    invalid = GoError(f"time: invalid duration {_duration_quoted(text)}")
    rest = text[1:] if text[:1] in ("+", "-") else text
    if rest == "0":
        return 0
    if not rest:
        raise invalid
    total, at = 0, len(text) - len(rest)
    while at < len(text):
        whole, fraction, unit, at = _part(text, at)
        if not whole and not fraction:
            raise invalid
        # Go fails on a number above 2**63 before it looks at the unit.
        if len(whole.lstrip("0")) > 19 or int(whole or "0") > 1 << 63:
            raise invalid
        if not unit:
            raise GoError(f"time: missing unit in duration {_duration_quoted(text)}")
        if unit not in _NANOSECONDS:
            raise GoError(f"time: unknown unit {_duration_quoted(unit)} in duration {_duration_quoted(text)}")
        nanoseconds = _NANOSECONDS[unit]
        # 18 digits of a fraction are what 64 bits hold; Go drops the rest as well.
        kept = fraction[:18]
        total += int(whole or "0") * nanoseconds
        if kept:
            total += int(float(int(kept)) * (float(nanoseconds) / 10.0 ** len(kept)))
        if total > 1 << 63:
            raise invalid
    if text.startswith("-"):
        return -total
    if total > _INT64_MAX:
        raise invalid
    return total


def _part(text: str, at: int) -> tuple[str, str, str, int]:
    """A number's digits before and after its point and its unit, each of which may be empty, and where they end."""
    point = _past(text, at, _DIGITS)
    end = _past(text, point + 1, _DIGITS) if text.startswith(".", point) else point
    unit = _past(text, end, _DIGITS | {"."}, within=False)
    return text[at:point], text[point + 1 : end], text[end:unit], unit


def _past(text: str, at: int, characters: frozenset[str], *, within: bool = True) -> int:
    """Where the characters that are (`within`) or are not among some end."""
    while at < len(text) and (text[at] in characters) == within:
        at += 1
    return at


def _quoted(text: str) -> str:
    """strconv.Quote."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    code = ord(character)
    if character in _ESCAPES:
        return _ESCAPES[character]
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _duration_quoted(text: str) -> str:
    """The quoting of package time, which writes each byte of what is not ASCII as an escape."""
    return '"' + "".join(map(_bytes_escaped, text)) + '"'


def _bytes_escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if " " <= character < "\x80":
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "replace"))
