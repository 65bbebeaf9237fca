"""The functions of Flux's envsubst on a variable's value (fluxcd/pkg, envsubst/funcs.go; `C§9`).

They work on bytes there, so that only ASCII is computed here; patterns with wildcards are left alone.
"""

from __future__ import annotations

import re
from typing import Final

from immichlint.text.whole import whole

_SUBSTRING: Final = re.compile(r":(\d+)(?::(\d+))?")
_REPLACE: Final = re.compile(r"(/[/#%]?)([^/]+)/([^/]*)")
_WILDCARDS: Final = frozenset("*?[\\$\"'{")
_CASES: Final = ("^", "^^", ",", ",,")


def called(value: str, function: str) -> str | None:
    """What a function makes of a value: the text between the variable's name and the closing brace (`^^`, `:0:3`,
    `%-suffix`, `/a/b`), or `#` for the length. None for what is not computed."""
    if not value.isascii() or not function.isascii():
        return None
    if function == "#":
        return str(len(value))
    if function in _CASES:
        return _cased(value, function)
    substring, replace = _SUBSTRING.fullmatch(function), _REPLACE.fullmatch(function)
    if substring is not None:
        start, length = whole(substring[1]), whole(substring[2] or "0")
        if start is None or length is None:
            return None
        return value[start:] if substring[2] is None else value[start : start + length]
    if replace is not None and _WILDCARDS.isdisjoint(function):
        return _replaced(value, *replace.groups())
    for sign in ("##", "#", "%%", "%"):
        pattern = function.removeprefix(sign)
        if function.startswith(sign) and pattern and _WILDCARDS.isdisjoint(pattern):
            return value.removeprefix(pattern) if sign[0] == "#" else value.removesuffix(pattern)
    return None


def _cased(value: str, sign: str) -> str:
    if len(sign) == 2:
        return value.upper() if sign == "^^" else value.lower()
    first = value[:1].upper() if sign == "^" else value[:1].lower()
    return first + value[1:]


def _replaced(value: str, sign: str, pattern: str, new: str) -> str:
    if sign == "//":
        return value.replace(pattern, new)
    if sign == "/#":
        return new + value.removeprefix(pattern) if value.startswith(pattern) else value
    if sign == "/%":
        return value.removesuffix(pattern) + new if value.endswith(pattern) else value
    return value.replace(pattern, new, 1)
