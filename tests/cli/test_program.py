"""The program around the commands: version, help, what is imported, the terminal."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from immichlint import __version__
from immichlint.cli import terminal
from immichlint.cli.group import command_names, is_command
from immichlint.cli.main import run
from immichlint.cli.progress import Progress

HEAVY = ("rich", "croniter", "jsonschema", "json", "ruamel", "immichlint.session", "immichlint.report")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_the_version_comes_without_anything_heavy() -> None:
    code = (
        "import sys; from immichlint.cli.main import run; code = run(['--version']);"
        f"print([name for name in {HEAVY!r} if name in sys.modules], code)"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed == f"immichlint {__version__}\n[] 0\n"


def test_a_clean_check_comes_without_rich_and_json() -> None:
    code = """
import sys
import immichlint.cli.commands.check as check
from immichlint.cli.main import run
from immichlint.findings.report import Report, Summary
from immichlint.session import Outcome
check.check = lambda request, *others: Outcome(Report("0", "", (), (), Summary(0, 0, 0, 0, 0, 0, 1)), 0)
code = run([])
names = ("rich", "croniter", "jsonschema", "difflib", "immichlint.report.finding_block")
print([name for name in names if name in sys.modules], code)
"""
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed == "No findings in 1 file.\n[] 0\n"


def test_the_module_can_be_run() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "immichlint", "--nonsense"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("immichlint: No such option")


@pytest.mark.parametrize(("options", "code"), [([], 0), (["--fix", "--yes"], 0), (["-"], 0), (["--fail-on", "x"], 2)])
def test_closed_streams_are_empty_ones(tmp_path: Path, options: list[str], code: int) -> None:
    program = [sys.executable, "-m", "immichlint", *options]
    closed = subprocess.run(["sh", "-c", '"$@" <&- >&- 2>&-', "sh", *program], cwd=tmp_path, check=False)
    assert closed.returncode == code


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
@pytest.mark.parametrize("command", [["rules"], ["check"], ["explain", "IML101"]])
def test_a_full_disk_behind_standard_output_is_said(tmp_path: Path, command: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "immichlint", *command],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (
        2,
        "immichlint: The output cannot be written: No space left on device.\n",
    )


def test_a_reader_that_stops_gets_no_traceback() -> None:
    program = [sys.executable, "-m", "immichlint", "schedule", "--format", "json", *["0 0 3 * * *"] * 400]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.parametrize("arguments", [["--help"], ["-h"]])
def test_help_lists_the_commands(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 0
    text = capsys.readouterr().out
    listed = [line.split()[0] for line in text.split("Commands:\n")[1].splitlines()]
    assert listed == list(command_names())
    assert {"check", "rules", "explain", "schedule", "stack"} <= set(listed)


def test_help_groups_the_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--help"]) == 0
    text = capsys.readouterr().out
    headings = [line for line in text.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert headings == ["What is looked at:", "What is reported:", "Fixing:", "Output:", "Other:"]
    assert text.index("Fixing:") < text.index("--unsafe-fixes") < text.index("Output:")
    assert "concise, github, " in text


def test_only_modules_are_commands() -> None:
    assert is_command("check")
    assert not any(map(is_command, ("__init__", "../check", "check.py", "", "group")))


@pytest.mark.parametrize(
    ("wish", "is_terminal", "environment", "wanted"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", False, {"FORCE_COLOR": "1"}, True),
        ("auto", True, {"FORCE_COLOR": "0"}, False),
        ("auto", True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colours(wish: str, is_terminal: bool, environment: Mapping[str, str], wanted: bool) -> None:
    stream = Terminal() if is_terminal else io.StringIO()
    assert terminal.color(wish, stream, environment) is wanted


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [({}, 80), ({"COLUMNS": "100"}, 100), ({"COLUMNS": "500"}, 120), ({"COLUMNS": "7"}, 40), ({"COLUMNS": "x"}, 80)],
)
def test_width_without_a_terminal(environment: Mapping[str, str], wanted: int) -> None:
    assert terminal.width(io.StringIO(), environment) == wanted


def test_width_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(stream, "fileno", lambda: 1)
    monkeypatch.setattr(os, "get_terminal_size", lambda descriptor: os.terminal_size((97, 20)))
    assert terminal.width(stream, {}) == 97


def ticking(*moments: float) -> Iterator[float]:
    yield from moments


@pytest.mark.parametrize(
    ("moments", "shown"),
    [
        ((0, 0.2, 0.4), ""),
        ((0, 0.2, 0.6), "\r\x1b[K2\r\x1b[K"),
        ((0, 0.6, 0.65), "\r\x1b[K1\r\x1b[K"),
        ((0, 0.6, 0.8), "\r\x1b[K1\r\x1b[K2\r\x1b[K"),
    ],
)
def test_progress_shows_after_half_a_second_and_is_erased(
    moments: tuple[float, ...], shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream, clock = Terminal(), ticking(*moments)
    with Progress(stream, lambda: next(clock)) as tell:
        tell("1")
        tell("2")
    assert stream.getvalue() == shown


def test_progress_goes_away_for_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream, clock = Terminal(), ticking(0, 1)
    with Progress(stream, lambda: next(clock)) as tell:
        tell("x" * 500 + "\x1b")
        tell("")
        assert stream.getvalue() == f"\r\x1b[K{'x' * 79}\r\x1b[K"
    assert stream.getvalue().count("\r") == 2


def test_progress_is_not_written_to_a_file() -> None:
    stream, clock = io.StringIO(), ticking(0, 1)
    with Progress(stream, lambda: next(clock)) as tell:
        tell("1")
    assert stream.getvalue() == ""


def test_a_sentence_shows_what_would_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".immichlint.yaml").write_text('version: 1\n"\\e]0;title\\a": 1\n')
    assert run(["check", str(tmp_path), "--root", str(tmp_path)]) == 2
    assert "`\u241b]0;title\u2407` is no key here" in capsys.readouterr().err
