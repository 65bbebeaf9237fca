"""The tools that hold the code: ruff and mypy have nothing to say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

HOME: Final = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "command",
    [("ruff", "check"), ("ruff", "format", "--check"), ("mypy", "--strict")],
    ids=["ruff-check", "ruff-format", "mypy"],
)
def test_nothing_to_say(command: tuple[str, ...]) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=HOME, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
