"""Which findings are ignored, by comments and by the configuration, and which ignores ignore nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, TypeAlias

from immichlint.findings.finding import Finding, ObjectRef
from immichlint.findings.ignore_comments import Ignore
from immichlint.findings.report import Region
from immichlint.findings.selectors import Named, meant, selects
from immichlint.named_tuple import NamedTuple
from immichlint.repo.ignorefile import Patterns, parse
from immichlint.yamltree.place import Place

if TYPE_CHECKING:
    from immichlint.findings.baseline import Entry

UNUSED_IGNORE: Final = "IML905"


class StandingIgnore(NamedTuple):
    """An ignore in the configuration. `path`: a gitignore pattern; `object`: a glob `Kind/namespace/name`; empty
    where it does not matter. `region`: where it is written."""

    rules: tuple[str, ...]
    reason: str
    path: str = ""
    object: str = ""
    region: Region | None = None


Extent: TypeAlias = Callable[[Place], tuple[int, int] | None]
"""Tells the first and the last line that belong to a place; None where it is nowhere."""


class Ignored(NamedTuple):
    """A finding that is not reported, and what it is ignored by."""

    finding: Finding
    by: Ignore | StandingIgnore | Entry


class Unused(NamedTuple):
    """An ignore that ignores nothing, or not for these of its selectors; none of them where it is not understood."""

    ignore: Ignore | StandingIgnore
    selectors: tuple[str, ...]


class Applied(NamedTuple):
    """What ignores did to findings."""

    kept: tuple[Finding, ...]
    ignored: tuple[Ignored, ...]
    unused: tuple[Unused, ...]


def apply_ignores(
    findings: Iterable[Finding],
    extent: Extent,
    ignores: Sequence[Ignore],
    standing: Sequence[StandingIgnore],
    known: Collection[Named],
    active: Collection[str],
) -> Applied:
    """Take out what is ignored.

    `extent`: the lines of a finding's key and value; it is asked only in files with ignores. `known`: all rules
    there are. `active`: the ids of those that judged; an ignore of another one is not called unused.
    """
    tallies = [*map(_Tally, ignores), *map(_Tally, standing)]
    by_file: dict[str, list[_Tally]] = {}
    for tally in tallies:
        by_file.setdefault(tally.file, []).append(tally)
    everywhere = by_file.get("", [])
    kept: list[Finding] = []
    ignored: list[Ignored] = []
    for finding in findings:
        candidates = (*by_file.get(finding.place.document.path, ()), *everywhere)
        by = [tally.ignore for tally in candidates if tally.takes(finding, extent)]
        if by:
            ignored.append(Ignored(finding, by[0]))
        else:
            kept.append(finding)
    unused = (tally.unused(known, active) for tally in tallies)
    return Applied(tuple(kept), tuple(ignored), tuple(item for item in unused if item is not None))


class _Tally:
    """An ignore and the selectors of it that ignored something. `file`: the only one that it speaks of, or none."""

    __slots__ = ("_patterns", "_selectors", "_used", "file", "ignore")

    def __init__(self, ignore: Ignore | StandingIgnore) -> None:
        self.ignore = ignore
        self.file = ignore.path if isinstance(ignore, Ignore) else ""
        understood = isinstance(ignore, StandingIgnore) or ignore.understood
        self._selectors = _selectors(ignore) if understood else ()
        self._used: set[str] = set()
        self._patterns = parse(ignore.path) if isinstance(ignore, StandingIgnore) and ignore.path else None

    def takes(self, finding: Finding, extent: Extent) -> bool:
        """Whether it ignores a finding; it remembers by which selectors."""
        by = [selector for selector in self._selectors if selects(selector, finding.rule, finding.name)]
        if not by or not self._covers(finding, extent):
            return False
        self._used.update(by)
        return True

    def _covers(self, finding: Finding, extent: Extent) -> bool:
        ignore = self.ignore
        if isinstance(ignore, Ignore):
            lines = None if ignore.whole_file else extent(finding.place)
            return ignore.whole_file or (lines is not None and lines[0] <= ignore.line <= lines[1])
        if self._patterns is not None and not _excluded(self._patterns, finding.place.document.path):
            return False
        return not ignore.object or _is_object(ignore.object, finding.object)

    def unused(self, known: Collection[Named], active: Collection[str]) -> Unused | None:
        """What of it ignores nothing, as far as this run can tell."""
        if not self._selectors:
            return Unused(self.ignore, ())
        idle = tuple(
            selector
            for selector in dict.fromkeys(self._selectors)
            if selector not in self._used and _judged(selector, known, active)
        )
        return Unused(self.ignore, idle) if idle else None


def _selectors(ignore: Ignore | StandingIgnore) -> tuple[str, ...]:
    return ignore.selectors if isinstance(ignore, Ignore) else ignore.rules


def _judged(selector: str, known: Collection[Named], active: Collection[str]) -> bool:
    """Whether all that a selector means judged in this run, so that it would have had something to ignore.

    An ignore of IML905 is never called unused: it would have to ignore itself.
    """
    rules = meant(selector, known)
    return all(rule.id in active and rule.id != UNUSED_IGNORE for rule in rules)


def _excluded(patterns: Patterns, path: str) -> bool:
    """Whether patterns name a file or a folder that it lies in."""
    parts = path.split("/")
    return any(
        patterns.verdict("/".join(parts[:length]), is_folder=length < len(parts)) for length in range(1, len(parts) + 1)
    )


def _is_object(glob: str, ref: ObjectRef | None) -> bool:
    """Whether an object is one of those that `Kind/namespace/name` means."""
    if ref is None:
        return False
    wanted = glob.split("/")
    there = (ref.kind, ref.namespace, ref.name)
    return len(wanted) == len(there) and all(map(fnmatchcase, there, wanted))
