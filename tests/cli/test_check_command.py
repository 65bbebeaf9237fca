"""`immichlint check`, with a fake in place of the analysis."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import immichlint.cli.commands.check as module
from immichlint.cli.main import run
from immichlint.errors import UserError
from immichlint.findings.report import Report, Summary, Unread
from immichlint.session import CheckRequest, Outcome, Tell, silent

EMPTY = Report("0.1.0", "/root", (), (Unread("a.yaml", "a Helm template"),), Summary(0, 0, 0, 0, 0, 0, 3))


class FakeAnalysis:
    """Remembers what it was asked for and answers with an outcome, or raises."""

    def __init__(self) -> None:
        self.outcome = Outcome(EMPTY, 0)
        self.error: BaseException | None = None
        self.requests: list[CheckRequest] = []

    def __call__(
        self, request: CheckRequest, tell: Tell = silent, say: Tell = silent, ask: object = None, seen: object = None
    ) -> Outcome:
        self.requests.append(request)
        tell("reading")
        if self.error is not None:
            raise self.error
        return self.outcome


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeAnalysis:
    analysis = FakeAnalysis()
    monkeypatch.setattr(module, "check", analysis)
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "NO_COLOR", "IMMICHLINT_DEBUG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "apps").mkdir()
    (tmp_path / "conf.yaml").touch()
    return analysis


@pytest.mark.parametrize("arguments", [[], ["check"], ["."], ["check", "."]])
def test_check_is_the_default_and_judges_here(fake: FakeAnalysis, arguments: list[str]) -> None:
    assert run(arguments) == 0
    assert fake.requests == [CheckRequest(paths=(Path(),))]


def test_every_option_is_passed_on(fake: FakeAnalysis) -> None:
    arguments = (
        "check apps --root . --config conf.yaml --select IML1,cnpg-x --select IML2 --ignore IML105 --profile strict"
        " --fail-on warning --min-confidence medium --fix --yes --unsafe-fixes --no-cache"
    )
    assert run(arguments.split()) == 0
    assert fake.requests == [
        CheckRequest(
            paths=(Path("apps"),),
            root=Path(),
            config=Path("conf.yaml"),
            select=("IML1", "cnpg-x", "IML2"),
            ignore=("IML105",),
            profile="strict",
            fail_on="warning",
            min_confidence="medium",
            fix=True,
            yes=True,
            unsafe_fixes=True,
            no_cache=True,
        )
    ]


def test_fix_without_a_terminal_asks_nothing(fake: FakeAnalysis) -> None:
    run(["--fix"])
    assert (fake.requests[0].fix, fake.requests[0].interactive) == (True, False)


def test_fix_on_a_terminal_asks(fake: FakeAnalysis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    run(["--fix"])
    run(["--fix", "--yes"])
    run([])
    assert [request.interactive for request in fake.requests] == [True, False, False]


def test_a_file_from_standard_input(fake: FakeAnalysis, monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a: \xff\n")))
    run(["--stdin-filename", "apps/a.yaml"])
    assert (fake.requests[0].stdin_filename, fake.requests[0].stdin) == ("apps/a.yaml", b"a: \xff\n")


def test_fix_does_not_write_what_came_from_standard_input(
    fake: FakeAnalysis, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--fix", "--stdin-filename", "apps/a.yaml"]) == 2
    assert "use `--diff`" in capsys.readouterr().err
    assert fake.requests == []


@pytest.mark.parametrize(("code", "options", "wanted"), [(0, [], 0), (1, [], 1), (1, ["--exit-zero"], 0)])
def test_exit_codes(fake: FakeAnalysis, code: int, options: list[str], wanted: int) -> None:
    fake.outcome = Outcome(EMPTY, code)
    assert run(options) == wanted


def test_the_report_is_on_standard_output_and_what_was_done_on_the_other(
    fake: FakeAnalysis, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.outcome = Outcome(EMPTY, 0, fixed=("Mended 2 findings in 1 file.",))
    run(["--format", "json", "--format", "concise=list.txt"])
    out, err = capsys.readouterr()
    assert json.loads(out)["not_analysed"] == [{"file": "a.yaml", "why": "a Helm template"}]
    assert err == "Mended 2 findings in 1 file.\n"
    assert Path("list.txt").read_text() == ""


def test_a_diff_has_standard_output_for_itself(fake: FakeAnalysis, capsys: pytest.CaptureFixture[str]) -> None:
    fake.outcome = Outcome(EMPTY, 1, diff="--- a/x\n+++ b/x\n")
    assert run(["--diff", "--format", "json=report.json"]) == 1
    assert capsys.readouterr() == ("--- a/x\n+++ b/x\n", "")
    assert Path("report.json").is_file()


def test_color_is_written_where_it_is_wanted(fake: FakeAnalysis, capsys: pytest.CaptureFixture[str]) -> None:
    run([])
    assert "\x1b" not in capsys.readouterr().out
    run(["--color", "always"])
    assert "\x1b[32mNo findings\x1b[0m" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "There is no file or folder `nowhere`."),
        (["chekc"], "There is no file or folder `chekc`. Did you mean the command `check`?"),
        (["--no-cache", "stack"], "There is no file or folder `stack`. A command comes first: `immichlint stack ...`."),
        (["--fix", "--diff"], "`--fix` changes files and `--diff` only shows the changes; leave one of them out."),
        (["--yes"], "`--yes` answers the questions of `--fix`; add `--fix`, or leave it out."),
        (
            ["--diff", "--format", "json"],
            "`--diff` prints to standard output; give the report a file: `--format F=FILE`.",
        ),
        (["--format", "xml"], "There is no format `xml`; the formats are {names}."),
    ],
)
def test_wrong_usage_is_one_sentence(
    fake: FakeAnalysis, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    if "xml" in message:
        from immichlint.report.formats import names

        message = message.format(names=", ".join(names()))
    assert run(arguments) == 2
    assert capsys.readouterr() == ("", f"immichlint: {message}\n")
    assert fake.requests == []


@pytest.mark.parametrize(
    "arguments", [["--nonsense"], ["--fail-on", "fatal"], ["--root", "nowhere"], ["--color"], ["explain"]]
)
def test_an_option_that_makes_no_sense_is_said_in_a_line(
    fake: FakeAnalysis, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("immichlint: ")
    assert "--help` lists what there is.\n" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--colour", "auto"], "No such option '--colour'. Did you mean '--color'? `immichlint check --help` lists"),
        (["completion"], "Choose from: bash, zsh, fish. `immichlint completion --help` lists"),
    ],
)
def test_what_is_meant_is_told_as_one_text(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run(arguments) == 2
    assert message in capsys.readouterr().err


def test_a_wrong_configuration_is_one_sentence(fake: FakeAnalysis, capsys: pytest.CaptureFixture[str]) -> None:
    fake.error = UserError("There is no rule `IML999`; the nearest is `IML909`.")
    assert run([]) == 2
    assert capsys.readouterr() == ("", "immichlint: There is no rule `IML999`; the nearest is `IML909`.\n")


def test_a_bug_is_one_paragraph_without_what_files_say(
    fake: FakeAnalysis, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.error = KeyError("s3cret")
    assert run([]) == 3
    err = capsys.readouterr().err
    assert err.startswith("immichlint: An internal error (KeyError at immichlint/cli/commands/check.py:")
    assert err.count("\n") == 1
    assert "IMMICHLINT_DEBUG=1 shows the traceback" in err
    assert "s3cret" not in err
    monkeypatch.setenv("IMMICHLINT_DEBUG", "1")
    assert run([]) == 3
    assert "Traceback (most recent call last):\n" in capsys.readouterr().err


def test_an_interrupt_is_no_bug(fake: FakeAnalysis, capsys: pytest.CaptureFixture[str]) -> None:
    fake.error = KeyboardInterrupt()
    assert run([]) == 130
    assert capsys.readouterr().err.strip() == "immichlint: Interrupted."


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [(["."], ""), (["apps"], "apps"), (["apps", "."], ""), (["../x"], ""), (["/abs"], "")],
)
def test_the_category_is_the_only_path(arguments: list[str], wanted: str) -> None:
    assert module._category(tuple(map(Path, arguments))) == wanted
