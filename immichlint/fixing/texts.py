"""From operations to the texts of files."""

from __future__ import annotations

from collections.abc import Iterable

from immichlint.repo.repository import Repository
from immichlint.text import SourceText, Span
from immichlint.text.edit import Edit, OverlapError, splice
from immichlint.yamltree.ops import AnyOp, Cut, NewFile, Op, Refusal, path_of
from immichlint.yamltree.planner import Plan, plan


def edits(repository: Repository, ops: Iterable[AnyOp], plan: Plan = plan) -> dict[str, tuple[Edit, ...]] | Refusal:
    """The edits of each file that operations need, or why they cannot be made. New files have none."""
    by_file: dict[str, list[Op]] = {}
    cuts: dict[str, list[Edit]] = {}
    for op in ops:
        if isinstance(op, Cut):
            by_file.setdefault(path_of(op), [])
            if op.place.part is not None:
                cuts.setdefault(path_of(op), []).append(Edit(Span(*op.place.part), ""))
        elif not isinstance(op, NewFile):
            by_file.setdefault(path_of(op), []).append(op)
    found: dict[str, tuple[Edit, ...]] = {}
    for path, wanted in by_file.items():
        reading = repository.read(path)
        if reading.source is None or reading.trouble is not None:
            return Refusal(f"{path} cannot be edited: {reading.why}")
        planned = plan(reading.source, list(reading.documents), _once(wanted))
        if isinstance(planned, Refusal):
            return planned
        found[path] = (*planned, *cuts.get(path, ()))
    return found


def _once(ops: list[Op]) -> list[Op]:
    """The operations without repetitions: two findings may want the same."""
    found: list[Op] = []
    for op in ops:
        if op not in found:
            found.append(op)
    return found


def texts(repository: Repository, ops: Iterable[AnyOp], plan: Plan = plan) -> dict[str, SourceText] | Refusal:
    """The files as they would be after operations; only those that change."""
    wanted = tuple(ops)
    planned = edits(repository, wanted, plan)
    if isinstance(planned, Refusal):
        return planned
    made: dict[str, SourceText] = {}
    for path, changes in planned.items():
        source = repository.read(path).source
        assert source is not None
        if changes:
            try:
                made[path] = source.with_text(splice(source.text, changes))
            except OverlapError as error:
                return Refusal(f"{path} cannot be edited: {error}")
    for op in wanted:
        if isinstance(op, NewFile):
            if op.path in repository or op.path in made:
                return Refusal(f"{op.path} is there already")
            made[op.path] = SourceText(op.text)
    return made
