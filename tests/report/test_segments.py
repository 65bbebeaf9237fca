"""Words, widths and harmless text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from immichlint.report.segments import CODE, PLAIN, Segment, plain, prose, wrap
from immichlint.report.visible import cells, no_command, visible

WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=12), min_size=1, max_size=40)


@given(WORDS, st.integers(12, 60))
def test_wrapping_keeps_the_words_and_the_width(words: list[str], width: int) -> None:
    lines = plain(wrap((Segment(" ".join(words)),), width)).splitlines()
    assert " ".join(lines).split() == words
    assert all(len(line) <= width for line in lines)
    for line, following in pairwise(lines):
        assert len(line) + 1 + len(following.split()[0]) > width


@given(st.text())
def test_visible_text_is_harmless_and_as_long(text: str) -> None:
    shown = visible(text)
    assert len(shown) == len(text)
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or char in "\u202e\u2066\u200b" for char in shown)
    assert visible(shown) == shown


def test_what_is_harmful_is_shown() -> None:
    assert visible("a\x1b\x00\x7f\x9b\u202eb") == "a␛␀␡\ufffd\ufffdb"
    assert visible("Grüße, 日本 👍") == "Grüße, 日本 👍"


def test_inline_code_is_not_broken() -> None:
    (line,) = prose("it is `0 3 * * *` now")
    assert line == (Segment("it is ", PLAIN), Segment("`0 3 * * *`", CODE), Segment(" now", PLAIN))
    assert plain(wrap(line, 12)) == "it is\n`0 3 * * *`\nnow\n"


def test_a_single_backtick_is_text() -> None:
    assert prose("it's `odd") == [(Segment("it's `odd", PLAIN),)]


def test_a_message_may_have_paragraphs() -> None:
    assert [plain([line]) for line in prose("one\ntwo")] == ["one\n", "two\n"]


def test_a_word_longer_than_the_width_stands_alone() -> None:
    assert plain(wrap((Segment("see https://example.org/a/long/path now"),), 12)) == (
        "see\nhttps://example.org/a/long/path\nnow\n"
    )


def test_wide_characters_take_two_columns() -> None:
    assert (cells("日本"), cells("e\u0301"), cells("abc")) == (4, 1, 3)


@pytest.mark.parametrize(
    "text", ["a\n::error::b", "::error file=x::b", "a\n  ##[error]b", "aaaa ::error::b", "a\n##vso[task.x]b"]
)
def test_no_line_begins_with_what_a_runner_takes_for_a_command(text: str) -> None:
    shown = plain(line for paragraph in prose(text) for line in wrap(paragraph, 6))
    assert not any(line.lstrip().startswith(("::", "##")) for line in shown.splitlines())
    assert no_command("  ::: a.yaml:1:1") == "  ::: a.yaml:1:1"
