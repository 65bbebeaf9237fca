"""No output shows a secret: 200 are planted, and every format, diff, sentence and cache is searched for them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from planted_secrets import ROOTS, planted, shown

from immichlint.cli.main import run
from immichlint.report import formats

PLANTED = planted()


@pytest.fixture(params=ROOTS)
def root(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One of the repositories, on a machine whose caches are empty."""
    for path, text in PLANTED.files.items():
        if path.startswith(f"{request.param}/"):
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, "utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "400")
    return tmp_path / str(request.param)


def output(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """What a command prints, standard error too."""
    assert run(list(map(str, arguments))) in (0, 1, 2)
    done = capsys.readouterr()
    return f"{done.out}{done.err}"


def everything(folder: Path) -> str:
    return "".join(f"{path.name}\n{path.read_text('utf-8')}" for path in folder.rglob("*") if path.is_file())


def test_there_are_200() -> None:
    assert len(PLANTED.secrets) >= 200


@pytest.mark.parametrize("root", ["plain"], indirect=True)
def test_the_diff_beside_secrets_is_one_that_git_takes(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", str(root), "--root", str(root), "--profile", "strict", "--diff", "--unsafe-fixes"])
    shown = capsys.readouterr().out
    assert shown.startswith("diff --git ")
    made = subprocess.run(["git", "apply", "--check", "-"], cwd=root, input=shown, text=True, capture_output=True)
    assert (made.returncode, made.stderr) == (0, "")


def test_no_output_shows_a_secret(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reports = tmp_path / "reports"
    reports.mkdir()
    wanted = [f"--format={name}={reports / name}" for name in formats.names()]
    common = ("check", root, "--root", root, "--profile", "strict")
    said = output(capsys, *common, "--sarif-suppressed", *wanted)
    assert {name: shown((reports / name).read_text("utf-8"), PLANTED.secrets) for name in formats.names()} == {
        name: [] for name in formats.names()
    }
    assert (reports / "concise").read_text("utf-8").count("\n") >= 2
    said += output(capsys, "stack", root, "--root", root)
    said += output(capsys, "stack", root, "--root", root, "--format", "json")
    said += output(capsys, *common, "--baseline", tmp_path / "baseline.json", "--write-baseline")
    counts = f"--format=text={reports / 'counts'}"
    said += output(capsys, *common, "--diff", "--unsafe-fixes", "--statistics", counts)
    said += output(capsys, "emit", root, "--root", root, "--output", tmp_path / "out")
    said += output(capsys, *common, "--fix", "--yes", "--unsafe-fixes")
    said += (tmp_path / "baseline.json").read_text("utf-8") + (reports / "counts").read_text("utf-8")
    assert shown(said, PLANTED.secrets) == []
    assert shown(everything(tmp_path / "cache"), PLANTED.secrets) == []
