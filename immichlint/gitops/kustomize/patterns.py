"""The regular expressions of a kustomization: for names of images, objects that a patch selects, items of lists.

Kustomize has RE2, which takes linear time. Here a pattern may backtrack, so one that could go on for ever is not
computed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final

_LONGEST_PATTERN: Final = 500
_LONGEST_TEXT: Final = 253
"""No name of an object is longer."""
_MOST_REPEATS: Final = 3
_MOST_GROUPS: Final = 10
_MOST_WAYS: Final = 1000
_MANY_TIMES: Final = r"[{,][0-9]{4}"
"""1,000 times and more, which RE2 refuses too."""
_REPEATS: Final = frozenset("*+{")
_CACHED: Final = 256


class PatternError(ValueError):
    """A pattern that is not computed; the message says which."""


def checked(pattern: str, value: str) -> str:
    """The pattern, where it can be sought in a text. Raises PatternError."""
    repeats = _repeats(pattern)
    if repeats > _MOST_REPEATS or (repeats and len(value) > _LONGEST_TEXT):
        shown = pattern if len(pattern) <= _LONGEST_TEXT else f"{pattern[:_LONGEST_TEXT]}…"
        raise PatternError(f"the pattern `{shown}` may take for ever")
    return pattern


@lru_cache(_CACHED)
def _repeats(pattern: str) -> int:
    """How many parts of a pattern may repeat or be left out: each may multiply the time by the length of the text.
    Groups that repeat, groups in groups without end, and many with many alternatives count as too much."""
    if len(pattern) > _LONGEST_PATTERN or re.search(_MANY_TIMES, pattern):
        return _LONGEST_PATTERN
    signs = [*_signs(pattern)]
    groups, repeats = signs.count("("), 0
    if groups > _MOST_GROUPS or (signs.count("|") + 1) ** groups > _MOST_WAYS:
        return _LONGEST_PATTERN
    for before, sign in pairwise(("", *signs)):
        if before == ")" and sign in _REPEATS:
            return _LONGEST_PATTERN
        repeats += sign in _REPEATS or (sign == "?" and before != "(")
    return repeats


def _signs(pattern: str) -> Iterator[str]:
    """The characters of a pattern that are not in brackets and not escaped; what is stands as a blank."""
    at = 0
    while at < len(pattern):
        if pattern[at] == "\\":
            yield " "
            at += 2
        elif pattern[at] == "[":
            # A bracket that closes right after the first one is one of the characters.
            close = pattern.find("]", at + (3 if pattern.startswith("^", at + 1) else 2))
            yield " "
            at = close + 1 if close >= 0 else len(pattern)
        else:
            yield pattern[at]
            at += 1
