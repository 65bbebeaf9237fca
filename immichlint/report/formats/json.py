"""The contract for other programs, version 1; `report/schema/report.schema.json` is its schema."""

from __future__ import annotations

import json
from typing import Any, Final

from immichlint.findings.finding import ObjectRef
from immichlint.findings.report import FileEdit, FixPreview, Located, Note, Region, Report
from immichlint.report.settings import RenderSettings

VERSION: Final = 1


def render(report: Report, settings: RenderSettings) -> str:
    """The report as one JSON object, all of it ASCII."""
    return json.dumps(document(report), indent=2) + "\n"


def document(report: Report) -> dict[str, Any]:
    """The report as JSON's data."""
    return {
        "version": VERSION,
        "tool": {"name": "immichlint", "version": report.version},
        "summary": report.summary._asdict(),
        "findings": [_finding(located) for located in report.findings],
        "not_analysed": [unread._asdict() for unread in report.not_analysed],
    }


def _finding(located: Located) -> dict[str, Any]:
    finding = located.finding
    return {
        "rule": finding.rule,
        "name": finding.name,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "message": finding.message,
        **_region(located.region),
        "object": _object(finding.object),
        "route": "/" + located.route.removeprefix("/"),
        "related": [_related(note) for note in located.notes],
        "fix": _fix(located.fix),
        "fingerprint": located.fingerprint,
        "docs": located.docs,
    }


def _region(region: Region) -> dict[str, Any]:
    return {
        "file": region.file,
        "line": region.start.line,
        "column": region.start.column,
        "end_line": region.end.line,
        "end_column": region.end.column,
    }


def _object(ref: ObjectRef | None) -> dict[str, str] | None:
    if ref is None:
        return None
    return {"apiVersion": ref.api_version, "kind": ref.kind, "namespace": ref.namespace, "name": ref.name}


def _related(note: Note) -> dict[str, Any]:
    return {**_region(note.region), "note": note.note}


def _fix(fix: FixPreview | None) -> dict[str, Any] | None:
    """A fix that can be made; one that was refused is none."""
    if fix is None or fix.refusal:
        return None
    return {
        "safety": fix.safety,
        "title": fix.title,
        "after": fix.after,
        "edits": [_edit(edit) for edit in fix.edits],
    }


def _edit(edit: FileEdit) -> dict[str, Any]:
    return {**_region(edit.region), "text": edit.text}
