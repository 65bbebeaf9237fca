"""Reviewdog's format, held against proto/rdf/jsonschema/DiagnosticResult.json and against what its reporters do with a
suggestion: service/github takes the comment's lines for it, service/gitlab puts it in the place of the finding's line
and as many after it as it spans, and neither heeds columns in the same way."""

from __future__ import annotations

import json
from typing import Any

import hand_made as made
import hostile_report
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_ci_formats import LINE, REPORTS, TEXT, rendered

from immichlint.findings.finding import Severity
from immichlint.findings.report import FileEdit, FixPreview, Located, Region, Report
from immichlint.report import formats
from immichlint.report.settings import RenderSettings
from immichlint.text import SourceText, Span
from immichlint.text.edit import Edit, splice

POSITION = {
    "type": "object",
    "required": ["line"],
    "additionalProperties": False,
    "properties": {"line": LINE, "column": LINE},
}
RANGE = {"type": "object", "required": ["start", "end"], "properties": {"start": POSITION, "end": POSITION}}
LOCATION = {
    "type": "object",
    "required": ["path", "range"],
    "additionalProperties": False,
    "properties": {"path": TEXT, "range": RANGE},
}
RDJSON = {
    "type": "object",
    "required": ["source", "diagnostics"],
    "additionalProperties": False,
    "properties": {
        "source": {"type": "object", "required": ["name"], "properties": {"name": TEXT}},
        "diagnostics": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["message", "location", "severity", "code"],
                "additionalProperties": False,
                "properties": {
                    "message": TEXT,
                    "location": LOCATION,
                    "severity": {"enum": ["ERROR", "WARNING", "INFO"]},
                    "code": {"type": "object", "required": ["value"], "properties": {"value": TEXT, "url": TEXT}},
                    "suggestions": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["range", "text"],
                            "additionalProperties": False,
                            "properties": {"range": RANGE, "text": {"type": "string"}},
                        },
                    },
                    "related_locations": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["location"],
                            "additionalProperties": False,
                            "properties": {"message": TEXT, "location": LOCATION},
                        },
                    },
                },
            },
        },
    },
}


def diagnostics(*findings: Located, report: Report | None = None) -> Any:
    text = rendered("rdjson", report if report is not None else made.report(*findings))
    assert text.isascii()
    content = json.loads(text)
    jsonschema.Draft202012Validator(RDJSON).validate(content)
    return content["diagnostics"]


def applied(text: str, diagnostic: Any) -> str:
    """What GitLab makes of a file when somebody applies the suggestion of a comment."""
    (suggestion,) = diagnostic["suggestions"]
    start, end = suggestion["range"]["start"]["line"], suggestion["range"]["end"]["line"]
    lines = text.split("\n")
    at = diagnostic["location"]["range"]["start"]["line"] - 1
    lines[at : at + 1 + end - start] = suggestion["text"].split("\n") if suggestion["text"] else []
    return "\n".join(lines)


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_reviewdog_takes_it(report: Report) -> None:
    assert len(diagnostics(report=report)) == len(report.findings)


def test_a_suggestion_is_the_fix() -> None:
    (diagnostic,) = diagnostics(made.five_fields())
    assert diagnostic["location"]["range"] == {"start": {"line": 7, "column": 13}, "end": {"line": 7, "column": 24}}
    assert diagnostic["code"] == {"value": "IML101", "url": "https://example.org/rules/IML101"}
    assert diagnostic["suggestions"] == [
        {"range": {"start": {"line": 7}, "end": {"line": 7}}, "text": '  schedule: "0 0 3 * * *"  # every night'}
    ]


def test_columns_count_bytes() -> None:
    (diagnostic,) = diagnostics(hostile_report.hostile())
    assert diagnostic["location"]["range"]["start"] == {"line": 1, "column": len("ü👍: &a ".encode()) + 1}


def test_several_edits_are_one_suggestion() -> None:
    edits = FileEdit(hostile_report.at("value"), "new"), FileEdit(hostile_report.at("&a "), "")
    (diagnostic,) = diagnostics(hostile_report.hostile(Severity.ERROR, *edits))
    assert [item["text"] for item in diagnostic["suggestions"]] == ["ü👍: new"]


def test_no_suggestion_repeats_a_secret_or_leaves_its_file() -> None:
    around = FileEdit(hostile_report.at("value"), "new"), FileEdit(hostile_report.at("1"), "2")
    elsewhere = (FileEdit(made.region("apps/immich/backup.yaml", "spec"), "x"),)
    for edits in (around, elsewhere):
        (diagnostic,) = diagnostics(hostile_report.hostile(Severity.ERROR, *edits))
        assert "suggestions" not in diagnostic
        assert "hunter2" not in json.dumps(diagnostic)


def test_without_the_source_lines_are_all_there_is() -> None:
    text = formats.load("rdjson")(made.report(made.five_fields()), RenderSettings())
    (diagnostic,) = json.loads(text)["diagnostics"]
    assert diagnostic["location"]["range"] == {"start": {"line": 7}, "end": {"line": 7}}
    assert "suggestions" not in diagnostic


def suggested(text: str, found: Span, *edits: Edit) -> Any:
    """The diagnostic of a finding in a file, whose fix makes some edits."""
    source = SourceText(text)

    def region(span: Span) -> Region:
        return Region("a.yaml", span, source.position(span.start), source.position(span.end))

    fix = FixPreview("safe", "mend it", "", tuple(FileEdit(region(edit.span), edit.text) for edit in edits))
    report = made.report(made.located(region(found), fix=fix, lines=()))
    made_text = formats.load("rdjson")(report, RenderSettings(source=lambda file: text, secrets=lambda file: ()))
    (diagnostic,) = json.loads(made_text)["diagnostics"]
    return diagnostic


@pytest.mark.parametrize(
    ("found", "edit", "lines", "text"),
    [
        ((5, 6), Edit(Span(10, 10), "new\n"), (2, 2), "b: 2\nnew"),
        ((0, 1), Edit(Span(5, 5), "new\n"), (1, 1), "a: 1\nnew"),
        ((0, 1), Edit(Span(0, 0), "new\n"), (1, 1), "new\na: 1"),
        ((0, 1), Edit(Span(8, 9), "3"), (1, 2), "a: 1\nb: 3"),
        ((0, 1), Edit(Span(0, 5), ""), (1, 1), ""),
    ],
)
def test_a_suggestion_is_whole_lines_from_the_findings_on(
    found: tuple[int, int], edit: Edit, lines: tuple[int, int], text: str
) -> None:
    diagnostic = suggested("a: 1\nb: 2\n", Span(*found), edit)
    start, end = lines
    assert diagnostic["suggestions"] == [{"range": {"start": {"line": start}, "end": {"line": end}}, "text": text}]


def test_what_begins_before_the_finding_is_no_suggestion() -> None:
    assert "suggestions" not in suggested("a: 1\nb: 2\n", Span(5, 6), Edit(Span(0, 1), "x"))


def test_lines_that_end_as_windows_ends_them_have_no_suggestion() -> None:
    assert "suggestions" not in suggested("a: 1\r\nb: 2\r\n", Span(0, 1), Edit(Span(3, 4), "2"))


@given(st.text("ab\n", min_size=1, max_size=20), st.data())
def test_applied_to_the_findings_line_a_suggestion_does_what_the_fix_does(text: str, data: st.DataObject) -> None:
    def spans(least: int = 0) -> st.SearchStrategy[Span]:
        ends = st.integers(least, len(text))
        return st.tuples(ends, ends).map(lambda pair: Span(*sorted(pair)))

    found, edit = data.draw(spans()), Edit(data.draw(spans()), data.draw(st.text("xy\n", max_size=5)))
    diagnostic, after = suggested(text, found, edit), splice(text, [edit])
    if "suggestions" in diagnostic:
        assert applied(text, diagnostic).rstrip("\n") == after.rstrip("\n")
    else:
        # What is left of the lines is an empty one, which no suggestion can say.
        begins = SourceText(text).line_start(found.start)
        assert edit.span.start < begins or after[begins : begins + 1] in ("", "\n")
