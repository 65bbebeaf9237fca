"""Reviewdog's diagnostic format, rdjson: findings as review comments, fixes as suggestions that one click applies.

A column counts bytes of UTF-8 from 1, the end is exclusive. A suggestion is applied alone, so a fix of several edits is
one suggestion of whole lines (without columns: both ends belong to it), or none where that would leave the file, begin
before the finding, or show a secret.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from immichlint.findings.report import Located, Note, Region, Report, possible
from immichlint.report.settings import RenderSettings
from immichlint.report.visible import visible
from immichlint.text import Position, SourceText, Span
from immichlint.text.edit import Edit, splice

_SEVERITY: Final[Mapping[str, str]] = {"error": "ERROR", "warning": "WARNING", "info": "INFO"}
_MOST_LINES: Final = 40
"""How many lines a suggestion may have."""


def render(report: Report, settings: RenderSettings) -> str:
    """The report as one DiagnosticResult, all of it ASCII."""
    texts = _Texts(settings)
    content = {
        "source": {"name": "immichlint"},
        "diagnostics": [_diagnostic(located, texts, settings) for located in report.findings],
    }
    return json.dumps(content, indent=2) + "\n"


class _Texts:
    """The texts of the files that have findings, each read once."""

    __slots__ = ("_files", "_settings")

    def __init__(self, settings: RenderSettings) -> None:
        self._settings = settings
        self._files: dict[str, SourceText | None] = {}

    def of(self, file: str) -> SourceText | None:
        if file not in self._files:
            text = self._settings.source(file)
            self._files[file] = SourceText.decode(text.encode()) if text is not None else None
        return self._files[file]


def _diagnostic(located: Located, texts: _Texts, settings: RenderSettings) -> dict[str, Any]:
    finding = located.finding
    made: dict[str, Any] = {
        "message": f"{finding.name}: {_text(finding.message)}",
        "location": _location(located.region, texts),
        "severity": _SEVERITY[finding.severity.value],
        "code": {"value": finding.rule, **({"url": located.docs} if "://" in located.docs else {})},
    }
    suggestion = _suggestion(located, texts, settings)
    if suggestion is not None:
        made["suggestions"] = [suggestion]
    if located.notes:
        made["related_locations"] = [_related(note, texts) for note in located.notes]
    return made


def _related(note: Note, texts: _Texts) -> dict[str, Any]:
    return {"message": _text(note.note), "location": _location(note.region, texts)}


def _location(region: Region, texts: _Texts) -> dict[str, Any]:
    return {"path": region.file, "range": _range(region.start, region.end, texts.of(region.file))}


def _range(start: Position, end: Position, source: SourceText | None) -> dict[str, Any]:
    """A range; of whole lines where the text is not known."""
    return {"start": _position(start, source), "end": _position(end, source)}


def _position(position: Position, source: SourceText | None) -> dict[str, int]:
    if source is None:
        return {"line": position.line}
    line = source.line_span(position.line)
    before = source.text[line.start : line.start + position.column - 1]
    return {"line": position.line, "column": len(before.encode("utf-8", "surrogatepass")) + 1}


def _suggestion(located: Located, texts: _Texts, settings: RenderSettings) -> dict[str, Any] | None:
    """The fix as other whole lines, from the finding's on: GitLab's comments take no others, and put what begins
    elsewhere in the place of the finding's line."""
    fix, source = possible(located.fix), texts.of(located.region.file)
    if fix is None or source is None or any(edit.region.file != located.region.file for edit in fix.edits):
        return None
    edits = [Edit(edit.region.span, edit.text) for edit in fix.edits]
    begin = located.region.start.line
    start = source.line_span(begin).start
    if any(edit.span.start < start for edit in edits):
        return None
    lines, text = _new_lines(source, start, edits)
    end = source.position(max(start, lines.end - 1)).line
    # An empty text is no line, so an empty line cannot be said.
    if (
        end - begin >= _MOST_LINES
        or "\r" in text
        or text == "\n"
        or _shows(lines, settings.secrets(located.region.file))
    ):
        return None
    return {"range": {"start": {"line": begin}, "end": {"line": end}}, "text": text.removesuffix("\n")}


def _new_lines(source: SourceText, start: int, edits: list[Edit]) -> tuple[Span, str]:
    """The lines from an offset to the last one that some edits change, and what stands there once they are made."""
    last = max(edit.span.end for edit in edits)
    if start < last == source.line_start(last):
        text = _replaced(source, Span(start, last), edits)
        if not text or text.endswith("\n"):
            return Span(start, last), text
    lines = Span(start, source.line_end(last))
    return lines, _replaced(source, lines, edits)


def _shows(span: Span, secrets: tuple[Span, ...]) -> bool:
    return any(secret.start < span.end and span.start < secret.end for secret in secrets)


def _replaced(source: SourceText, whole: Span, edits: list[Edit]) -> str:
    """What stands in a stretch of a text once some edits in it are made."""
    inside = [Edit(Span(edit.span.start - whole.start, edit.span.end - whole.start), edit.text) for edit in edits]
    return splice(source.text[whole.start : whole.end], inside)


def _text(text: str) -> str:
    return "\n".join(map(visible, text.splitlines()))
