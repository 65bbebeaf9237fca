"""`immichlint emit`: where it writes, and where it refuses to."""

from __future__ import annotations

from pathlib import Path

import pytest

from immichlint.cli.main import run

BACKUP = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: immich-postgres}
spec:
  instances: 1
  storage: {size: 10Gi}
  bootstrap: {initdb: {database: immich, owner: immich}}
  backup:
    barmanObjectStore:
      destinationPath: s3://backups/immich
      s3Credentials: {inheritFromIAMRole: true}
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "cluster.yaml").write_text(BACKUP)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_writes_a_folder_and_leaves_the_repository(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["emit", "repo", "-o", "out"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[:2] == ["out/immich", "Wrote 3 files for 1 stack."]
    assert "  immich: IML113: write `retentionPolicy: 14d`." in out
    written = sorted(path.name for path in (root / "out" / "immich").iterdir())
    assert written == [
        "cluster-immich-postgres.yaml",
        "kustomization.yaml",
        "scheduledbackup-immich-postgres-daily.yaml",
    ]
    assert (root / "repo" / "cluster.yaml").read_text() == BACKUP


def test_it_keeps_out_of_a_folder_that_holds_something(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "out").mkdir()
    (root / "out" / "mine").write_text("mine")
    assert run(["emit", "repo", "-o", "out"]) == 2
    assert "The folder `out` is not empty; name another one, or add `--force`" in capsys.readouterr().err
    assert run(["emit", "repo", "-o", "out", "--force"]) == 0
    assert (root / "out" / "mine").read_text() == "mine"


def test_it_says_where_there_is_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\n")
    assert run(["emit", str(tmp_path), "-o", str(tmp_path / "out")]) == 2
    assert "deploys Immich or its database: there is nothing to emit." in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_in_the_repository_is_told_of(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["emit", "repo", "-o", "repo/out"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "`repo/out` lies in the repository: the next run reads it too, if `excludes` does not leave it out."
    )
    assert run(["emit", "repo/cluster.yaml", "-o", "out"]) == 0
    assert "lies in the repository" not in capsys.readouterr().out


def test_it_refuses_a_file(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["emit", "repo", "-o", "repo/cluster.yaml"]) == 2
    assert "is a file; name a folder" in capsys.readouterr().err


def test_it_lists_what_waits_for_a_decision(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    without, _, _ = BACKUP.partition("  backup:\n")
    (root / "repo" / "cluster.yaml").write_text(without)
    (root / "repo" / "server.yaml").write_text(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: immich-server}\nspec:\n  template:\n    spec:\n"
        "      containers:\n        - name: main\n          image: ghcr.io/immich-app/immich-server:v2.4.1\n"
        "          env: [{name: DB_HOSTNAME, value: immich-postgres-rw}]\n"
    )
    assert run(["emit", "repo", "-o", "out"]) == 0
    _, _, left = capsys.readouterr().out.partition("\nNot mended, or not there:\n")
    (line,) = (line for line in left.splitlines() if "IML112" in line)
    assert line.startswith("  immich/cluster-immich-postgres.yaml:")
    assert "IML112 (backup-destination-missing) is left: decide where backups go: `backup_path`" in line
    assert not line.endswith("..")
