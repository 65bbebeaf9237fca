"""What CI servers run: the examples are what the page shows, and their commands work."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from ruamel.yaml import YAML

from immichlint.cli.main import run

HOME: Final = Path(__file__).parents[2]
PAGE: Final = (HOME / "docs/ci.md").read_text("utf-8")
BLOCKS: Final = dict(re.findall(r"```yaml\n# (\S+)\n(.*?)```", PAGE, re.S))
FILES: Final = {
    ".github/workflows/immichlint.yml": "github.yml",
    ".gitlab-ci.yml": "gitlab.yml",
    ".forgejo/workflows/immichlint.yml": "forgejo.yml",
}
COMMANDS: Final = sorted(
    {
        command.strip()
        for text in (PAGE, *((HOME / "examples/ci" / name).read_text("utf-8") for name in FILES.values()))
        for command in re.findall(r"^(?: *- (?:run: )?)?(immichlint .*)$", text, re.M)
        if "<" not in command and "completion" not in command
    }
)


@pytest.mark.parametrize("shown", FILES)
def test_the_page_shows_the_example(shown: str) -> None:
    assert BLOCKS[shown] == (HOME / "examples/ci" / FILES[shown]).read_text("utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_works(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(HOME / "examples/demo", tmp_path / "demo")
    (tmp_path / "demo/.git").mkdir()
    monkeypatch.chdir(tmp_path / "demo")
    assert run(shlex.split(command)[1:]) == (0 if "--exit-zero" in command else 1)
    for file in re.findall(r"--format \w+=(\S+)", command):
        assert Path(file).stat().st_size > 100
        if file.endswith(("json", "sarif")):
            json.loads(Path(file).read_text("utf-8"))


def test_there_are_commands() -> None:
    assert len(COMMANDS) >= 3


def test_the_action_passes_every_input_on() -> None:
    action = YAML(typ="safe").load((HOME / "action.yml").read_text("utf-8"))
    steps = json.dumps(action["runs"]["steps"])
    used = set(re.findall(r"inputs\.([a-z-]+)", steps))
    assert used == set(action["inputs"])
    assert {name for name in action["inputs"] if f"`{name}`" not in PAGE and f"{name}:" not in PAGE} == set()
    (script,) = [step["run"] for step in action["runs"]["steps"] if step.get("id") == "check"]
    options = set(re.findall(r"--[a-z-]+", script))
    assert options == {"--format", "--config", "--profile", "--baseline", "--fail-on"}


@pytest.mark.skipif(shutil.which("bash") is None, reason="the action's steps are bash")
@pytest.mark.parametrize(("fail_on", "code"), [("never", "0"), ("", "1")])
def test_the_action_runs_and_reports(tmp_path: Path, fail_on: str, code: str) -> None:
    action = YAML(typ="safe").load((HOME / "action.yml").read_text("utf-8"))
    (step,) = [step for step in action["runs"]["steps"] if step.get("id") == "check"]
    program = tmp_path / "temp/immichlint/bin/immichlint"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m immichlint "$@"\n', "utf-8")
    program.chmod(0o755)
    shutil.copytree(HOME / "examples/demo", tmp_path / "a b")
    (tmp_path / "a b/.git").mkdir()
    inputs = {"JUDGED": ".", "CONFIG": "", "PROFILE": "minimal", "BASELINE": "", "FAIL_ON": fail_on}
    places = {name: str(tmp_path / name) for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    environment = {**os.environ, **inputs, **places, "ANNOTATIONS": "true", "SUMMARY": "true"}
    assert set(step["env"]) <= set(environment)
    environment |= {"RUNNER_TEMP": str(tmp_path / "temp"), "PYTHONPATH": str(HOME)}
    command = ("bash", "-e", "-o", "pipefail", "-c", step["run"])
    done = subprocess.run(command, cwd=tmp_path / "a b", env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    outputs = dict(line.split("=", 1) for line in (tmp_path / "GITHUB_OUTPUT").read_text("utf-8").splitlines())
    assert outputs["exit-code"] == code
    assert json.loads(Path(outputs["sarif"]).read_text("utf-8"))["runs"][0]["results"]
    assert (tmp_path / "GITHUB_STEP_SUMMARY").read_text("utf-8").startswith("### immichlint\n")
    assert "::error file=" in done.stdout
