"""The result of a run: what a report shows, with every place made concrete."""

from __future__ import annotations

from collections.abc import Callable

from immichlint.findings.finding import Finding
from immichlint.named_tuple import NamedTuple
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


def possible(fix: FixPreview | None) -> FixPreview | None:
    """A fix that can be made; None for one that changes nothing or was refused."""
    return fix if fix is not None and fix.edits and not fix.refusal else None


class Located(NamedTuple):
    """A finding with its places made concrete. `route`: as text (`spec/containers/[name=main]/env`).

    `lines`: the source lines of the primary region, secrets masked, the first being `region.start.line`. `identity`:
    what it is known by when lines move; `alike`: the how many-th it is with that, from one.
    """

    finding: Finding
    region: Region
    lines: tuple[str, ...]
    notes: tuple[Note, ...]
    route: str
    identity: str
    alike: int
    docs: str
    fix: FixPreview | None

    @property
    def fingerprint(self) -> str:
        """A short text that stands for what it is known by."""
        own = fingerprint(self.identity)
        return own if self.alike == 1 else f"{own}-{self.alike}"


def fingerprint(identity: str) -> str:
    """What stands for all that a finding is known by."""
    from hashlib import sha256  # loads a library: only where somebody shows or keeps fingerprints

    return sha256(identity.encode()).hexdigest()[:20]


class Unread(NamedTuple):
    """Something that was not analysed, and why."""

    file: str
    why: str


class Summary(NamedTuple):
    """The counts of a run. `fixable`: safe fixes; `fixable_unsafe`: those that need `--unsafe-fixes`.

    `ignored`: findings that somebody accepted: in a comment (`ignored_in_comments`), in the configuration, or by a
    baseline (`baselined`). `stale`: entries of the baseline that no finding is like any more.
    """

    errors: int
    warnings: int
    infos: int
    ignored: int
    fixable: int
    fixable_unsafe: int
    files: int
    ignored_in_comments: int = 0
    ignored_in_configuration: int = 0
    baselined: int = 0
    stale: int = 0


class RuleInfo(NamedTuple):
    """What a report may say of a rule. `help`: its page in Markdown. `category`: what it is about, in a few words.
    `security`: how grave a weakness it is, as CVSS counts; 0 where it is none."""

    id: str
    name: str
    severity: str
    title: str
    rationale: str
    help: str
    url: str
    profile: str
    category: str = ""
    security: float = 0.0


def no_chain(located: Located) -> tuple[Note, ...]:
    """A chain for findings to which nothing leads."""
    return ()


class Suppressed(NamedTuple):
    """A finding that somebody accepted. `source`: whether a comment in the file does so; else the configuration or
    a baseline. `reason`: what was said for it, which may be empty."""

    located: Located
    in_source: bool
    reason: str


class Report(NamedTuple):
    """All that a run found, in reading order.

    For whom it matters: `rules` tells those that were selected, `chain` the places that lead to a finding, from the
    server's database host on, and `suppressed` what was found and accepted.
    """

    version: str
    root: str
    findings: tuple[Located, ...]
    not_analysed: tuple[Unread, ...]
    summary: Summary
    rules: Callable[[], tuple[RuleInfo, ...]] = tuple
    notes: tuple[str, ...] = ()
    chain: Callable[[Located], tuple[Note, ...]] = no_chain
    suppressed: Callable[[], tuple[Suppressed, ...]] = tuple
