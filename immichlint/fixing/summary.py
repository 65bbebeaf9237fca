"""What mending led to, in sentences."""

from __future__ import annotations

from collections.abc import Iterable

from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Finding
from immichlint.findings.locate import locate
from immichlint.findings.report import Located
from immichlint.fixing.rounds import Mended, Refused
from immichlint.repo.repository import Repository


def mended(made: Mended, before: Repository, *, done: bool) -> tuple[str, ...]:
    """A sentence for each finding that was mended, with what a person has to do then.

    `done`: whether the files are written; else the sentences say what would be.
    """
    verb = "mended" if done else "would mend"
    return tuple(dict.fromkeys(_mended(finding, before, verb) for finding in made.applied))


def left(findings: Iterable[Located], refused: Iterable[Refused] = ()) -> tuple[str, ...]:
    """A sentence for each finding that is still there: why, and which option or decision would mend it.

    `refused`: those of them that were tried.
    """
    reasons = {id(item.finding): item.reason for item in refused}
    return tuple(dict.fromkeys(_left(item, reasons.get(id(item.finding), "")) for item in findings))


def _left(located: Located, reason: str) -> str:
    fix, change = located.fix, located.finding.change
    where = f"{located.region.file}:{located.region.start.line} {located.finding.rule}"
    if fix is None or change is None:
        return f"not mended: {where}: {located.finding.no_fix or 'there is no fix for it'}"
    if reason or fix.refusal:
        return f"cannot mend: {where}: {reason or fix.refusal}"
    if change.safety is Safety.SAFE:
        return f"not mended: {where}: `--fix` would {fix.title}"
    decision = f"; with `{change.decision}` under `decisions` in .immichlint.yaml it is safe" if change.decision else ""
    asks = "; on a terminal `--fix` asks about it" if located.finding.undecided is not None else ""
    return f"not mended: {where}: `--fix --unsafe-fixes` would {fix.title}, which is unsafe{decision}{asks}"


def change_made(verb: str, where: str, change: Change) -> str:
    """The sentence about a change that was made, with what a person has to do then. `where`: file, line and rule."""
    after = f" Then: {change.after}" if change.after else ""
    return f"{verb}: {where}: {change.title}.{after}"


def _mended(finding: Finding, before: Repository, verb: str) -> str:
    assert finding.change is not None
    return change_made(verb, f"{_where(finding, before)} {finding.rule}", finding.change)


def _where(finding: Finding, repository: Repository) -> str:
    region = locate(repository, finding.place)
    return f"{region.file}:{region.start.line}" if region is not None else finding.place.document.path


def unsaved_changes(path: str) -> str:
    """The sentence about a file with changes that Git does not have."""
    return f"{path} has changes that are neither staged nor committed; the fix comes on top of them."
