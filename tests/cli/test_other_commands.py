"""`rules`, `explain`, `stack` and `schedule`."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import immichlint.cli.commands.explain as explain_module
import immichlint.cli.commands.rules as rules_module
import immichlint.cli.commands.stack as stack_module
from immichlint.cli.main import run
from immichlint.findings.overview.model import Open, Overview
from immichlint.findings.report import RuleInfo
from immichlint.session import RulesRequest, StackRequest

RULE = RuleInfo(
    "IML101",
    "cnpg-schedule-five-fields",
    "error",
    "A schedule of five fields",
    "It is read otherwise.",
    "# Five fields\n\nCNPG reads `0 3 * * *` as \x1bhourly.",
    "https://example.org/IML101",
    "minimal",
)


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


def test_rules_are_listed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[RulesRequest] = []
    monkeypatch.setattr(rules_module, "rules", lambda request: asked.append(request) or (RULE,))
    assert run(["rules", "--select", "IML1,IML2", "--profile", "strict"]) == 0
    assert asked == [RulesRequest(None, None, ("IML1", "IML2"), "strict")]
    assert capsys.readouterr().out == (
        "IML101 error   minimal     cnpg-schedule-five-fields\n       A schedule of five fields\n1 rule\n"
    )
    assert run(["rules", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "id": "IML101",
            "name": "cnpg-schedule-five-fields",
            "severity": "error",
            "profile": "minimal",
            "title": "A schedule of five fields",
            "rationale": "It is read otherwise.",
            "url": "https://example.org/IML101",
        }
    ]


def test_a_rule_is_explained(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(explain_module, "explain", lambda names, request: asked.append((names, request)) or (RULE,))
    assert run(["explain", "IML101"]) == 0
    assert asked == [(("IML101",), RulesRequest())]
    assert capsys.readouterr().out == (
        "# Five fields\n\nCNPG reads `0 3 * * *` as ␛hourly.\n\nhttps://example.org/IML101\n"
    )
    assert run(["explain", "IML101", "--color", "always"]) == 0
    out = capsys.readouterr().out
    assert "\x1b[" in out
    assert "0 3 * * *" in out
    assert "\x1bhourly" not in out


def test_a_stack_is_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    moment = datetime(2027, 1, 31, 3, tzinfo=UTC)
    asked: list[StackRequest] = []
    found = Overview(moment, (), (), (), (Open("charts/a.yaml", "it is a template"),))
    monkeypatch.setattr(stack_module, "stack", lambda request, tell: asked.append(request) or found)
    assert run(["stack", str(tmp_path), "--from", "2027-01-31T03:00:00Z"]) == 0
    assert asked == [StackRequest(moment, tmp_path)]
    assert "└─ charts/a.yaml: it is a template" in capsys.readouterr().out
    assert run(["stack", str(tmp_path), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["unread"][0]["what"] == "charts/a.yaml"
    assert abs(asked[1].now - datetime.now(UTC)) < timedelta(minutes=5)


def test_no_stack_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["stack", str(tmp_path), "--root", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "No Immich was found here: no manifest names it.\n"


def test_a_schedule_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO('"0 0 3 * * *"\n\n"0 3 * * *"\n'))
    assert run(["schedule", "-", "--format", "json", "--from", "2027-01-01T00:00:00Z"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["expression"] == "0 0 3 * * *"
    assert first["next"][0] == "2027-01-01T03:00:00Z"
    assert second["runs_per_day_max"] == 24
    assert second["crontab"]["accepted"] is True


def test_a_schedule_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schedule", "0 3 * * *", "-1 \x1b", "--from", "2027-01-01"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("0 3 * * *\n  CNPG runs it at minute 3 of every hour")
    assert "    2027-01-01T00:03:00Z\n" in out
    assert "\n\n-1 ␛\n" in out
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (["0", "3", "*", "*", "*"], "", "Put the expression in quotes: `immichlint schedule '0 0 3 * * *'`."),
        (["@daily", "--from", "noon"], "", "`--from noon` is no time; write it as 2027-01-31T03:00:00Z."),
        (["-"], "0 3 * * *\n", "Line 1 of standard input is no JSON: Extra data."),
        (["-"], "\n3\n", "Line 2 of standard input is no JSON string; write each schedule in quotes."),
    ],
)
def test_schedules_that_make_no_sense(
    arguments: list[str],
    stdin: str,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
    assert run(["schedule", *arguments]) == 2
    assert capsys.readouterr() == ("", f"immichlint: {message}\n")
