"""Rules in SARIF: reportingDescriptors with a page of help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from immichlint.findings.finding import Confidence
from immichlint.findings.report import Located, Report, RuleInfo

LEVEL: Final[Mapping[str, str]] = {"error": "error", "warning": "warning", "info": "note"}
_PROBLEM: Final[Mapping[str, str]] = {"error": "error", "warning": "warning", "info": "recommendation"}
_MOST_TEXT: Final = 1_024
_TAGS: Final = ("kubernetes", "immich")


def rules_of(report: Report, findings: Sequence[Located]) -> list[RuleInfo]:
    """The selected rules, and those of findings that are not among them."""
    rules = {rule.id: rule for rule in report.rules()}
    for located in findings:
        finding = located.finding
        if finding.rule not in rules:
            title = finding.name.replace("-", " ")
            rules[finding.rule] = RuleInfo(
                finding.rule, finding.name, finding.severity.value, title, title, title, located.docs, ""
            )
    return list(rules.values())


def descriptor(rule: RuleInfo, findings: Sequence[Located]) -> dict[str, Any]:
    """A reportingDescriptor. Its precision is that of the least sure finding of the rule."""
    found = [it.finding.confidence for it in findings if it.finding.rule == rule.id]
    precision = max(found, key=lambda confidence: confidence.rank, default=Confidence.HIGH)
    text = rule.help or rule.rationale or rule.title or rule.name
    described: dict[str, Any] = {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": _short(rule.title or rule.name)},
        "fullDescription": {"text": _short(rule.rationale or rule.title or rule.name)},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": LEVEL[rule.severity]},
        "properties": {
            "precision": precision.value,
            "problem.severity": _PROBLEM[rule.severity],
            "tags": _tags(rule),
        },
    }
    if rule.security:
        described["properties"]["security-severity"] = f"{rule.security:.1f}"
    if "://" in rule.url:
        described["helpUri"] = rule.url
    return described


def _tags(rule: RuleInfo) -> list[str]:
    category = rule.category.lower().replace(" ", "-")
    return [tag for tag in (*_TAGS, category, rule.profile, "security" if rule.security else "") if tag]


def _short(text: str) -> str:
    return text if len(text) <= _MOST_TEXT else text[: _MOST_TEXT - 1] + "…"
