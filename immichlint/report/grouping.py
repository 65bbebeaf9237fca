"""Which findings are shown as one block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from immichlint.findings.report import Located
from immichlint.named_tuple import NamedTuple

MANY: Final = 4
"""From how many findings on, those of one rule in one file are one block."""


class Block(NamedTuple):
    """Findings that are shown in one block, in reading order. `alike`: all are of one rule in one file, so
    that the first stands for all; otherwise they are one trouble, and each is shown."""

    findings: tuple[Located, ...]
    alike: bool


def blocks(findings: Sequence[Located]) -> list[Block]:
    """The blocks of a report, each where its first finding is."""
    groups: dict[tuple[str, ...], list[Located]] = {}
    for located in findings:
        finding = located.finding
        key = (finding.together,) if finding.together else (finding.rule, located.region.file)
        groups.setdefault(key, []).append(located)
    found: list[Block] = []
    for group in groups.values():
        alike = len(group) >= MANY and len({(it.finding.rule, it.region.file) for it in group}) == 1
        if alike or group[0].finding.together:
            found.append(Block(tuple(group), alike))
        else:
            found += (Block((located,), alike=False) for located in group)
    position = {id(located): index for index, located in enumerate(findings)}
    return sorted(found, key=lambda block: position[id(block.findings[0])])


def most_severe_first(findings: Sequence[Located]) -> list[Located]:
    """Findings by severity, else in reading order: what is shown where there is not room for all."""
    return sorted(findings, key=lambda located: located.finding.severity.rank)
