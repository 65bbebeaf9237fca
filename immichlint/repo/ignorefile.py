"""What a repository's ignore files leave out: gitignore(5) patterns."""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import Final

_SPECIAL: Final = frozenset("*?[\\")
_NOTHING: Final = "(?!)"
"""What matches nothing: Git's answer to a pattern that is none."""


class Pattern:
    """One line of an ignore file, without slashes at its ends. `of_names`: it speaks of what has a name, in any
    folder; else of paths relative to the file's folder."""

    def __init__(self, glob: str, *, of_names: bool, negated: bool, folders_only: bool) -> None:
        self.glob = glob
        self.of_names = of_names
        self.negated = negated
        self.folders_only = folders_only
        self.is_plain = _SPECIAL.isdisjoint(glob)
        self.is_ending = of_names and glob[0] == "*" and _SPECIAL.isdisjoint(glob[1:])

    @cached_property
    def match(self) -> re.Pattern[str]:
        """What a name or a path has to match as a whole."""
        return re.compile(_translate(self.glob))


class _Any:
    """Whether any of some patterns matches a text.

    Most texts match none, and most patterns need no expression to say so: Git makes the same difference.
    """

    def __init__(self, patterns: list[Pattern]) -> None:
        self._plain = frozenset([pattern.glob for pattern in patterns if pattern.is_plain])
        self._endings = tuple([pattern.glob[1:] for pattern in patterns if pattern.is_ending])
        self._others = [pattern.glob for pattern in patterns if not pattern.is_plain and not pattern.is_ending]
        self._beginnings = tuple(map(_beginning, self._others))
        self._ends = tuple(map(_end, self._others))

    def matches(self, text: str) -> bool:
        if text in self._plain or text.endswith(self._endings):
            return True
        likely = text.startswith(self._beginnings) and text.endswith(self._ends)
        return likely and self._expression.fullmatch(text) is not None

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile("|".join([f"(?:{_translate(glob)})" for glob in self._others]))


class Patterns:
    """The patterns of an ignore file, in order; later ones win."""

    __slots__ = ("_names", "_paths", "_patterns")

    def __init__(self, patterns: tuple[Pattern, ...]) -> None:
        self._patterns = patterns
        # Names come again in many folders.
        self._names = cache(_Any([pattern for pattern in patterns if pattern.of_names]).matches)
        paths = [pattern for pattern in patterns if not pattern.of_names]
        self._paths = _Any(paths) if paths else None

    def verdict(self, path: str, *, is_folder: bool) -> bool | None:
        """Whether a path is excluded; None where no pattern speaks of it."""
        name = path.rpartition("/")[2]
        if not self._names(name) and (self._paths is None or not self._paths.matches(path)):
            return None
        for pattern in reversed(self._patterns):
            if pattern.folders_only and not is_folder:
                continue
            if pattern.match.fullmatch(name if pattern.of_names else path):
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
    of_names = "/" not in line.removeprefix("**/")
    glob = line.removeprefix("**/" if of_names else "/")
    return Pattern(glob, of_names=of_names, negated=negated, folders_only=folders_only) if glob else None


def _beginning(glob: str) -> str:
    """What a text begins with that a pattern matches."""
    return next((glob[:at] for at, character in enumerate(glob) if character in _SPECIAL), glob)


def _end(glob: str) -> str:
    """What a text ends with that a pattern matches; without the slash that two stars may stand for."""
    if "[" in glob or "\\" in glob:
        return ""
    return glob[max(glob.rfind("*"), glob.rfind("?")) + 1 :].lstrip("/")


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
