"""Concise lines and JSON, for other programs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import hand_made as made
import jsonschema
import pytest

import immichlint.report
from immichlint.errors import UserError
from immichlint.findings.report import FixPreview, Report, fingerprint
from immichlint.report import formats
from immichlint.report.settings import RenderSettings

SCHEMA = Path(immichlint.report.__file__).parent / "schema" / "report.schema.json"
DOCS = Path(__file__).parents[2] / "docs" / "report.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def document(report: Report) -> Any:
    text = formats.load("json")(report, RenderSettings())
    assert text.isascii()
    assert text.endswith("}\n")
    return json.loads(text)


def test_the_schema_is_a_schema_and_published_in_the_docs() -> None:
    jsonschema.Draft202012Validator.check_schema(VALIDATOR.schema)
    assert DOCS.read_bytes() == SCHEMA.read_bytes()


@pytest.mark.parametrize("report", [made.whole(), made.report()], ids=["whole", "clean"])
def test_json_is_valid(report: Report) -> None:
    VALIDATOR.validate(document(report))


@pytest.mark.parametrize(
    "break_it",
    [
        lambda doc: doc.update(version=2),
        lambda doc: doc.pop("not_analysed"),
        lambda doc: doc["findings"][0].update(severity="fatal"),
        lambda doc: doc["findings"][0].update(line=0),
        lambda doc: doc["findings"][0].update(file="/absolute"),
        lambda doc: doc["findings"][0].update(route="spec"),
        lambda doc: doc["findings"][0].pop("fix"),
        lambda doc: doc["findings"][0]["fix"].update(safety="maybe"),
        lambda doc: doc["findings"][0]["related"][0].pop("note"),
    ],
)
def test_the_schema_refuses_what_is_broken(break_it: Any) -> None:
    broken = document(made.whole())
    break_it(broken)
    assert not VALIDATOR.is_valid(broken)


def test_a_finding_in_json() -> None:
    finding = document(made.report(made.five_fields()))["findings"][0]
    message = finding.pop("message")
    assert message.startswith("`0 3 * * *` has five fields.")
    assert finding == {
        "rule": "IML101",
        "name": "cnpg-schedule-five-fields",
        "severity": "error",
        "confidence": "high",
        "file": "apps/immich/backup.yaml",
        "line": 7,
        "column": 13,
        "end_line": 7,
        "end_column": 24,
        "object": {
            "apiVersion": "postgresql.cnpg.io/v1",
            "kind": "ScheduledBackup",
            "namespace": "immich",
            "name": "immich-daily",
        },
        "route": "/spec/schedule",
        "related": [
            {
                "file": "apps/immich/cluster.yaml",
                "line": 4,
                "column": 9,
                "end_line": 4,
                "end_column": 18,
                "note": "the cluster that is backed up so often",
            }
        ],
        "fix": {
            "safety": "safe",
            "title": "put `0 ` in front of the schedule",
            "after": "The next base backup is at 03:00 UTC; those of each hour expire with the retention policy.",
            "edits": [
                {
                    "file": "apps/immich/backup.yaml",
                    "line": 7,
                    "column": 14,
                    "end_line": 7,
                    "end_column": 23,
                    "text": "0 0 3 * * *",
                }
            ],
        },
        "fingerprint": fingerprint("iml101-7"),
        "docs": "https://example.org/rules/IML101",
    }


def test_a_refused_fix_is_none_in_json() -> None:
    refused = FixPreview("safe", "set it", "", (), "it is shared")
    located = made.located(made.region("apps/immich/backup.yaml", "spec"), fix=refused)
    assert document(made.report(located))["findings"][0]["fix"] is None


def test_the_summary_in_json() -> None:
    assert document(made.whole())["summary"] == {
        "errors": 1,
        "warnings": 13,
        "infos": 1,
        "ignored": 2,
        "fixable": 2,
        "fixable_unsafe": 1,
        "files": 1240,
        "ignored_in_comments": 2,
        "ignored_in_configuration": 0,
        "baselined": 0,
        "stale": 0,
    }


def test_concise_has_a_line_for_each_finding() -> None:
    report = made.whole()
    lines = formats.load("concise")(report, RenderSettings()).splitlines()
    assert len(lines) == len(report.findings)
    assert lines[1] == (
        "apps/immich/backup.yaml:6:1: warning IML105 "
        "`immediate` is not written: nothing can be restored before the first slot."
    )
    assert formats.load("concise")(made.report(), RenderSettings()) == ""


def test_concise_stays_on_one_line_and_is_harmless() -> None:
    located = made.located(made.region("apps/immich/backup.yaml", "spec"), message="one\n  two \x1b[31m")
    text = formats.load("concise")(made.report(located), RenderSettings())
    assert text == "apps/immich/backup.yaml:6:1: error IML101 one two ␛[31m\n"


def test_every_format_can_be_loaded_by_name() -> None:
    assert {"text", "concise", "json", "sarif"} <= set(formats.names())
    for name in formats.names():
        assert formats.load(name)(made.whole(), RenderSettings()).endswith("\n")


@pytest.mark.parametrize("name", ["xml", "__init__", "../text", ""])
def test_an_unknown_format_names_the_known_ones(name: str) -> None:
    with pytest.raises(UserError, match=re.escape(f"There is no format `{name}`; the formats are concise, ")):
        formats.load(name)
