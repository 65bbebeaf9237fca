"""The result of a run: what a report shows, with every place made concrete."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from immichlint.findings.finding import Finding
from immichlint.text import Position, Span


class Region(NamedTuple):
    """A stretch of a file. `file`: relative to the root. `end` is exclusive."""

    file: str
    span: Span
    start: Position
    end: Position


class Note(NamedTuple):
    """A related region and what it has to do with the finding. `lines`: as in `Located`, or none."""

    region: Region
    note: str
    lines: tuple[str, ...] = ()


class FileEdit(NamedTuple):
    """One replacement that a fix would make, in coordinates of the file as it is."""

    region: Region
    text: str


class FixPreview(NamedTuple):
    """What a finding's fix would do. `edits` is empty where it was refused; `refusal` then says why."""

    safety: str
    title: str
    after: str
    edits: tuple[FileEdit, ...]
    refusal: str = ""


class Located(NamedTuple):
    """A finding with its places made concrete. `route`: as text (`spec/containers/[name=main]/env`).

    `lines`: the source lines of the primary region, secrets masked, the first being `region.start.line`.
    """

    finding: Finding
    region: Region
    lines: tuple[str, ...]
    notes: tuple[Note, ...]
    route: str
    fingerprint: str
    docs: str
    fix: FixPreview | None


class Unread(NamedTuple):
    """Something that was not analysed, and why."""

    file: str
    why: str


class Summary(NamedTuple):
    """The counts of a run. `fixable`: safe fixes; `fixable_unsafe`: those that need `--unsafe-fixes`."""

    errors: int
    warnings: int
    infos: int
    ignored: int
    fixable: int
    fixable_unsafe: int
    files: int


class RuleInfo(NamedTuple):
    """What a report may say of a rule. `help`: its page in Markdown."""

    id: str
    name: str
    severity: str
    title: str
    rationale: str
    help: str
    url: str
    profile: str


class Report(NamedTuple):
    """All that a run found, in reading order. `rules`: tells those that were selected, for whom it matters."""

    version: str
    root: str
    findings: tuple[Located, ...]
    not_analysed: tuple[Unread, ...]
    summary: Summary
    rules: Callable[[], tuple[RuleInfo, ...]] = tuple
    notes: tuple[str, ...] = ()
