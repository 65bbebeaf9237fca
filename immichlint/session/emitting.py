"""The full corrected stacks, written into a folder of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from immichlint.errors import UserError
from immichlint.findings.finding import Severity
from immichlint.session.requests import CheckRequest, EmitOutcome, EmitRequest, Tell
from immichlint.session.run import Run

if TYPE_CHECKING:
    from immichlint.rules.judged import Judged


def emit_into(request: EmitRequest, tell: Tell) -> EmitOutcome:
    """Judge and mend a repository in memory, and write its Immich stacks. Raises UserError."""
    from immichlint.findings.locate import locate
    from immichlint.findings.masks import unsaid
    from immichlint.fixing.emitted.emit import emit

    _check(request)
    run = Run(CheckRequest((request.path,), request.root, request.config), tell)
    tell("mending")
    made = emit(run.judged, run.judge, run.leads_to)
    if not made.files:
        raise UserError(f"Nothing below {run.root} deploys Immich or its database: there is nothing to emit.")
    tell("writing")
    _write(request.into, made.files)
    refused = []
    for item in made.refused:
        region = locate(run.repository, item.finding.place)
        where = f"{region.file}:{region.start.line}: " if region is not None else ""
        refused.append(f"{where}{item.finding.rule} is not mended: {item.reason}.")
    decided = tuple(f"{folder}: {decision.sentence}" for folder, decision in made.decided)
    left = (*made.left_out, *dict.fromkeys(refused), *_yours(made.judged))
    is_inside = request.into.resolve().is_relative_to(run.root)
    return EmitOutcome(made.folders, len(made.files), tuple(map(unsaid, decided)), tuple(map(unsaid, left)), is_inside)


def _yours(judged: Judged) -> Iterator[str]:
    """What is still wrong with what was written and has no fix, with what it waits for."""
    from immichlint.findings.locate import locate

    for finding in judged.findings:
        region = locate(judged.repository, finding.place)
        if finding.change is None and finding.severity is not Severity.INFO and region is not None:
            why = (finding.no_fix or "there is no fix for it").rstrip(".")
            yield f"{region.file}:{region.start.line}: {finding.rule} ({finding.name}) is left: {why}."


def _check(request: EmitRequest) -> None:
    """Raises UserError for a folder that cannot be written into."""
    into = request.into
    if into.exists() and not into.is_dir():
        raise UserError(f"`{into}` is a file; name a folder.")
    if into.is_dir() and any(into.iterdir()) and not request.force:
        raise UserError(f"The folder `{into}` is not empty; name another one, or add `--force` to write into it.")


def _write(into: Path, files: dict[str, bytes]) -> None:
    for path, raw in files.items():
        target = into / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(raw)
        except OSError as error:
            raise UserError(f"`{target}` cannot be written: {error.strerror}.") from error
