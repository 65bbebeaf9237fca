"""What mending led to, in sentences."""

from __future__ import annotations

from immichlint.findings.finding import Finding
from immichlint.findings.locate import locate
from immichlint.fixing.rounds import Mended
from immichlint.repo.repository import Repository


def summary(made: Mended, before: Repository) -> tuple[str, ...]:
    """A sentence for each finding that was mended, with what a person has to do then, and for each that was not."""
    sentences = [_mended(finding, before) for finding in made.applied]
    sentences += [
        f"not mended: {_where(item.finding, made.judged.repository)} {item.finding.rule}: {item.reason}"
        for item in made.refused
    ]
    return tuple(dict.fromkeys(sentences))


def _mended(finding: Finding, before: Repository) -> str:
    change = finding.change
    assert change is not None
    after = f" Then: {change.after}" if change.after else ""
    return f"mended: {_where(finding, before)} {finding.rule}: {change.title}.{after}"


def _where(finding: Finding, repository: Repository) -> str:
    region = locate(repository, finding.place)
    return f"{region.file}:{region.start.line}" if region is not None else finding.place.document.path
