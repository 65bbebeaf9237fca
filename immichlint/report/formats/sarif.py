"""SARIF 2.1.0 as GitHub code scanning takes it, and other readers too.

GitHub shows an alert on a pull request only where all its lines were changed, reads `uri` relative to the
repository's root, links related locations only from the message, and refuses a fix without changes. What
was ignored is left out: GitHub would show a suppressed result as an alert.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from os import fsencode
from typing import Any, Final
from urllib.parse import quote

from immichlint.findings.finding import Confidence
from immichlint.findings.report import FixPreview, Located, Region, Report, RuleInfo
from immichlint.report.line_hash import line_hashes
from immichlint.report.settings import RenderSettings

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT: Final = "%SRCROOT%"
_MOST_RESULTS: Final = 25_000
_MOST_RELATED: Final = 99
_MOST_TEXT: Final = 1_024
_LEVEL: Final[Mapping[str, str]] = {"error": "error", "warning": "warning", "info": "note"}
_PROBLEM: Final[Mapping[str, str]] = {"error": "error", "warning": "warning", "info": "recommendation"}


def render(report: Report, settings: RenderSettings) -> str:
    """The report as one SARIF log with one run, all of it ASCII."""
    return json.dumps(document(report, settings), indent=2) + "\n"


def document(report: Report, settings: RenderSettings) -> dict[str, Any]:
    """The log as JSON's data. Of more results than GitHub takes, the most severe are kept."""
    kept = list(report.findings)
    if len(kept) > _MOST_RESULTS:
        kept = sorted(kept, key=lambda located: located.finding.severity.rank)[:_MOST_RESULTS]
    rules = _rules(report)
    index = {rule.id: position for position, rule in enumerate(rules)}
    hashes = _Hashes(settings)
    category = f"{settings.category.strip('/')}/".removeprefix("/")
    run = {
        "tool": {
            "driver": {
                "name": "immichlint",
                "version": report.version,
                "semanticVersion": report.version,
                "rules": [_rule(rule, report) for rule in rules],
            }
        },
        "automationDetails": {"id": f"immichlint/{category}"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the analysed repository."}}},
        "results": [_result(located, index[located.finding.rule], hashes) for located in kept],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


class _Hashes:
    """The line hashes of the files that have results, each file hashed once."""

    __slots__ = ("_files", "_settings")

    def __init__(self, settings: RenderSettings) -> None:
        self._settings = settings
        self._files: dict[str, list[str]] = {}

    def of(self, region: Region) -> str | None:
        """The hash of the line at which a region starts; None where the file's text is not known."""
        if region.file not in self._files:
            text = self._settings.source(region.file)
            self._files[region.file] = [] if text is None else line_hashes(text)
        hashes = self._files[region.file]
        return hashes[region.start.line - 1] if region.start.line <= len(hashes) else None


def _rules(report: Report) -> list[RuleInfo]:
    """The selected rules, and those of findings that are not among them."""
    rules = {rule.id: rule for rule in report.rules()}
    for located in report.findings:
        finding = located.finding
        if finding.rule not in rules:
            title = finding.name.replace("-", " ")
            rules[finding.rule] = RuleInfo(
                finding.rule, finding.name, finding.severity.value, title, title, title, located.docs, ""
            )
    return list(rules.values())


def _rule(rule: RuleInfo, report: Report) -> dict[str, Any]:
    found = [it.finding.confidence for it in report.findings if it.finding.rule == rule.id]
    precision = max(found, key=lambda confidence: confidence.rank, default=Confidence.HIGH)
    text = rule.help or rule.rationale or rule.title or rule.name
    described: dict[str, Any] = {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": _short(rule.title or rule.name)},
        "fullDescription": {"text": _short(rule.rationale or rule.title or rule.name)},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": _LEVEL[rule.severity]},
        "properties": {
            "precision": precision.value,
            "problem.severity": _PROBLEM[rule.severity],
            "tags": [tag for tag in ("kubernetes", "immich", rule.profile) if tag],
        },
    }
    if rule.url:
        described["helpUri"] = rule.url
    return described


def _short(text: str) -> str:
    return text if len(text) <= _MOST_TEXT else text[: _MOST_TEXT - 1] + "…"


def _result(located: Located, rule_index: int, hashes: _Hashes) -> dict[str, Any]:
    finding = located.finding
    fingerprints = {"immichlint/v1": located.fingerprint}
    if line_hash := hashes.of(located.region):
        fingerprints["primaryLocationLineHash"] = line_hash
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": _LEVEL[finding.severity.value],
        "message": {"text": "".join(_message(located))},
        "locations": [{"physicalLocation": _physical(located.region), **_logical(located)}],
        "partialFingerprints": fingerprints,
        "properties": {"confidence": finding.confidence.value},
    }
    if located.notes:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _physical(note.region), "message": {"text": note.note}}
            for number, note in enumerate(located.notes[:_MOST_RELATED], start=1)
        ]
    if located.fix is not None and located.fix.edits and not located.fix.refusal:
        result["fixes"] = [_fix(located.fix)]
    return result


def _message(located: Located) -> Iterator[str]:
    """The message, with a link to each related location: GitHub shows no others."""
    yield _unlinked(located.finding.message)
    for number, note in enumerate(located.notes[:_MOST_RELATED], start=1):
        label = re.sub(r"([\[\]\\])", r"\\\1", " ".join(note.note.split()))
        yield f"{'; ' if number > 1 else chr(10) + 'See also: '}[{label}]({number})"
    fix = located.fix
    if fix is not None and fix.edits and not fix.refusal:
        yield f"\nFix ({fix.safety}): {_unlinked(fix.title)}"
        if fix.after:
            yield f"\nThen: {_unlinked(fix.after)}"
    if located.finding.no_fix:
        yield f"\nHelp: {_unlinked(located.finding.no_fix)}"


def _unlinked(text: str) -> str:
    """Text in which no brackets are taken for a link."""
    return text.replace("](", "\\](")


def _physical(region: Region) -> dict[str, Any]:
    return {"artifactLocation": _artifact(region.file), "region": _region(region)}


def _artifact(file: str) -> dict[str, str]:
    return {"uri": quote(fsencode(file)), "uriBaseId": _ROOT}


def _region(region: Region) -> dict[str, int]:
    return {
        "startLine": region.start.line,
        "startColumn": region.start.column,
        "endLine": region.end.line,
        "endColumn": region.end.column,
    }


def _logical(located: Located) -> dict[str, Any]:
    ref = located.finding.object
    if ref is None:
        return {}
    return {"logicalLocations": [{"fullyQualifiedName": f"{ref} {located.route}".strip(), "kind": "object"}]}


def _fix(fix: FixPreview) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        replacement = {"deletedRegion": _region(edit.region), "insertedContent": {"text": edit.text}}
        changes.setdefault(edit.region.file, []).append(replacement)
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {"artifactLocation": _artifact(file), "replacements": replacements}
            for file, replacements in changes.items()
        ],
    }
