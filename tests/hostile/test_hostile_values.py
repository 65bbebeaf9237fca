"""Values that are no numbers, and texts of nothing but beginnings, take no time and are no error of the program."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile_values import BEGINNINGS, LENGTH, NUMBERS, stack
from test_hostile_files import run, write


@pytest.mark.parametrize("command", ["check", "stack", "fix"])
@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
def test_what_is_no_number(number: str, command: str, tmp_path: Path) -> None:
    write(tmp_path, stack(number))
    answers(tmp_path, command)


@pytest.mark.parametrize("beginning", BEGINNINGS.values(), ids=BEGINNINGS)
def test_nothing_but_beginnings(beginning: str, tmp_path: Path) -> None:
    write(tmp_path, stack(beginning * (LENGTH // len(beginning))))
    answers(tmp_path, "check")


def answers(root: Path, command: str) -> None:
    """The command ends in its time, and not with an error of its own."""
    options = {"check": ("--no-cache",), "fix": ("--fix", "--yes", "--unsafe-fixes"), "stack": ()}[command]
    profile = () if command == "stack" else ("--profile", "strict")
    name = "stack" if command == "stack" else "check"
    done = run(name, root, "--root", root, *profile, *options)
    assert (done.returncode in (0, 1), "internal error" in done.stderr) == (True, False), done.stderr[-500:]
