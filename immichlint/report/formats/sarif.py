"""SARIF 2.1.0 as GitHub code scanning takes it, and other readers too.

GitHub shows an alert on a pull request only where all its lines were changed, reads `uri` relative to the
repository's root, links related locations only from the message, and refuses a fix without changes. What
was ignored is left out unless it is asked for: GitHub would show a suppressed result as an alert.
"""

from __future__ import annotations

import json
from typing import Any, Final
from zlib import compress

from immichlint.findings.report import Report
from immichlint.report.grouping import most_severe_first
from immichlint.report.sarif.places import ROOT
from immichlint.report.sarif.results import Hashes, result, suppressed
from immichlint.report.sarif.rules import descriptor, rules_of
from immichlint.report.settings import RenderSettings

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_INFORMATION: Final = "urn:immichlint"
_MOST_RESULTS: Final = 25_000
_MOST_BYTES: Final = 10_000_000
"""What GitHub takes of one file, compressed with gzip."""


def render(report: Report, settings: RenderSettings) -> str:
    """The report as one SARIF log with one run, all of it ASCII. Of more than GitHub takes, the most severe is kept,
    and a notification says so."""
    most = _MOST_RESULTS
    while True:
        text = json.dumps(document(report, settings, most), indent=2) + "\n"
        if len(text) <= _MOST_BYTES or most <= 1 or len(compress(text.encode("ascii"))) <= _MOST_BYTES:
            return text
        most = min(most, len(report.findings)) // 2


def document(report: Report, settings: RenderSettings, most: int) -> dict[str, Any]:
    """The log as JSON's data, with at most so many results."""
    kept = list(report.findings) if len(report.findings) <= most else most_severe_first(report.findings)[:most]
    accepted = report.suppressed()[: most - len(kept)] if settings.suppressed else ()
    named = [*report.findings, *(item.located for item in accepted)]
    rules = rules_of(report, named)
    index = {rule.id: position for position, rule in enumerate(rules)}
    hashes = Hashes(settings)
    category = f"{settings.category.strip('/')}/".removeprefix("/")
    results = [result(located, index[located.finding.rule], hashes, report.chain(located)) for located in kept]
    results += [suppressed(item, index[item.located.finding.rule], hashes) for item in accepted]
    run = {
        "tool": {
            "driver": {
                "name": "immichlint",
                "version": report.version,
                "semanticVersion": report.version,
                "informationUri": _INFORMATION,
                "rules": [descriptor(rule, named) for rule in rules],
            }
        },
        "invocations": [_invocation(report, len(kept))],
        "automationDetails": {"id": f"immichlint/{category}"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the analysed repository."}}},
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _invocation(report: Report, kept: int) -> dict[str, Any]:
    """How the run went: what is not in this log although it was found."""
    invocation: dict[str, Any] = {"executionSuccessful": True}
    if kept < len(report.findings):
        left = f"{len(report.findings) - kept:,} of {len(report.findings):,} findings, the least severe ones"
        text = f"GitHub takes no more than this: {left}, are left out of this file. `--format json` has them all."
        invocation["toolExecutionNotifications"] = [{"level": "warning", "message": {"text": text}}]
    return invocation
