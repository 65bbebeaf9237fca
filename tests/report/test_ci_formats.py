"""The formats of CI servers and reviewers, each held against its contract, also with hostile content."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

import hand_made as made
import hostile_report
import jsonschema
import pytest

from immichlint.findings.finding import Severity
from immichlint.findings.report import Report, fingerprint
from immichlint.report import formats
from immichlint.report.settings import RenderSettings

REPORTS = {"whole": made.whole(), "clean": made.report(), "hostile": hostile_report.report()}
TEXT = {"type": "string", "minLength": 1}
LINE = {"type": "integer", "minimum": 1}


def rendered(name: str, report: Report, **settings: Any) -> str:
    """A report in a format, with the sources of the reports made here."""

    def source(file: str) -> str | None:
        return hostile_report.source(file) or made.source(file)

    return formats.load(name)(report, RenderSettings(source=source, secrets=hostile_report.secrets, **settings))


@pytest.mark.parametrize("name", formats.names())
@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_no_format_lets_control_characters_through(name: str, report: Report) -> None:
    text = rendered(name, report)
    assert text == "" or text.endswith("\n")
    assert re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text) == []


# --- GitHub: what the runner makes of a line, by actions/toolkit's and the runner's rules for commands


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r"::(error|warning|notice) ((?:[a-zA-Z]+=[^,:]*,?)+)::(.*)", line)
        assert match is not None, line
        pairs = dict(part.split("=", 1) for part in match[2].split(","))
        found.append((match[1], {key: decoded(value) for key, value in pairs.items()}, decoded(match[3])))
    return found


def decoded(text: str) -> str:
    for code, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, char)
    return text


def test_an_annotation() -> None:
    (found,) = commands(rendered("github", made.report(made.five_fields())))
    command, properties, message = found
    assert command == "error"
    assert properties == {
        "file": "apps/immich/backup.yaml",
        "line": "7",
        "endLine": "7",
        "col": "13",
        "endColumn": "24",
        "title": "IML101 cnpg-schedule-five-fields",
    }
    assert message.endswith("03:00 every day.\nFix (safe): put `0 ` in front of the schedule")


def test_annotations_stay_in_their_frame() -> None:
    found = commands(rendered("github", hostile_report.report()))
    assert [command for command, _, _ in found] == ["error", "warning", "notice"]
    assert {properties["file"] for _, properties, _ in found} == {hostile_report.FILE}
    assert all(message.startswith("100%\n::error file=x::pwned\n") for _, _, message in found)
    assert all("%0A::stop, a:b" in message for _, _, message in found)


def test_annotations_are_capped_and_the_most_severe_come_first() -> None:
    findings = [made.located(made.region("apps/immich/backup.yaml", "spec"), severity=s) for s in Severity] * 12
    found = commands(rendered("github", made.report(*reversed(findings))))
    assert [command for command, _, _ in found] == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10
    assert found[-1][2] == "7 more; the log and the other formats list all of them."
    assert commands(rendered("github", made.report())) == []


# --- GitLab: docs.gitlab.com, "Code Quality report format"

GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": TEXT,
            "check_name": TEXT,
            "fingerprint": TEXT,
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "not": {"pattern": r"^\.?/"}},
                    "lines": {"type": "object", "required": ["begin"], "properties": {"begin": LINE, "end": LINE}},
                },
            },
        },
    },
}


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_gitlab_takes_it(report: Report) -> None:
    text = rendered("gitlab", report)
    assert text.isascii()
    violations = json.loads(text)
    jsonschema.Draft202012Validator(GITLAB).validate(violations)
    assert [item["location"]["lines"]["begin"] for item in violations] == [
        it.region.start.line for it in report.findings
    ]


def test_a_violation() -> None:
    (violation,) = json.loads(rendered("gitlab", made.report(made.five_fields())))
    assert violation.pop("description").startswith("IML101 cnpg-schedule-five-fields: `0 3 * * *` has five fields.")
    assert violation == {
        "check_name": "IML101",
        "fingerprint": fingerprint("iml101-7"),
        "severity": "critical",
        "location": {"path": "apps/immich/backup.yaml", "lines": {"begin": 7, "end": 7}},
    }


# --- JUnit: the shape of Jenkins's junit-10.xsd

CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"failure", "system-out"},
    "failure": set(),
    "system-out": set(),
}
ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped"},
    "testcase": {"name", "classname"},
    "failure": {"type", "message"},
    "system-out": set(),
}


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_junit_has_its_shape_and_its_counts(report: Report) -> None:
    text = rendered("junit", report)
    assert text.isascii()
    root = ElementTree.fromstring(text)
    assert root.tag == "testsuites"
    for element in root.iter():
        assert set(element.keys()) == ATTRIBUTES[element.tag]
        assert {child.tag for child in element} <= CHILDREN[element.tag]
    for suite in (root, *root):
        assert suite.get("tests") == str(len(suite.findall(".//testcase")))
        assert suite.get("failures") == str(len(suite.findall(".//failure")))
    cases = [case for suite in root for case in suite if len(case)]
    assert len(cases) == len(report.findings)
    failures = [failure.get("type") for failure in root.iter("failure")]
    assert sorted(failures) == sorted(it.finding.severity for it in report.findings if it.finding.severity != "info")


def test_junit_keeps_every_text_a_text() -> None:
    root = ElementTree.fromstring(rendered("junit", hostile_report.report()))
    assert {suite.get("name") for suite in root} == {hostile_report.FILE, "rules that found nothing"}
    (failure, _) = root.iter("failure")
    assert "]]></failure><!-- <img src=x" in (failure.text or "")
    assert "]]></failure><!-- <img src=x" in failure.get("message", "")


def test_rules_that_found_nothing_passed() -> None:
    root = ElementTree.fromstring(rendered("junit", hostile_report.report()))
    assert [case.get("name") for case in root[-1]] == ["IML102 other-rule"]


# --- Markdown


def cells(row: str) -> list[str]:
    """The cells of a table's row: a pipe parts them unless a backslash stands before it."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def test_a_table_with_the_most_severe_first() -> None:
    text = rendered("markdown", made.whole())
    assert text.startswith(
        "### immichlint\n\nFound 1 error, 13 warnings and 1 info in 1,240 files; 2 ignored by comments.\n"
    )
    head, line, *rows = [row for row in text.splitlines() if row.startswith("|")]
    assert (cells(head), set(line)) == (["Severity", "Rule", "Place", "What is wrong"], set("|-"))
    assert [cells(row)[0] for row in rows] == ["error"] + ["warning"] * 13 + ["info"]
    _, rule, place, what = cells(rows[0])
    assert rule == "[IML101](https://example.org/rules/IML101) cnpg-schedule-five-fields"
    assert place == "`apps/immich/backup.yaml:7`"
    assert what.startswith("`0 3 * * *` has five fields.")
    assert "<br>**Fix** (safe): put `0 ` in front of the schedule<br>**Then**: The next base backup" in what
    assert "\nNot analysed: 5 files.\n" in text


def test_markdown_is_only_what_we_mean() -> None:
    text = rendered("markdown", hostile_report.report())
    rows = [row for row in text.splitlines() if row.startswith("|")][2:]
    assert [len(cells(row)) for row in rows] == [4, 4, 4]
    bare = re.sub(r"(`+).*?(?<!`)\1(?!`)", "", text.replace("<br>", ""))
    assert "<" not in bare
    assert not re.search(r"(?<!\\)\]\(j", bare)
    assert "@" not in bare
    assert "&#64;someone" in bare
    assert not re.search(r"[^&]#1", bare)
    assert "://" not in bare.replace("(https://example.org/rules/IML101)", "")
    assert r"\*\*bold\*\*" in bare
    assert r"`code\|<b>`" in text


def test_markdown_fits_into_a_comment() -> None:
    long = made.located(made.region("apps/immich/backup.yaml", "spec"), message="x" * 1_900)
    text = rendered("markdown", made.report(*[long] * 100))
    assert len(text) < 65_536
    rows = text.count("| error |")
    assert f"\n{100 - rows} more findings did not fit in here.\n" in text


def test_a_clean_run_says_so() -> None:
    assert rendered("markdown", made.report()) == "### immichlint\n\nNo findings in 3 files.\n"
