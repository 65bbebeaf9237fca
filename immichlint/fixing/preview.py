"""What each finding's fix would do to the files, verified but not made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from immichlint.findings.finding import Finding
from immichlint.findings.report import FileEdit, FixPreview, Region
from immichlint.fixing.rounds import Judge, LeadsTo, Round
from immichlint.repo.repository import Repository
from immichlint.rules.judged import Judged
from immichlint.text import Position, Span
from immichlint.text.edit import Edit
from immichlint.yamltree.ops import AnyOp, NewFile, Refusal

_START: Final = Span(0, 0)
_TOP: Final = Position(1, 1)
"""Where the text of a file that is not there yet goes."""


def previews(judged: Judged, findings: Sequence[Finding], judge: Judge, leads_to: LeadsTo) -> list[FixPreview | None]:
    """The preview of each finding's fix; None where it has none. A fix that does not hold has a refusal."""
    made = Round(judged, judge, leads_to)
    made.solve([finding for finding in findings if finding.change is not None])
    accepted = {id(finding): ops for finding, ops in made.accepted}
    reasons = {id(refused.finding): refused.reason for refused in made.refused}
    return [
        _preview(judged.repository, made, item, accepted.get(id(item)), reasons.get(id(item), "")) for item in findings
    ]


def _preview(
    repository: Repository, made: Round, finding: Finding, ops: tuple[AnyOp, ...] | None, reason: str
) -> FixPreview | None:
    change = finding.change
    if change is None:
        return None
    planned = made.edits(ops) if ops is not None else Refusal(reason)
    if isinstance(planned, Refusal):
        return FixPreview(change.safety.value, change.title, change.after, (), planned.reason)
    found = tuple(_edit(repository, path, edit) for path, items in planned.items() for edit in items)
    found += tuple(
        FileEdit(Region(op.path, _START, _TOP, _TOP), op.text) for op in ops or () if isinstance(op, NewFile)
    )
    return FixPreview(change.safety.value, change.title, change.after, found)


def _edit(repository: Repository, path: str, edit: Edit) -> FileEdit:
    source = repository.read(path).source
    assert source is not None
    start, end = source.position(edit.span.start), source.position(edit.span.end)
    return FileEdit(Region(path, edit.span, start, end), edit.text)
