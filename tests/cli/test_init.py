"""`immichlint init`, with the real analysis."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from immichlint.cli.main import run

DEMO = Path(__file__).parents[2] / "examples/demo"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(DEMO, tmp_path / "repo", ignore=shutil.ignore_patterns(".immichlint.yaml"))
    (tmp_path / "repo/.git").mkdir()
    monkeypatch.chdir(tmp_path / "repo")
    return tmp_path / "repo"


def test_it_looks_at_the_repository_and_changes_nothing_that_is_found(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["--format", "json=before.txt"])
    assert run(["init"]) == 0
    assert capsys.readouterr().out == (
        "Wrote .immichlint.yaml.\nWrote .pre-commit-config.yaml; `pre-commit install` makes Git run it.\n"
    )
    text = (home / ".immichlint.yaml").read_text("utf-8")
    assert "# - database: Cluster databases/immich-postgres" in text
    assert "# - 1 x IML101 cnpg-schedule-five-fields" in text
    assert "#  - rules: [IML111]" in text
    assert '#    object: "ScheduledBackup/databases/immich-postgres-daily"' in text
    run(["--format", "json=after.txt"])
    found = [(home / name).read_text("utf-8").partition('"findings"')[2] for name in ("before.txt", "after.txt")]
    assert found[0] == found[1]


def test_what_is_there_is_left_as_it_is(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / ".pre-commit-config.yaml").write_text("repos: []\n", "utf-8")
    assert run(["init"]) == 0
    assert "Add this to its `repos`:\n\n  - repo: local\n" in capsys.readouterr().out
    assert (home / ".pre-commit-config.yaml").read_text("utf-8") == "repos: []\n"
    before = (home / ".immichlint.yaml").read_bytes()
    assert run(["init"]) == 2
    assert ".immichlint.yaml is there already" in capsys.readouterr().err
    assert (home / ".immichlint.yaml").read_bytes() == before


def test_from_below_it_says_where_the_files_are(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home / "apps")
    assert run(["init"]) == 0
    assert [line.split(";")[0] for line in capsys.readouterr().out.splitlines()] == [
        f"Wrote {home / '.immichlint.yaml'}.",
        f"Wrote {home / '.pre-commit-config.yaml'}",
    ]


def test_a_hook_only_where_it_is_wanted(home: Path) -> None:
    assert run(["init", "--no-hook"]) == 0
    assert not (home / ".pre-commit-config.yaml").exists()


def test_an_empty_repository_gets_one_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--root", str(tmp_path)]) == 0
    assert "Found here" not in (tmp_path / ".immichlint.yaml").read_text("utf-8")
    assert run(["--root", str(tmp_path), str(tmp_path)]) == 0
