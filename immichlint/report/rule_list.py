"""The list of rules that `immichlint rules` prints."""

from __future__ import annotations

import json
from collections.abc import Sequence

from immichlint.findings.report import RuleInfo
from immichlint.report.segments import DIM, NAME, RULE, Line, Segment, painted, wrap
from immichlint.report.summary import count
from immichlint.report.visible import visible


def rules_json(rules: Sequence[RuleInfo]) -> str:
    """The rules as a JSON array: id, name, severity, profile, title, rationale and address."""
    wanted = ("id", "name", "severity", "profile", "title", "rationale", "url")
    return json.dumps([{key: getattr(rule, key) for key in wanted} for rule in rules], indent=2) + "\n"


def render_rules(rules: Sequence[RuleInfo], width: int, *, color: bool) -> str:
    """The rules as text, two lines each, and their number."""
    lines = [line for rule in rules for line in _rule(rule, width)]
    return painted([*lines, (Segment(count(len(rules), "rule"), DIM),)], width, color=color)


def _rule(rule: RuleInfo, width: int) -> list[Line]:
    head: Line = (
        Segment(visible(rule.id), RULE),
        Segment(f" {rule.severity:<7}", rule.severity),
        Segment(f" {visible(rule.profile):<11} ", DIM),
        Segment(visible(rule.name), NAME),
    )
    indent: Line = (Segment(" " * (len(rule.id) + 1)),)
    return [head, *wrap((Segment(visible(rule.title)),), width, indent, indent)]
