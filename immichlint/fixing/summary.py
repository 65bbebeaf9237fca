"""What mending led to, in sentences."""

from __future__ import annotations

from immichlint.findings.finding import Finding
from immichlint.findings.locate import locate
from immichlint.fixing.rounds import Mended
from immichlint.repo.repository import Repository


def summary(made: Mended, before: Repository, *, done: bool) -> tuple[str, ...]:
    """A sentence for each finding that was mended, with what a person has to do then, and for each that was not.

    `done`: whether the files are written; else the sentences say what would be.
    """
    verb = "mended" if done else "would mend"
    sentences = [_mended(finding, before, verb) for finding in made.applied]
    sentences += [
        f"cannot mend: {_where(item.finding, made.judged.repository)} {item.finding.rule}: {item.reason}"
        for item in made.refused
    ]
    return tuple(dict.fromkeys(sentences))


def _mended(finding: Finding, before: Repository, verb: str) -> str:
    change = finding.change
    assert change is not None
    after = f" Then: {change.after}" if change.after else ""
    return f"{verb}: {_where(finding, before)} {finding.rule}: {change.title}.{after}"


def _where(finding: Finding, repository: Repository) -> str:
    region = locate(repository, finding.place)
    return f"{region.file}:{region.start.line}" if region is not None else finding.place.document.path
