"""SARIF, held against what GitHub code scanning requires."""

from __future__ import annotations

import json
from typing import Any
from zlib import compress

import hand_made as made
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from immichlint.findings.finding import Confidence
from immichlint.findings.report import FixPreview, Note, Report, Suppressed, fingerprint
from immichlint.report.formats import sarif
from immichlint.report.formats.sarif import render
from immichlint.report.line_hash import line_hashes
from immichlint.report.settings import RenderSettings

TEXT = {"type": "string", "minLength": 1}
LIMITED = {"type": "object", "required": ["text"], "properties": {"text": {**TEXT, "maxLength": 1024}}}
COUNT = {"type": "integer", "minimum": 1}
REGION_KEYS = ("startLine", "startColumn", "endLine", "endColumn")
REGION = {
    "type": "object",
    "required": list(REGION_KEYS),
    "properties": dict.fromkeys(REGION_KEYS, COUNT),
    "additionalProperties": False,
}
ARTIFACT = {
    "type": "object",
    "required": ["uri", "uriBaseId"],
    "properties": {"uri": {"type": "string", "pattern": r"^[A-Za-z0-9._~%-][A-Za-z0-9._~%/-]*$"}},
}
PHYSICAL = {
    "type": "object",
    "required": ["artifactLocation", "region"],
    "properties": {"artifactLocation": ARTIFACT, "region": REGION},
}
LOCATION = {"type": "object", "required": ["physicalLocation"], "properties": {"physicalLocation": PHYSICAL}}
RULE = {
    "type": "object",
    "required": ["id", "name", "shortDescription", "fullDescription", "help", "defaultConfiguration", "properties"],
    "properties": {
        "id": TEXT,
        "name": {**TEXT, "maxLength": 255},
        "shortDescription": LIMITED,
        "fullDescription": LIMITED,
        "help": {"type": "object", "required": ["text", "markdown"], "properties": {"text": TEXT, "markdown": TEXT}},
        "helpUri": {"type": "string", "pattern": "^https://"},
        "defaultConfiguration": {"properties": {"level": {"enum": ["error", "warning", "note"]}}},
        "properties": {
            "type": "object",
            "required": ["precision", "problem.severity", "tags"],
            "properties": {
                "precision": {"enum": ["very-high", "high", "medium", "low"]},
                "problem.severity": {"enum": ["error", "warning", "recommendation"]},
                "tags": {"type": "array", "items": TEXT, "maxItems": 10},
            },
        },
    },
}
RESULT = {
    "type": "object",
    "required": ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"],
    "properties": {
        "level": {"enum": ["error", "warning", "note"]},
        "message": {"type": "object", "required": ["text"], "properties": {"text": TEXT}},
        "locations": {"type": "array", "minItems": 1, "maxItems": 1, "items": LOCATION},
        "relatedLocations": {"type": "array", "minItems": 1, "maxItems": 99, "items": LOCATION},
        "partialFingerprints": {"type": "object", "required": ["immichlint/v1"], "additionalProperties": TEXT},
        "fixes": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["description", "artifactChanges"],
                "properties": {
                    "artifactChanges": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "required": ["artifactLocation", "replacements"],
                            "properties": {
                                "artifactLocation": ARTIFACT,
                                "replacements": {
                                    "type": "array",
                                    "minItems": 1,
                                    "items": {
                                        "type": "object",
                                        "required": ["deletedRegion", "insertedContent"],
                                        "properties": {"deletedRegion": REGION},
                                    },
                                },
                            },
                        },
                    }
                },
            },
        },
    },
    "not": {"required": ["suppressions"]},
}
RUN = {
    "type": "object",
    "required": ["tool", "automationDetails", "columnKind", "originalUriBaseIds", "results"],
    "properties": {
        "tool": {
            "properties": {
                "driver": {
                    "required": ["name", "semanticVersion", "rules"],
                    "properties": {"rules": {"type": "array", "items": RULE, "maxItems": 25_000}},
                }
            }
        },
        "automationDetails": {"properties": {"id": {"type": "string", "pattern": "^immichlint/([^/]+/)*$"}}},
        "columnKind": {"const": "unicodeCodePoints"},
        "originalUriBaseIds": {
            "required": ["%SRCROOT%"],
            "properties": {"%SRCROOT%": {"required": ["description"], "not": {"required": ["uri"]}}},
        },
        "results": {"type": "array", "items": RESULT, "maxItems": 25_000},
    },
}
LOG = jsonschema.Draft202012Validator(
    {
        "type": "object",
        "required": ["$schema", "version", "runs"],
        "properties": {
            "$schema": {"type": "string", "pattern": "sarif-2.1.0"},
            "version": {"const": "2.1.0"},
            "runs": {"type": "array", "minItems": 1, "maxItems": 1, "items": RUN},
        },
    }
)


def run(report: Report, **settings: Any) -> Any:
    text = render(report, RenderSettings(**{"source": made.source, **settings}))
    log = json.loads(text)
    LOG.validate(log)
    assert "/home/" not in text
    return log["runs"][0]


def test_a_clean_run_is_valid() -> None:
    made_run = run(made.report(rules=lambda: (made.rule(),)))
    assert made_run["results"] == []
    assert [rule["id"] for rule in made_run["tool"]["driver"]["rules"]] == ["IML101"]


def test_results_point_at_their_rules() -> None:
    made_run = run(made.whole())
    rules = made_run["tool"]["driver"]["rules"]
    assert len(made_run["results"]) == 15
    assert {rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in made_run["results"]} == {True}
    assert len({rule["id"] for rule in rules}) == len(rules) == 4


def test_a_result() -> None:
    (result,) = run(made.report(made.five_fields()))["results"]
    assert result["level"] == "error"
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "apps/immich/backup.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 7, "startColumn": 13, "endLine": 7, "endColumn": 24},
    }
    assert "\nSee also: [the cluster that is backed up so often](1)\n" in result["message"]["text"]
    assert result["relatedLocations"][0]["id"] == 1
    assert result["partialFingerprints"] == {
        "immichlint/v1": fingerprint("iml101-7"),
        "primaryLocationLineHash": line_hashes(made.BACKUP)[6],
    }
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 7, "startColumn": 14, "endLine": 7, "endColumn": 23},
            "insertedContent": {"text": "0 0 3 * * *"},
        }
    ]


def test_without_the_source_there_is_no_line_hash() -> None:
    (result,) = run(made.report(made.five_fields()), source=lambda file: None)["results"]
    assert result["partialFingerprints"] == {"immichlint/v1": fingerprint("iml101-7")}


def test_a_refused_fix_is_left_out() -> None:
    refused = FixPreview("safe", "set it", "", (), "shared")
    (result,) = run(made.report(made.located(made.region("apps/immich/backup.yaml", "spec"), fix=refused)))["results"]
    assert "fixes" not in result


@pytest.mark.parametrize(("category", "wanted"), [("", "immichlint/"), ("apps/web", "immichlint/apps/web/")])
def test_the_category_is_before_the_last_slash(category: str, wanted: str) -> None:
    assert run(made.report(), category=category)["automationDetails"] == {"id": wanted}


def test_paths_are_uris() -> None:
    where = made.region("apps/immich/backup.yaml", "spec")._replace(file="a b/ü#%.yaml")
    (result,) = run(made.report(made.located(where, lines=())))["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "a%20b/%C3%BC%23%25.yaml"


def test_brackets_are_no_links_unless_they_are_meant() -> None:
    where = made.region("apps/immich/backup.yaml", "spec")
    located = made.located(where, message="see [x](7)", notes=(Note(where, "env/[name=A]"),))
    (result,) = run(made.report(located))["results"]
    assert result["message"]["text"] == "see [x\\](7)\nSee also: [env/\\[name=A\\]](1)"


def test_precision_is_that_of_the_least_sure_finding() -> None:
    where = made.region("apps/immich/backup.yaml", "spec")
    sure = made.located(where)
    unsure = made.located(where, confidence=Confidence.LOW)
    for findings, wanted in (((), "high"), ((sure,), "high"), ((sure, unsure), "low")):
        (rule,) = run(made.report(*findings, rules=lambda: (made.rule(),)))["tool"]["driver"]["rules"]
        assert rule["properties"]["precision"] == wanted


def test_long_rationales_are_cut() -> None:
    (rule,) = run(made.report(rules=lambda: (made.rule()._replace(rationale="x" * 3000),)))["tool"]["driver"]["rules"]
    assert rule["fullDescription"]["text"] == "x" * 1023 + "…"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", ["c129715d7a2bc9a3:1"]),
        (
            " a\nb\n  \t\tc\n d",
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"],
        ),
    ],
)
def test_line_hashes_are_those_of_github(text: str, wanted: list[str]) -> None:
    assert line_hashes(text) == wanted


def rolling_hashes(text: str) -> list[str]:
    """The same hashes as codeql-action makes them: a window of 100 units rolls over the text."""
    window, lines, seen, result = [0] * 100, [-1] * 100, dict[int, int](), dict[int, str]()
    value = index = line = 0
    line_start, after_return = True, False
    oldest = pow(37, 100, 2**64)

    def put(unit: int) -> None:
        nonlocal value, index
        value = (37 * value + unit - oldest * window[index]) % 2**64
        window[index] = unit
        index = (index + 1) % 100

    def emit() -> None:
        if lines[index] != -1:
            seen[value] = seen.get(value, 0) + 1
            result[lines[index]] = f"{value:x}:{seen[value]}"
            lines[index] = -1

    data = text.encode("utf-16-le")
    for at in range(0, len(data) + 2, 2):
        unit = int.from_bytes(data[at : at + 2], "little") if at < len(data) else 65535
        if unit in (32, 9) or (after_return and unit == 10):
            after_return = False
            continue
        after_return = unit == 13
        unit = 10 if unit == 13 else unit
        emit()
        if line_start:
            line += 1
            lines[index] = line
        line_start = unit == 10
        put(unit)
    for _ in range(100):
        emit()
        put(0)
    return [result[number] for number in sorted(result)]


@given(st.text(st.sampled_from("ab: \t\r\né👍\ufeff"), max_size=400))
def test_line_hashes_are_those_of_a_rolling_window(text: str) -> None:
    assert line_hashes(text) == rolling_hashes(text)


def test_equal_lines_are_numbered() -> None:
    hashes = line_hashes("a\n" * 300)
    assert hashes[0].split(":")[0] == hashes[1].split(":")[0]
    assert [entry.split(":")[1] for entry in hashes[:3]] == ["1", "2", "3"]


def test_a_weakness_is_a_security_alert() -> None:
    weak = made.rule()._replace(security=5.5, category="Machine learning")
    (rule,) = run(made.report(rules=lambda: (weak,)))["tool"]["driver"]["rules"]
    assert rule["properties"]["security-severity"] == "5.5"
    assert rule["properties"]["tags"] == ["kubernetes", "immich", "machine-learning", "minimal", "security"]
    (other,) = run(made.report(rules=lambda: (made.rule(),)))["tool"]["driver"]["rules"]
    assert "security-severity" not in other["properties"]


def test_a_page_is_linked_only_where_it_has_an_address() -> None:
    (rule,) = run(made.report(rules=lambda: (made.rule()._replace(url="docs/rules/IML101.md"),)))["tool"]["driver"][
        "rules"
    ]
    assert "helpUri" not in rule


def test_a_chain_is_a_code_flow_that_ends_at_the_finding() -> None:
    host = Note(made.region("apps/immich/release.yaml", "REDIS_NAME_0"), "the server's database host")
    cluster = Note(made.region("apps/immich/cluster.yaml", "immich-db"), "the Cluster")
    report = made.report(made.five_fields(), chain=lambda located: (host, cluster))
    (result,) = run(report)["results"]
    (flow,) = result["codeFlows"]
    steps = [step["location"] for step in flow["threadFlows"][0]["locations"]]
    assert [step["message"]["text"] for step in steps] == [
        "the server's database host",
        "the Cluster",
        "IML101 cnpg-schedule-five-fields",
    ]
    assert steps[-1]["physicalLocation"] == result["locations"][0]["physicalLocation"]
    (result,) = run(report._replace(chain=lambda located: (cluster,)))["results"]
    assert "codeFlows" not in result


def test_what_is_accepted_is_there_only_where_it_is_asked_for() -> None:
    accepted = (
        Suppressed(made.five_fields(), True, "hourly on purpose"),
        Suppressed(made.immediate_unset()[0], False, ""),
    )
    report = made.report(made.immediate_unset()[1], suppressed=lambda: accepted)
    assert [result["ruleId"] for result in run(report)["results"]] == ["IML111"]
    log = json.loads(render(report, RenderSettings(source=made.source, suppressed=True)))
    results = log["runs"][0]["results"]
    assert [result.get("suppressions") for result in results] == [
        None,
        [{"kind": "inSource", "status": "accepted", "justification": "hourly on purpose"}],
        [{"kind": "external", "status": "accepted"}],
    ]


def test_of_too_many_results_the_most_severe_are_kept_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "_MOST_RESULTS", 3)
    made_run = run(made.whole())
    assert [result["level"] for result in made_run["results"]] == ["error", "warning", "warning"]
    (notification,) = made_run["invocations"][0]["toolExecutionNotifications"]
    assert "12 of 15 findings, the least severe ones, are left out" in notification["message"]["text"]
    assert "toolExecutionNotifications" not in run(made.report())["invocations"][0]


def test_a_log_is_no_larger_than_github_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "_MOST_BYTES", 2_000)
    text = render(made.whole(), RenderSettings(source=made.source))
    assert len(compress(text.encode())) <= 2_000
    (run_made,) = json.loads(text)["runs"]
    assert 0 < len(run_made["results"]) < 15
    assert run_made["invocations"][0]["toolExecutionNotifications"]


def test_of_too_many_places_the_message_says_how_many_more() -> None:
    where = made.region("apps/immich/backup.yaml", "spec")
    (result,) = run(made.report(made.located(where, notes=(Note(where, "here"),) * 120)))["results"]
    assert len(result["relatedLocations"]) == 99
    assert result["message"]["text"].endswith("[here](99); and 21 more places")
