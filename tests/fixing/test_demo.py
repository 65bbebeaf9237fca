"""The demo, corrected: what the README shows is what `--fix --yes --unsafe-fixes` writes, and nothing else."""

from __future__ import annotations

import difflib
import json
import shutil
from pathlib import Path

import pytest

from immichlint.cli.main import run

HOME = Path(__file__).parents[2]
DEMO = HOME / "examples" / "demo"


def test_the_readme_shows_what_a_fix_writes(tmp_path: Path) -> None:
    copy = tmp_path / "demo"
    shutil.copytree(DEMO, copy)
    run([str(copy), "--root", str(copy), "--fix", "--yes", "--unsafe-fixes"])
    written = set()
    for path in sorted(DEMO.rglob("*.yaml")):
        new = copy / path.relative_to(DEMO)
        lines = difflib.unified_diff(path.read_text().splitlines(), new.read_text().splitlines(), lineterm="", n=0)
        written |= {line for line in lines if line[0] in "+-" and not line.startswith(("+++", "---"))}
    readme = (HOME / "README.md").read_text("utf-8").partition("```diff\n")[2].partition("```")[0]
    assert {line for line in readme.splitlines() if line[0] in "+-"} == written


def test_nothing_is_left_but_what_its_owner_decides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "demo"
    shutil.copytree(DEMO, copy)
    options = [str(copy), "--root", str(copy)]
    assert run(options) == 1
    run([*options, "--fix", "--yes", "--unsafe-fixes"])
    capsys.readouterr()
    assert run([*options, "--format", "json"]) == 0
    left = {item["rule"]: item["severity"] for item in json.loads(capsys.readouterr().out)["findings"]}
    assert left == {"IML120": "warning", "IML126": "info"}
