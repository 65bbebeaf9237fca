"""Manifests as they are applied, and an editor's buffer, from standard input; with the real analysis."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from immichlint.cli.main import run

CLUSTER = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: immich-postgres, namespace: immich}
spec:
  instances: 1
  bootstrap: {initdb: {database: immich, owner: immich}}
"""
BACKUP = """\
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {name: immich-daily, namespace: immich}
spec:
  schedule: "0 3 * * *"
  cluster: {name: immich-postgres}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "apps").mkdir()
    (tmp_path / "apps/backup.yaml").write_text(BACKUP, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def report(monkeypatch: pytest.MonkeyPatch, text: str, *options: str) -> Any:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    run(["check", "--format", "json=report.txt", "--select", "IML101", *options])
    return json.loads(Path("report.txt").read_text("utf-8"))


def test_rendered_manifests_are_all_there_is(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = report(monkeypatch, f"{CLUSTER}---\n{BACKUP}", "-")
    assert [(item["file"], item["line"]) for item in found["findings"]] == [("<stdin>", 12)]
    assert found["summary"]["files"] == 1


def test_rendered_manifests_can_have_a_name(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = report(monkeypatch, BACKUP, "-", "--stdin-filename", "apps/rendered.yaml")
    assert [item["file"] for item in found["findings"]] == ["apps/rendered.yaml"]


@pytest.mark.parametrize("options", [(), ("--root", "../other"), ("--stdin-filename", "../rendered.yaml")])
def test_rendered_manifests_are_judged_wherever_one_is(
    home: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    (home / "other").mkdir()
    monkeypatch.chdir(home / "apps")
    assert len(report(monkeypatch, BACKUP, "-", *options)["findings"]) == 1


def test_nothing_rendered_is_nothing_found(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert report(monkeypatch, "", "-")["findings"] == []


def test_a_buffer_stands_in_for_its_file_and_only_it_is_reported(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (
        report(monkeypatch, BACKUP.replace('"0 3', '"0 0 3'), "--stdin-filename", "apps/backup.yaml")["findings"] == []
    )
    found = report(monkeypatch, BACKUP.replace("immich-daily", "immich-new"), "--stdin-filename", "apps/new.yaml")
    assert [(item["file"], item["object"]["name"]) for item in found["findings"]] == [("apps/new.yaml", "immich-new")]
    assert found["summary"]["files"] == 2


def test_paths_say_what_is_reported_beside_a_buffer(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(report(monkeypatch, BACKUP, "--stdin-filename", "apps/new.yaml", ".")["findings"]) == 2


def test_what_makes_no_sense_is_said(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    for options, wanted in (
        (["-", "apps"], "leave the other paths out"),
        (["-", "--fix"], "use `--diff`"),
        (["-", "--stdin-filename", "../x.yaml"], "is not below the root"),
        (["--stdin-filename", "apps"], "`--stdin-filename apps` is a folder; name the file"),
    ):
        assert run(["check", *options]) == 2
        assert wanted in capsys.readouterr().err
