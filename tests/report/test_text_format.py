"""The text report, compared with what was read and found good.

After a change that is meant, write the snapshots again with `UPDATE_SNAPSHOTS=1 pytest tests/report` and
read their diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import hand_made as made
import pytest

from immichlint.findings.finding import Severity
from immichlint.findings.report import FixPreview, Note, Report, Unread
from immichlint.report.formats.text import render
from immichlint.report.settings import RenderSettings

SNAPSHOTS = Path(__file__).parent / "snapshots"
ESCAPE = "\x1b"


def hostile() -> Report:
    """A file whose text would ring the bell, colour the screen, go back and turn text around."""
    text = "a\x07: \x1b[31mred\x1b[0m\tb\u202ec\rd\x9b1m 日本 x\n"
    where = made.region("h", "x\n"[:1], text)
    lines = tuple(line for line in text.split("\n")[:1])
    located = made.located(where, message="it says \x1b]0;title\x07 and `\x1b[2J`\nand more", lines=lines)
    odd = located.region._replace(file="dir\x1b[1m/\udcff.yaml")
    return made.report(
        located._replace(region=odd, notes=(Note(odd, "no\x08te", lines), Note(odd, "bare\x1b"))),
        not_analysed=(Unread("a\x1bb", "why\x1b\nnot"),),
        notes=("no\x1bte",),
    )


def clean() -> Report:
    return made.report(not_analysed=tuple(Unread(f"f{n}", f"reason {n}") for n in range(9) for _ in range(n + 1)))


CASES = {
    "whole-80": (made.whole, RenderSettings(width=80)),
    "whole-120": (made.whole, RenderSettings(width=120)),
    "whole-80-color": (made.whole, RenderSettings(width=80, color=True)),
    "whole-120-color": (made.whole, RenderSettings(width=120, color=True)),
    "whole-40": (made.whole, RenderSettings(width=40)),
    "statistics": (made.whole, RenderSettings(statistics=True)),
    "clean": (clean, RenderSettings()),
    "hostile": (hostile, RenderSettings()),
}


@pytest.mark.parametrize("name", CASES)
def test_output_is_what_was_found_good(name: str) -> None:
    make, settings = CASES[name]
    text = render(make(), settings).replace(ESCAPE, "\\e")
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_fit_the_width(width: int) -> None:
    lines = render(made.whole(), RenderSettings(width=width)).splitlines()
    assert max(map(len, lines)) <= width
    assert max(map(len, lines)) > width * 3 // 4


def test_plain_and_coloured_text_are_the_same() -> None:
    from rich.text import Text

    for width in (40, 80, 120):
        plain = render(made.whole(), RenderSettings(width=width))
        colored = render(made.whole(), RenderSettings(width=width, color=True))
        assert Text.from_ansi(colored).plain.rstrip("\n") == plain.rstrip("\n")


def test_colours_do_not_depend_on_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    before = render(made.whole(), RenderSettings(color=True))
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb"), ("COLUMNS", "30"), ("COLORTERM", "truecolor")):
        monkeypatch.setenv(name, value)
    assert render(made.whole(), RenderSettings(color=True)) == before


def test_no_control_character_of_a_file_reaches_the_terminal() -> None:
    text = render(hostile(), RenderSettings())
    assert all(char.isprintable() or char == "\n" for char in text)
    text.encode("utf-8")


def test_findings_that_belong_together_are_beside_each_other() -> None:
    first, second = made.immediate_unset()
    text = render(made.report(first, made.five_fields(), second), RenderSettings())
    assert text.index("IML105") < text.index("also info IML111") < text.index("IML101")
    assert text.count("6 | spec:") == 1


def test_many_findings_of_a_rule_in_a_file_are_one_block() -> None:
    text = render(made.report(*made.never_read()), RenderSettings())
    assert text.count("Immich reads no variable of this name.") == 1
    assert "IML307 variable-never-read (12 in this file)" in text
    three = render(made.report(*made.never_read()[:3]), RenderSettings())
    assert three.count("Immich reads no variable of this name.") == 3


def test_messages_that_differ_are_shown_in_a_block() -> None:
    many = [
        made.located(located.region, "IML307", "n", f"message {number}")
        for number, located in enumerate(made.never_read()[:4])
    ]
    text = render(made.report(*many), RenderSettings())
    assert [f"message {number}" in text for number in range(4)] == [True] * 4


def test_a_refused_fix_says_why() -> None:
    fix = FixPreview("safe", "set it", "", (), "two overlays share the base")
    located = made.located(made.region("apps/immich/backup.yaml", "spec"), fix=fix)
    text = render(made.report(located), RenderSettings())
    assert "= no fix: two overlays share the base\n" in text
    assert "--fix" not in text


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((0, 0, 0), "No findings in 1 file."),
        ((1, 0, 0), "Found 1 error in 1 file."),
        ((2, 0, 1), "Found 2 errors and 1 info in 1 file."),
        ((1, 1, 2), "Found 1 error, 1 warning and 2 infos in 1 file."),
    ],
)
def test_the_summary_counts(counts: tuple[int, int, int], expected: str) -> None:
    report = made.report()
    summary = report.summary._replace(errors=counts[0], warnings=counts[1], infos=counts[2], files=1)
    assert render(report._replace(summary=summary), RenderSettings()) == f"{expected}\n"


@pytest.mark.parametrize(
    ("safe", "unsafe", "expected"),
    [
        (0, 0, ""),
        (2, 0, "`--fix` mends 2 of them."),
        (0, 1, "`--fix --unsafe-fixes` mends 1 of them; read first what it does."),
        (2, 1, "`--fix` mends 2 of them, and `--fix --unsafe-fixes` 1 more, which you should read first."),
    ],
)
def test_the_summary_says_how_to_fix(safe: int, unsafe: int, expected: str) -> None:
    report = made.report()
    summary = report.summary._replace(fixable=safe, fixable_unsafe=unsafe)
    lines = render(report._replace(summary=summary), RenderSettings(width=100)).splitlines()
    assert lines[1:] == ([expected] if expected else [])


def test_hundreds_of_unread_files_are_a_few_lines() -> None:
    unread = [Unread(f"dir/{number}.yaml", f"why {number % 40}") for number in range(400)]
    lines = render(made.report(not_analysed=tuple(unread)), RenderSettings()).splitlines()
    assert lines[1] == "Not analysed: 400 files"
    assert lines[2] == "   10  why 0: dir/0.yaml, dir/40.yaml, dir/80.yaml, ..."
    assert lines[-1] == "  350  35 other reasons; `--format json` lists all files"
    assert len(lines) == 8


def test_severities_have_a_style_each() -> None:
    from immichlint.report.paint import STYLES

    assert {severity.value for severity in Severity} <= STYLES.keys()
