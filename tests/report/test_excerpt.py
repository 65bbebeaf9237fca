"""Source lines and the carets under them."""

from __future__ import annotations

import hand_made as made
import pytest

from immichlint.report.excerpt import Mark, excerpt
from immichlint.report.segments import plain


def drawn(text: str, wanted: str, width: int = 40, label: str = "") -> list[str]:
    where = made.region("f", wanted, text)
    lines = made.source_lines(where, text)
    return plain(excerpt(where, lines, Mark("^", "error", label), 2, width)).splitlines()


@pytest.mark.parametrize(
    ("text", "wanted", "under"),
    [
        ("key: value", "value", "     ^^^^^"),
        ("key: value", "k", "^"),
        ("\tkey: value", "key", "    ^^^"),
        ("a\tkey", "key", "    ^^^"),
        ("日本: x", "x", "      ^"),
        ("日本: x", "本", "  ^^"),
        ("e\u0301: x", "x", "   ^"),
        ("\x1b: x", "x", "   ^"),
    ],
)
def test_carets_stand_under_the_span(text: str, wanted: str, under: str) -> None:
    assert drawn(text, wanted)[1] == f"   | {under}"


def test_an_empty_span_has_one_caret() -> None:
    assert drawn("key:", "") == [" 1 | key:", "   | ^"]


def test_a_long_line_is_cut_around_the_span() -> None:
    first, under = drawn("x" * 200 + "WRONG" + "y" * 200, "WRONG")
    assert len(first) <= 40
    assert first[5] == first[-1] == "…"
    assert first[under.index("^") : under.rindex("^") + 1] == "WRONG"


def test_a_span_longer_than_the_line_is_cut_with_it() -> None:
    first, under = drawn("a: " + "x" * 500, "x" * 500)
    assert first == " 1 | a: " + "x" * 30 + "…"
    assert under == "   |    " + "^" * 31


def test_each_line_of_a_span_is_marked() -> None:
    assert drawn("a: |\n  one\n\n  two\nb: 1", "|\n  one\n\n  two") == [
        " 1 | a: |",
        "   |    ^",
        " 2 |   one",
        "   |   ^^^",
        " 3 |",
        " 4 |   two",
        "   |   ^^^",
    ]


def test_of_many_lines_the_first_and_the_last_are_shown() -> None:
    text = "\n".join(f"line {number}" for number in range(1, 21))
    shown = drawn(text, text)
    assert [line for line in shown if "line" in line] == [
        " 1 | line 1",
        " 2 | line 2",
        " 3 | line 3",
        "   ... 16 more lines",
        "20 | line 20",
    ]


def test_a_label_stands_beside_the_mark_or_below() -> None:
    assert drawn("key: v", "key", label="short")[1] == "   | ^^^ short"
    assert drawn("key: v", "key", label="a label that is too long for the line") == [
        " 1 | key: v",
        "   | ^^^",
        "   | a label that is too long for the",
        "   | line",
    ]
