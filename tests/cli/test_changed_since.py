"""`--changed-since`: only what a change touches or causes, and rules that compare with what was there."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from immichlint.cli.main import run

BACKUP = """\
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {{name: immich-{name}}}
spec:
  schedule: "{schedule}"
  immediate: true
  backupOwnerReference: self
  cluster: {{name: immich-postgres}}
"""
SERVER = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: immich-server, namespace: immich}
spec:
  template:
    spec:
      containers:
        - name: server
          image: ghcr.io/immich-app/immich-server:VERSION
"""


def git(root: Path, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(("git", "-C", root, *who, *arguments), check=True, capture_output=True)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    git(tmp_path, "init", "-q")
    (tmp_path / "old.yaml").write_text(BACKUP.format(name="old", schedule="0 3 * * *"))
    (tmp_path / "server.yaml").write_text(SERVER.replace("VERSION", "v2.7.5"))
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "one")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def findings(capsys: pytest.CaptureFixture[str], *options: str) -> list[tuple[str, str, int]]:
    code = run(["--format", "json", "--select", "IML101,IML605", *options])
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    found = [(item["rule"], item["file"], item["line"]) for item in report["findings"]]
    assert code == (1 if found else 0)
    return found


def test_what_was_there_before_is_left_out(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "new.yaml").write_text(BACKUP.format(name="new", schedule="0 4 * * *"))
    assert findings(capsys) == [("IML101", "new.yaml", 5), ("IML101", "old.yaml", 5)]
    assert findings(capsys, "--changed-since", "HEAD") == [("IML101", "new.yaml", 5)]


def test_nothing_has_changed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert findings(capsys, "--changed-since", "HEAD") == []


def test_a_finding_on_a_line_that_was_touched_is_reported(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (root / "old.yaml").read_text()
    (root / "old.yaml").write_text("# moved down\n" + text)
    assert findings(capsys, "--changed-since", "HEAD") == []
    (root / "old.yaml").write_text(text.replace('"0 3 * * *"', '"0 3 * * *"  # nightly'))
    assert findings(capsys, "--changed-since", "HEAD") == [("IML101", "old.yaml", 5)]


def test_a_downgrade_is_seen_in_the_change(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "server.yaml").write_text(SERVER.replace("VERSION", "v2.7.4"))
    assert findings(capsys, "--changed-since", "HEAD") == [("IML605", "server.yaml", 9)]
    assert ("IML605", "server.yaml", 9) not in findings(capsys)


def test_a_fix_mends_only_what_the_change_concerns(root: Path) -> None:
    (root / "new.yaml").write_text(BACKUP.format(name="new", schedule="0 4 * * *"))
    run(["--select", "IML101", "--fix", "--yes", "--changed-since", "HEAD"])
    assert 'schedule: "0 0 4 * * *"' in (root / "new.yaml").read_text()
    assert 'schedule: "0 3 * * *"' in (root / "old.yaml").read_text()


def test_a_revision_that_is_none_is_wrong_usage(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--changed-since", "nowhere"]) == 2
    assert "Git knows no such revision here" in capsys.readouterr().err
