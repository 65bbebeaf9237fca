"""What a repository's ignore files leave out: gitignore(5) patterns."""

from __future__ import annotations

import re
from typing import Final

from immichlint.named_tuple import NamedTuple

_NOTHING: Final = "(?!)"
"""What matches nothing: Git's answer to a pattern that is none."""


class Pattern(NamedTuple):
    """One line of an ignore file. `match` takes a path relative to the file's folder, without slashes at its ends."""

    match: re.Pattern[str]
    negated: bool
    folders_only: bool


class Patterns:
    """The patterns of an ignore file, in order; later ones win."""

    __slots__ = ("_any", "_patterns")

    def __init__(self, patterns: tuple[Pattern, ...]) -> None:
        self._patterns = patterns
        # Most paths match nothing: one search says so.
        self._any = re.compile("|".join(f"(?:{pattern.match.pattern})" for pattern in patterns))

    def verdict(self, path: str, *, is_folder: bool) -> bool | None:
        """Whether a path is excluded; None where no pattern speaks of it."""
        if not self._patterns or not self._any.fullmatch(path):
            return None
        for pattern in reversed(self._patterns):
            if (is_folder or not pattern.folders_only) and pattern.match.fullmatch(path):
                return not pattern.negated
        return None


def parse(text: str) -> Patterns:
    """The patterns of an ignore file's text."""
    return Patterns(tuple(pattern for line in text.splitlines() if (pattern := _pattern(line)) is not None))


def _pattern(line: str) -> Pattern | None:
    line = line.rstrip("\r\n")
    if not line.endswith("\\ "):
        line = line.rstrip()
    if not line or line.startswith("#"):
        return None
    negated = line.startswith("!")
    line = line.removeprefix("!")
    folders_only = line.endswith("/")
    line = line.removesuffix("/")
    if not line:
        return None
    anchored = "/" in line
    body = _translate(line.removeprefix("/"))
    return Pattern(re.compile(body if anchored else f"(?:.*/)?{body}"), negated, folders_only)


def _translate(glob: str) -> str:
    """A pattern as a regular expression that takes quadratic time at the most, whatever stands in the pattern.

    Where a star follows, the first match of what stands before it is as good as any, so nothing is tried twice:
    runs of folders between two `**` and runs of characters between two `*` are atomic groups.
    """
    runs: list[list[str]] = [[]]
    for segment in glob.replace("\\/", "/").split("/"):
        if len(segment) > 1 and not segment.strip("*"):
            runs.append([])
        else:
            runs[-1].append(_segment(segment))
    if len(runs) == 1:
        return "/".join(runs[0])
    first, *middle, last = runs
    start = "".join(f"{segment}/" for segment in first)
    between = "".join(f"(?>(?:[^/]+/)*?{''.join(f'{segment}/' for segment in run)})" for run in middle if run)
    return f"{start}{between}" + (f"(?:[^/]+/)*{'/'.join(last)}" if last else ".+")


def _segment(glob: str) -> str:
    """A part of a pattern between slashes."""
    pieces = [""]
    at = 0
    while at < len(glob):
        if glob[at] == "*":
            pieces.append("")
            at += 1
        elif glob[at] == "?":
            pieces[-1], at = pieces[-1] + "[^/]", at + 1
        elif glob[at] == "[":
            close = glob.find("]", at + 3 if glob[at + 1 : at + 2] in ("!", "^") else at + 2)
            if close < 0:
                return _NOTHING
            pieces[-1], at = pieces[-1] + _characters(glob[at + 1 : close]), close + 1
        elif glob[at] == "\\" and at + 1 < len(glob):
            pieces[-1], at = pieces[-1] + re.escape(glob[at + 1]), at + 2
        else:
            pieces[-1], at = pieces[-1] + re.escape(glob[at]), at + 1
    if len(pieces) == 1:
        return pieces[0]
    first, *middle, last = pieces
    return first + "".join(f"(?>[^/]*?{piece})" for piece in middle if piece) + f"[^/]*{last}"


def _characters(body: str) -> str:
    """The characters between brackets; a range that runs backwards is its first one."""
    negated = body[0] in "!^"
    found = ""
    at = int(negated)
    while at < len(body):
        at += body[at] == "\\" and at + 1 < len(body)
        low = high = body[at]
        if body[at + 1 : at + 2] == "-" and at + 2 < len(body):
            at += 2
            at += body[at] == "\\" and at + 1 < len(body)
            high = max(low, body[at])
        found += re.escape(low) if low == high else f"{re.escape(low)}-{re.escape(high)}"
        at += 1
    return f"[^/{found}]" if negated else f"(?!/)[{found}]"
