"""Operations at their bounds: what is made of each, to the letter, and why some are refused."""

from __future__ import annotations

import pytest
from planning import at, planned, refused

from immichlint.text import SourceText
from immichlint.yamltree.compose import compose
from immichlint.yamltree.lookup import Data
from immichlint.yamltree.ops import Append, Move, Op, Remove, Rename, Set
from immichlint.yamltree.planner import plan


def why(text: str, op: Op) -> str:
    return refused(text, op).partition(" cannot be edited: ")[2]


def test_text_that_holds_one_document_among_empty_ones_is_edited() -> None:
    text = "a: |\n  ---\n  # none\n  ---\n  b: 1\n"
    assert planned(text, Set(at("c", "a"), 2)) == f"{text}  c: 2\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: |\n  b: 1\n  ---\n  c: 1\n", "a holds several documents"),
        ("a: |\n  # nothing\n", "the file has no document 1"),
        ("a: {b: 1}\n", "a is no text that is written there itself"),
        ("x: &x 'b: 1'\na: *x\n", "a is no text that is written there itself"),
    ],
)
def test_text_that_holds_no_single_document_is_not(text: str, reason: str) -> None:
    assert why(text, Set(at("c", "a"), 2)) == reason


@pytest.mark.parametrize(
    ("text", "part", "value", "expected"),
    [
        ("a: word\n", (0, 2), "sw", "a: swrd\n"),
        ("a: word\n", (4, 4), "s", "a: words\n"),
        ("a: word\n", (0, 4), "", 'a: ""\n'),
        ("a: bz\n", (1, 1), ": ", 'a: "b: z"\n'),
        ("a: 'b: z' # c\n", (3, 4), "it's", "a: 'b: it''s' # c\n"),
        ('a: "\\x41: z" # c\n', (3, 4), "w", 'a: "\\x41: w" # c\n'),
    ],
)
def test_a_part_of_a_text(text: str, part: tuple[int, int], value: str, expected: str) -> None:
    assert planned(text, Set(at("a", part=part), value)) == expected


@pytest.mark.parametrize("part", [(3, 5), (3, 2), (-1, 2)])
def test_a_part_that_is_not_there(part: tuple[int, int]) -> None:
    reason = f"the string has 4 characters, there is no part {part[0]} to {part[1]}"
    assert why("a: word\n", Set(at("a", part=part), "s")) == reason


@pytest.mark.parametrize(("text", "value"), [("a: 12\n", "s"), ("a: word\n", 7)])
def test_only_texts_have_parts(text: str, value: Data) -> None:
    assert why(text, Set(at("a", part=(0, 1)), value)) == "only a part of a string can become another string"


@pytest.mark.parametrize("place", ["a", "v/a", "v/w/a"])
def test_a_key_that_is_called_so_already_is_no_edit(place: str) -> None:
    source = SourceText("a: 1\nv:\n  'a': 1\n  w:\n    a: 1\n")
    assert list(plan(source, compose(source), [Rename(at(place), "a")])) == []


@pytest.mark.parametrize(
    ("text", "op", "expected"),
    [
        ('"a": 1\nb: 2\n', Rename(at("a"), "c"), '"c": 1\nb: 2\n'),
        ("a: 1\nb: 2\n", Rename(at("a"), "on"), '"on": 1\nb: 2\n'),
        ("'a': 1\nb: 2\n", Rename(at("a"), "on"), "'on': 1\nb: 2\n"),
        ("a: {b: 1}\n", Rename(at("a/b"), "c, d"), 'a: {"c, d": 1}\n'),
        # To another name in the same mapping an entry goes without leaving its place.
        ("a:\n  b: 1\n  c: 2\n", Move(at("a/b"), at("a/d")), "a:\n  d: 1\n  c: 2\n"),
        ("a:\n  b:\n    c: 1\n    d: 2\n", Move(at("a/b/c"), at("a/b/e")), "a:\n  b:\n    e: 1\n    d: 2\n"),
        ("a: 1\nb:\n  # of c\n  c: 2 # t\n", Move(at("b/c"), at("d/e")), "a: 1\nb: {}\nd:\n  # of c\n  e: 2 # t\n"),
        ("a: 1\nb: {c: 2}\n", Move(at("b/c"), at("d/e")), "a: 1\nb: {}\nd:\n  e: 2\n"),
        ("l:\n- 1\n- 2\n", Move(at("l/0"), at("l/2")), "l:\n- 2\n- 1\n"),
        ("l:\n- 1\n- 2\n", Move(at("l/0"), at("m")), "l:\n- 2\nm: 1\n"),
        ("l:\n- 1\n- 2\nm: 1\n", Move(at("m"), at("l/2")), "l:\n- 1\n- 2\n- 1\n"),
        ("m:\n  k: v\nn: 1\n", Remove(at("m/k"), hollow=True), "n: 1\n"),
        ("m:\n  k: v\n", Remove(at("m"), hollow=True), "{}\n"),
        ("a: null\n", Append(at("a"), 1), "a:\n  - 1\n"),
        ("a: 1\n", Append(at("b/c"), 1), "a: 1\nb:\n  c:\n    - 1\n"),
        ("---\n", Set(at("a/b"), 1), "---\na:\n  b: 1\n"),
        ("---\n", Set(at("a"), [1, {"x": {"z": 2}}]), "---\na:\n  - 1\n  - x:\n      z: 2\n"),
        ("a:\n  b: 1 # c\n  d: 2\n", Set(at("a"), {"b": 3, "x": 1}), "a:\n  b: 3 # c\n  x: 1\n"),
        ("a:\n  b: 1 # b\n  d: 2\n", Set(at("a"), {"x": 1}), "a:\n  x: 1\n"),
        ("a: [1]\n", Set(at("a/1"), 2), "a: [1, 2]\n"),
        ("a: '{{ x }}'\n", Set(at("a"), 1), "a: 1\n"),
        ("sops: x\na: 1\n", Set(at("b"), 1), "sops: x\na: 1\nb: 1\n"),
        ("a:\n    b: 1\n  # shallow\nd: 2\n", Set(at("a/new"), 1), "a:\n    b: 1\n    new: 1\n  # shallow\nd: 2\n"),
    ],
)
def test_an_operation(text: str, op: Op, expected: str) -> None:
    assert planned(text, op) == expected


_BEHIND = "it is not there, or is written elsewhere, behind an alias or a merge"
_TWO = "a: 1\n---\nb: 2\n"


@pytest.mark.parametrize(
    ("text", "op", "reason"),
    [
        ("a: 1\nb: 2\n", Rename(at("a"), "b"), "the document has a key b already"),
        ("l: [1]\n", Rename(at("l/0"), "b"), "it is no key of a mapping, or its key is an alias"),
        ("a: 1\n", Rename(at("x"), "b"), _BEHIND),
        (_TWO, Move(at("a"), at("c", index=1)), "it would go to another document"),
        (_TWO, Move(at("b", index=1), at("c")), "it would go to another document"),
        ("a:\n  b: 1\n  c: 2\n", Move(at("a/b"), at("a/c")), "a.c is there already"),
        ("a:\n  b: 1\n", Move(at("a"), at("a/x")), "a.x is there already"),
        ("l:\n- 1\n- 2\n", Move(at("l/0"), at("l/5")), "the list has 2 items, there is no place [5] in it"),
        ("a: word\n", Append(at("a"), 1), "it is no list"),
        ("a: {b: 1}\n", Append(at("a"), 1), "it is no list"),
        ("a: x\n", Set(at("a/b"), 1), "a scalar stands where a mapping should be"),
        ("a: [1]\n", Set(at("a/2"), 2), "the list has 1 items, there is no place [2] in it"),
        ("sops: {mac: x}\na: 1\n", Set(at("b"), 1), "the document is encrypted with SOPS"),
        ("a: ENC[x]\n", Set(at("a"), 1), "the value is encrypted with SOPS"),
        ("a: {{ x }}\n", Set(at("a"), 1), "the value is a template"),
        ("a: x{{ x }}\n", Set(at("a"), 1), "the value is a template"),
        ("a: &x {b: 1}\nc: *x\n", Remove(at("c/b")), _BEHIND),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", Remove(at("c/b")), _BEHIND),
        ("a: 1\n", Remove(at("b")), _BEHIND),
        ("a: 1\n", Remove(at("")), _BEHIND),
        ("l: [1]\n", Remove(at("l/1")), _BEHIND),
    ],
)
def test_a_refusal(text: str, op: Op, reason: str) -> None:
    assert why(text, op) == reason


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("a: | # 2nd\n  t\n", "l1\nl2\n", "a: | # 2nd\n  l1\n  l2\n"),
        ("a: |2\n   t\n", "l1\nl2\n", "a: |\n  l1\n  l2\n"),
        ("a: |\n\n  t\nb: 1\n", "l1\nl2\n", "a: |\n  l1\n  l2\nb: 1\n"),
        ("a: |\n  \n  t\n", "x\n", "a: |\n  x\n"),
        ("a: |\n    one\n    two\n", "l1\n\nl2\n", "a: |\n    l1\n\n    l2\n"),
        ("a: |-\n\nb: 1\n", "x\n", "a: |\n  x\n\nb: 1\n"),
        ("a: |\n  t\n", "", 'a: ""\n'),
        ("a: |\n  t\n", " x\n", 'a: " x\\n"\n'),
        ("a: |\n  t\n", "x\x07\n", 'a: "x\\x07\\n"\n'),
        ("a: |\n  t\n", ["p"], "a:\n  - p\n"),
        ("a:\n  {q: 1} # c\nb: 2\n", {"x": 1}, "a:\n  x: 1 # c\nb: 2\n"),
        ("a:\n  &x\nb: 2\n", {"x": 1}, "a:\n  &x\n  x: 1\nb: 2\n"),
        ("b: 2\n", "l1\nl2\n", "b: 2\na: |\n  l1\n  l2\n"),
        ("b: 2", "l1\nl2\n", "b: 2\na: |\n  l1\n  l2\n"),
        ("b: 2 # c", {"q": ["l1\nl2"]}, "b: 2 # c\na:\n  q:\n    - |-\n      l1\n      l2"),
    ],
)
def test_lines_of_text_and_blocks(text: str, value: Data, expected: str) -> None:
    assert planned(text, Set(at("a"), value)) == expected
