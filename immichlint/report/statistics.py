"""Counts per rule, in place of the findings."""

from __future__ import annotations

from immichlint.findings.report import Located, Report
from immichlint.report.segments import DIM, FIX, NAME, RULE, Line, Segment
from immichlint.report.visible import visible


def statistics_lines(report: Report) -> list[Line]:
    """A line for each rule that has findings, the most frequent first: how many, how severe, how many fixes."""
    rules: dict[str, list[Located]] = {}
    for located in report.findings:
        rules.setdefault(located.finding.rule, []).append(located)
    ranked = sorted(rules.values(), key=lambda group: (-len(group), group[0].finding.rule))
    if not ranked:
        return []
    digits = len(str(len(ranked[0])))
    ids = max(len(group[0].finding.rule) for group in ranked)
    names = max(len(group[0].finding.name) for group in ranked)
    return [_line(group, digits, ids, names) for group in ranked]


def _line(group: list[Located], digits: int, ids: int, names: int) -> Line:
    worst = min((located.finding for located in group), key=lambda finding: finding.severity.rank)
    fixes = sum(located.fix is not None and bool(located.fix.edits) for located in group)
    severity = worst.severity.value
    return (
        Segment(f"{len(group):>{digits}}  "),
        Segment(f"{severity:<7}  ", severity),
        Segment(f"{visible(worst.rule):<{ids}}  ", RULE),
        Segment(f"{visible(worst.name):<{names}}  ", NAME),
        Segment(f"{fixes} fixable", FIX) if fixes else Segment("no fix", DIM),
    )
