"""What a repository's ignore files leave out: gitignore(5) patterns."""

from __future__ import annotations

import re
from typing import NamedTuple


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
    line = line.removeprefix("!").removeprefix("\\") if negated or line.startswith("\\") else line
    folders_only = line.endswith("/")
    line = line.rstrip("/")
    if not line:
        return None
    anchored = "/" in line
    body = _translate(line.removeprefix("/"))
    return Pattern(re.compile(body if anchored else f"(?:.*/)?{body}"), negated, folders_only)


def _translate(glob: str) -> str:
    out = ""
    at = 0
    while at < len(glob):
        if glob.startswith("**/", at):
            out, at = out + "(?:.*/)?", at + 3
        elif glob.startswith("/**", at) and at + 3 == len(glob):
            out, at = out + "/.*", at + 3
        elif glob.startswith("**", at):
            out, at = out + ".*", at + 2
        elif glob[at] == "*":
            out, at = out + "[^/]*", at + 1
        elif glob[at] == "?":
            out, at = out + "[^/]", at + 1
        elif glob[at] == "[" and (close := glob.find("]", at + 2)) > 0:
            body = glob[at + 1 : close].replace("\\", "\\\\")
            out, at = out + "[" + ("^" + body[1:] if body[0] in "!^" else body) + "]", close + 1
        elif glob[at] == "\\" and at + 1 < len(glob):
            out, at = out + re.escape(glob[at + 1]), at + 2
        else:
            out, at = out + re.escape(glob[at]), at + 1
    return out
