"""What goes when an entry or an item is taken out, and what stays: comments, blank lines, commas and brackets."""

from __future__ import annotations

import pytest
from planning import at, planned, refused

from immichlint.yamltree.ops import Remove, Rename, Set


def removed(text: str, place: str) -> str:
    return planned(text, Remove(at(place)))


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("a:\n- 1\n-\n- 3\n", "a/1", "a:\n- 1\n- 3\n"),
        ("a:\n- 1\n- # none\n- 3\n", "a/1", "a:\n- 1\n- 3\n"),
        ("a:\n-\n- 2\n", "a/0", "a:\n- 2\n"),
        ("a:\n- 1\n-\n  &x\n- 3\n", "a/1", "a:\n- 1\n- 3\n"),
        ("a:\n- - \n  - 2\n- 3\n", "a/0/0", "a:\n- - 2\n- 3\n"),
        ("a:\n  b:\n  c: 1\n", "a/b", "a:\n  c: 1\n"),
        ("a:\n  b: # nothing\n  c: 1\n", "a/b", "a:\n  c: 1\n"),
        ("a:\n  c: 1\n  b: &x\n", "a/b", "a:\n  c: 1\n"),
        ("a: {b, c: 1}\n", "a/b", "a: {c: 1}\n"),
        ("a: {c: 1, b}\n", "a/b", "a: {c: 1}\n"),
        ("a: {b: , c: 1}\n", "a/b", "a: {c: 1}\n"),
        ("a: {c: 1, b: }\n", "a/b", "a: {c: 1 }\n"),
        ("a: {c: 1, 'b':}\n", "a/b", "a: {c: 1}\n"),
        ("a: {c: 1, b : }\n", "a/b", "a: {c: 1 }\n"),
        ("a: {c: 1, b: &x }\n", "a/b", "a: {c: 1 }\n"),
    ],
)
def test_what_has_no_value_goes_whole(text: str, place: str, expected: str) -> None:
    assert removed(text, place) == expected


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("a: 1\n\n\nb: 2\n\nc: 3\n", "b", "a: 1\n\nc: 3\n"),
        ("a: 1\n\n\nb: 2\n", "b", "a: 1\n"),
        ("a: 1\n\nb: 2\nc: 3\n", "b", "a: 1\n\nc: 3\n"),
        ("a: 1\nb: 2\n\nc: 3\n", "b", "a: 1\n\nc: 3\n"),
        ("a: 1\n\n\nb: 2", "b", "a: 1"),
        ("a: 1\n \nb: 2\n  \nc: 3\n", "b", "a: 1\n  \nc: 3\n"),
        ("a: 1\n\nb: 2\n\n", "a", "\nb: 2\n\n"),
        ("\na: 1\n\nb: 2\n", "a", "\nb: 2\n"),
    ],
)
def test_of_the_blank_lines_on_both_sides_those_below_stay(text: str, place: str, expected: str) -> None:
    assert removed(text, place) == expected


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        # One that names the entry, even in a group of others.
        ("a:\n  x: 0\n  # b is old\n  b: 1\n  c: 2\n", "a/b", "a:\n  x: 0\n  c: 2\n"),
        ("a:\n- x\n# of name\n- name: n\n- z\n", "a/1", "a:\n- x\n- z\n"),
        ('a:\n- x\n# of "n"\n- "n": 1\n- z\n', "a/1", "a:\n- x\n- z\n"),
        # What heads a group stays; where what follows is set apart, there is no group.
        ("a:\n  x: 0\n  # group\n  b: 1\n  c: 2\n", "a/b", "a:\n  x: 0\n  # group\n  c: 2\n"),
        ("a:\n- x\n# group\n- name: n\n  v: 1\n- z\n", "a/1", "a:\n- x\n# group\n- z\n"),
        ("a:\n  x: 0\n  # words\n  b: 1\n\n  c: 2\n", "a/b", "a:\n  x: 0\n\n  c: 2\n"),
        ("a:\n  x: 0\n  # words\n  b: 1\n  # more\n  c: 2\n", "a/b", "a:\n  x: 0\n  # more\n  c: 2\n"),
        ("a:\n  x: 0\n  # words\n  # in two lines\n  b: 1\n", "a/b", "a:\n  x: 0\n"),
        # Those that stand in another column are of something else.
        ("a:\n  x: 0\n    # deep\n  b: 1\n", "a/b", "a:\n  x: 0\n    # deep\n"),
        ("a:\n  x: 0\n# shallow\n  b: 1\n", "a/b", "a:\n  x: 0\n# shallow\n"),
        ("a:\n  x: 0\n# shallow\n  # of it\n  b: 1\n", "a/b", "a:\n  x: 0\n# shallow\n"),
        # What speaks to a tool goes with the line that it is for.
        ("a:\n  x: 0\n  # renovate: y\n  b: 1\n  c: 2\n", "a/b", "a:\n  x: 0\n  c: 2\n"),
        ("a:\n  # words\n  # immichlint: ignore\n  b: 1\n  c: 2\n", "a/b", "a:\n  c: 2\n"),
        # What stands at the top is the file's, but for what speaks to a tool.
        ("# Of b.\nb: 1\nc: 2\n", "b", "# Of b.\nc: 2\n"),
        ("# Of all.\n\n# Of b.\nb: 1\nc: 2\n", "b", "# Of all.\n\nc: 2\n"),
        ("# renovate: x\nb: 1\nc: 2\n", "b", "c: 2\n"),
        ("# Of all.\n# renovate: x\nb: 1\nc: 2\n", "b", "# Of all.\nc: 2\n"),
    ],
)
def test_of_the_comments_above_its_own_go(text: str, place: str, expected: str) -> None:
    assert removed(text, place) == expected


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("a:\n  b:\n    c: 1\n\n    # d: 2\n  e: 1\n", "a/b", "a:\n  e: 1\n"),
        ("a:\n  b:\n    c: 1\n    # d: 2\n\n\n  e: 1\n", "a/b", "a:\n\n\n  e: 1\n"),
        ("a:\n  x: 1\n  b:\n    c: 1\n    # d: 2\n", "a/b", "a:\n  x: 1\n"),
        ("a:\n  x: 1\n  b:\n    c: 1\n   # d: 2", "a/b", "a:\n  x: 1"),
        ("a:\n  b:\n    c: 1\n  # of e\n    # and of f\n  e: 1\n", "a/b", "a:\n  # of e\n    # and of f\n  e: 1\n"),
    ],
)
def test_comments_below_that_are_indented_as_its_content_go(text: str, place: str, expected: str) -> None:
    assert removed(text, place) == expected


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("- a: 1\n  b: 2\n", "0/a", "- b: 2\n"),
        ("- a: 1 # of a\n  b: 2\n", "0/a", "- b: 2\n"),
        ("-  a: 1\n   b: 2\n", "0/a", "-  b: 2\n"),
        ("- a: 1\n\n  b: 2\n", "0/a", "-\n\n  b: 2\n"),
        ("- - 1\n  - 2\n", "0/0", "- - 2\n"),
        ("- - 1 # one\n  # two\n  - 2\n", "0/0", "-\n  # two\n  - 2\n"),
    ],
)
def test_what_comes_next_takes_the_place_behind_the_dash(text: str, place: str, expected: str) -> None:
    assert removed(text, place) == expected


def test_an_entry_behind_a_question_mark_is_not_taken_out() -> None:
    assert refused("- ? a\n  : 1\n  b: 2\n", Remove(at("0/a"))) == (
        "[0].a cannot be edited: the entries of the mapping do not stand in one column"
    )
    assert refused("a:\n  c: 1\n  ? b\n  : 2\n", Remove(at("a/b"))) == "a.b cannot be edited: it does not begin a line"


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("a: [1, 2, 3]\n", "a/0", "a: [2, 3]\n"),
        ("a: [1, 2, 3]\n", "a/1", "a: [1, 3]\n"),
        ("a: [1, 2, 3]\n", "a/2", "a: [1, 2]\n"),
        ("a: [1, 2, 3,]\n", "a/2", "a: [1, 2,]\n"),
        ("a: [ 1, 2 ]\n", "a/0", "a: [ 2 ]\n"),
        ("a: [ 1, 2 ]\n", "a/1", "a: [ 1 ]\n"),
        ("{a: 1, b: 2}", "a", "{b: 2}"),
        ("{a: 1, b: 2}", "b", "{a: 1}"),
        ("a: {b: {c: 1, d: 2}, e: 3}\n", "a/b/c", "a: {b: {d: 2}, e: 3}\n"),
        ("a: {b: 'x # y', c: 1}\n", "a/b", "a: {c: 1}\n"),
        ("a: [\n  1,\n  2,\n  3,\n]\n", "a/0", "a: [\n  2,\n  3,\n]\n"),
        ("a: [\n  1,\n  2,\n  3,\n]\n", "a/2", "a: [\n  1,\n  2,\n]\n"),
        ("a: [\n  1,\n  2,\n  3\n]\n", "a/2", "a: [\n  1,\n  2\n]\n"),
        ("a: [\n  1\n  , 2\n  , 3\n]\n", "a/0", "a: [\n  2\n  , 3\n]\n"),
        ("a: [\n  1\n  , 2\n  , 3\n]\n", "a/1", "a: [\n  1\n  , 3\n]\n"),
        ("a: [\n  1\n  , 2\n]\n", "a/1", "a: [\n  1\n]\n"),
        ("a: [\n  1, 2,\n  3\n]\n", "a/0", "a: [\n  2,\n  3\n]\n"),
        ("a: [\n  1, 2,\n  3\n]\n", "a/1", "a: [\n  1, 3\n]\n"),
        ("a: [\n  1, 2,\n  3 ]\n", "a/2", "a: [\n  1, 2 ]\n"),
        ("a: [1,\n  2]\n", "a/1", "a: [1]\n"),
        ('{\n  "a": {\n    "b": 1\n  },\n  "c": 2\n}', "a", '{\n  "c": 2\n}'),
        # A line of its own takes its comment along; the comma before the last goes, whatever stands behind it.
        ("a: [\n  1, # one\n  2, # two\n  3 # three\n]\n", "a/1", "a: [\n  1, # one\n  3 # three\n]\n"),
        ("a: [\n  1, # one\n  2 # two\n]\n", "a/1", "a: [\n  1 # one\n]\n"),
        ("aa: [\n  1, # one\n  2 # two\n]\n", "aa/1", "aa: [\n  1 # one\n]\n"),
        ("a: [\n  1, # one\n  2, # two\n]\n", "a/1", "a: [\n  1, # one\n]\n"),
        ("a: {\n  b: 1, # of b\n  # of c\n  c: 2\n}\n", "a/b", "a: {\n  # of c\n  c: 2\n}\n"),
    ],
)
def test_in_flow_style_a_comma_goes_along(text: str, place: str, expected: str) -> None:
    assert removed(text, place) == expected


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: [1, # c\n  2]\n", "a/0"),
        ("a: [1, # c\n  2]\n", "a/1"),
        ("a: [ # c\n  1, 2]\n", "a/0"),
        ("a: [\n  1 # c\n]\n", "a/0"),
        ("a: {b: 1,\n  c: 2 # of c\n  , d: 3}\n", "a/c"),
    ],
)
def test_a_comment_in_the_way_is_not_taken_out(text: str, place: str) -> None:
    assert refused(text, Remove(at(place))).endswith(": a comment stands inside the flow collection")


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("a:\n  # of b\n  b: 1\n", "a/b", "a: {}\n"),
        ("a:\n  # words\n  b: 1\n  # c: 2\nd: 1\n", "a/b", "a: {}\n  # c: 2\nd: 1\n"),
        ("a:\n  # words\n\n  b: 1\nd: 1\n", "a/b", "a: {}\n  # words\n\nd: 1\n"),
        ("# words\nb: 1\n", "b", "# words\n{}\n"),
        ("---\n# words\nb: 1\n", "b", "---\n# words\n{}\n"),
        ("  - 1\n", "0", "[]\n"),
        ("- - 1\n- 2\n", "0/0", "- []\n- 2\n"),
        ("a: !!map\n  b: 1\n", "a/b", "a: !!map {}\n"),
        ("? a\n: b: 1\n", "a/b", "? a\n: {}\n"),
        ("a: [ 1, ]\n", "a/0", "a: []\n"),
    ],
)
def test_a_collection_that_is_left_empty_is_written_empty(text: str, place: str, expected: str) -> None:
    assert removed(text, place) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:\n  # why\n  b: 1\nc: 2\n", "a:\n  new: 1\nc: 2\n"),
        ("a:\n  # all\n  b: 1\n  d: 1\n", "a:\n  # all\n  d: 1\n  new: 1\n"),
    ],
)
def test_of_an_entry_that_is_new_no_comment_speaks(text: str, expected: str) -> None:
    assert planned(text, Set(at("a/new"), 1), Remove(at("a/b"))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &a\n  b: 1\n  c: 2\nd: *a\n", "a: &a\n  c: 2\nd: *a\n"),
        ("a: &a\n  b: 1\n  c: 2\nd:\n  <<: *a\n  e: 3\n", "a: &a\n  c: 2\nd:\n  <<: *a\n  e: 3\n"),
    ],
)
def test_what_an_alias_shows_goes_where_it_is_written(text: str, expected: str) -> None:
    for ops in ([Remove(at("a/b")), Remove(at("d/b"))], [Remove(at("d/b")), Remove(at("a/b"))]):
        assert planned(text, *ops) == expected
    named = [Rename(at("a/b"), "new"), Rename(at("d/b"), "new")]
    assert planned(text, *named) == text.replace("b:", "new:")
    assert refused(text, Remove(at("d/b")))
    assert refused(text, Rename(at("a/b"), "new"), Rename(at("d/b"), "other"))


def test_items_that_an_alias_shows_go_where_they_are_written() -> None:
    text = "a: &a\n  - 1\n  - 2\nd: *a\n"
    assert planned(text, Remove(at("a/0")), Remove(at("d/0"))) == "a: &a\n  - 2\nd: *a\n"
