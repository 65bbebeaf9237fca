"""What a value looks like over another one: what stands there decides the style, and comments stay."""

from __future__ import annotations

import pytest
from planning import LIST, MAPPING, at, cells, planned, refused

from immichlint.yamltree.lookup import Data
from immichlint.yamltree.ops import Set

VALUES: list[Data] = [MAPPING, LIST, "w", [], "l1\nl2\n", "l1\nl2"]

# What stands there, then the text with each of `VALUES`.
OVER = [
    (
        "a: 1\nb: 2\n",
        'a:\n  x: 1\n  "y": z\nb: 2\n',
        "a:\n  - p\n  - q\nb: 2\n",
        "a: w\nb: 2\n",
        "a: []\nb: 2\n",
        "a: |\n  l1\n  l2\nb: 2\n",
        "a: |-\n  l1\n  l2\nb: 2\n",
    ),
    (
        "a: 1 # c\nb: 2\n",
        'a: # c\n  x: 1\n  "y": z\nb: 2\n',
        "a: # c\n  - p\n  - q\nb: 2\n",
        "a: w # c\nb: 2\n",
        "a: [] # c\nb: 2\n",
        'a: "l1\\nl2\\n" # c\nb: 2\n',
        'a: "l1\\nl2" # c\nb: 2\n',
    ),
    (
        "a:\nb: 2\n",
        'a:\n  x: 1\n  "y": z\nb: 2\n',
        "a:\n  - p\n  - q\nb: 2\n",
        "a: w\nb: 2\n",
        "a: []\nb: 2\n",
        "a: |\n  l1\n  l2\nb: 2\n",
        "a: |-\n  l1\n  l2\nb: 2\n",
    ),
    (
        "a: # c\nb: 2\n",
        'a: # c\n  x: 1\n  "y": z\nb: 2\n',
        "a: # c\n  - p\n  - q\nb: 2\n",
        "a: w # c\nb: 2\n",
        "a: [] # c\nb: 2\n",
        'a: "l1\\nl2\\n" # c\nb: 2\n',
        'a: "l1\\nl2" # c\nb: 2\n',
    ),
    (
        "a: {q: 1} # c\nb: 2\n",
        'a: # c\n  x: 1\n  "y": z\nb: 2\n',
        "a: # c\n  - p\n  - q\nb: 2\n",
        "a: w # c\nb: 2\n",
        "a: [] # c\nb: 2\n",
        'a: "l1\\nl2\\n" # c\nb: 2\n',
        'a: "l1\\nl2" # c\nb: 2\n',
    ),
    (
        "a: [1,\n  2] # c\nb: 2\n",
        'a: # c\n  x: 1\n  "y": z\nb: 2\n',
        "a: # c\n  - p\n  - q\nb: 2\n",
        "a: w # c\nb: 2\n",
        "a: [] # c\nb: 2\n",
        'a: "l1\\nl2\\n" # c\nb: 2\n',
        'a: "l1\\nl2" # c\nb: 2\n',
    ),
    (
        "a:\n  q: 1\nb: 2\n",
        'a:\n  x: 1\n  "y": z\nb: 2\n',
        "a:\n  - p\n  - q\nb: 2\n",
        "a: w\nb: 2\n",
        "a: []\nb: 2\n",
        "a: |\n  l1\n  l2\nb: 2\n",
        "a: |-\n  l1\n  l2\nb: 2\n",
    ),
    (
        "a: # c\n  q: 1\nb: 2\n",
        'a: # c\n  x: 1\n  "y": z\nb: 2\n',
        "a: # c\n  - p\n  - q\nb: 2\n",
        "a: w # c\nb: 2\n",
        "a: [] # c\nb: 2\n",
        'a: "l1\\nl2\\n" # c\nb: 2\n',
        'a: "l1\\nl2" # c\nb: 2\n',
    ),
    (
        "a: # c\n    q: 1\n    # d\nb: 2\n",
        'a: # c\n    x: 1\n    "y": z\n    # d\nb: 2\n',
        "a: # c\n    - p\n    - q\n    # d\nb: 2\n",
        "a: w # c\n    # d\nb: 2\n",
        "a: [] # c\n    # d\nb: 2\n",
        'a: "l1\\nl2\\n" # c\n    # d\nb: 2\n',
        'a: "l1\\nl2" # c\n    # d\nb: 2\n',
    ),
    (
        "a:\n- 1\nb: 2\n",
        'a:\n  x: 1\n  "y": z\nb: 2\n',
        "a:\n- p\n- q\nb: 2\n",
        "a: w\nb: 2\n",
        "a: []\nb: 2\n",
        "a: |\n  l1\n  l2\nb: 2\n",
        "a: |-\n  l1\n  l2\nb: 2\n",
    ),
    (
        "a: |\n  t\nb: 2\n",
        'a:\n  x: 1\n  "y": z\nb: 2\n',
        "a:\n  - p\n  - q\nb: 2\n",
        "a: |-\n  w\nb: 2\n",
        "a: []\nb: 2\n",
        "a: |\n  l1\n  l2\nb: 2\n",
        "a: |-\n  l1\n  l2\nb: 2\n",
    ),
    (
        "a: >-  # c\n  t\n\nb: 2\n",
        'a:\n  x: 1\n  "y": z\n\nb: 2\n',
        "a:\n  - p\n  - q\n\nb: 2\n",
        "a: w\n\nb: 2\n",
        "a: []\n\nb: 2\n",
        "a: |\n  l1\n  l2\n\nb: 2\n",
        "a: |-\n  l1\n  l2\n\nb: 2\n",
    ),
    (
        "a: |+\n  t\n\nb: 2\n",
        'a:\n  x: 1\n  "y": z\nb: 2\n',
        "a:\n  - p\n  - q\nb: 2\n",
        "a: |-\n  w\nb: 2\n",
        "a: []\nb: 2\n",
        "a: |\n  l1\n  l2\nb: 2\n",
        "a: |-\n  l1\n  l2\nb: 2\n",
    ),
    (
        "a:\n  long\n  text\nb: 2\n",
        'a:\n  x: 1\n  "y": z\nb: 2\n',
        "a:\n  - p\n  - q\nb: 2\n",
        "a:\n  w\nb: 2\n",
        "a:\n  []\nb: 2\n",
        "a:\n  |\n  l1\n  l2\nb: 2\n",
        "a:\n  |-\n  l1\n  l2\nb: 2\n",
    ),
    (
        "a: &x 1\nb: 2\n",
        'a: &x\n  x: 1\n  "y": z\nb: 2\n',
        "a: &x\n  - p\n  - q\nb: 2\n",
        "a: &x w\nb: 2\n",
        "a: &x []\nb: 2\n",
        "a: &x |\n  l1\n  l2\nb: 2\n",
        "a: &x |-\n  l1\n  l2\nb: 2\n",
    ),
    (
        "a: &x\n  q: 1\nb: 2\n",
        'a: &x\n  x: 1\n  "y": z\nb: 2\n',
        "a: &x\n  - p\n  - q\nb: 2\n",
        "a: &x w\nb: 2\n",
        "a: &x []\nb: 2\n",
        "a: &x |\n  l1\n  l2\nb: 2\n",
        "a: &x |-\n  l1\n  l2\nb: 2\n",
    ),
    (
        "b: 2\na: 'x'",
        "b: 2\na:\n  x: 1\n  'y': z",
        "b: 2\na:\n  - p\n  - q",
        "b: 2\na: 'w'",
        "b: 2\na: []",
        'b: 2\na: "l1\\nl2\\n"',
        'b: 2\na: "l1\\nl2"',
    ),
    (
        "a: 1\r\nb: 2\r\n",
        'a:\r\n  x: 1\r\n  "y": z\r\nb: 2\r\n',
        "a:\r\n  - p\r\n  - q\r\nb: 2\r\n",
        "a: w\r\nb: 2\r\n",
        "a: []\r\nb: 2\r\n",
        "a: |\r\n  l1\r\n  l2\r\nb: 2\r\n",
        "a: |-\r\n  l1\r\n  l2\r\nb: 2\r\n",
    ),
]

ITEMS = [
    (
        "l:\n- 1\n- 2\n",
        'l:\n- x: 1\n  "y": z\n- 2\n',
        "l:\n- - p\n  - q\n- 2\n",
        "l:\n- w\n- 2\n",
        "l:\n- []\n- 2\n",
        "l:\n- |\n  l1\n  l2\n- 2\n",
        "l:\n- |-\n  l1\n  l2\n- 2\n",
    ),
    (
        "l:\n  - 1 # c\n  - 2\n",
        'l:\n  - x: 1\n    "y": z # c\n  - 2\n',
        "l:\n  - - p\n    - q # c\n  - 2\n",
        "l:\n  - w # c\n  - 2\n",
        "l:\n  - [] # c\n  - 2\n",
        'l:\n  - "l1\\nl2\\n" # c\n  - 2\n',
        'l:\n  - "l1\\nl2" # c\n  - 2\n',
    ),
    (
        "l:\n-\n- 2\n",
        'l:\n- x: 1\n  "y": z\n- 2\n',
        "l:\n- - p\n  - q\n- 2\n",
        "l:\n- w\n- 2\n",
        "l:\n- []\n- 2\n",
        "l:\n- |\n  l1\n  l2\n- 2\n",
        "l:\n- |-\n  l1\n  l2\n- 2\n",
    ),
    (
        "l:\n- # c\n- 2\n",
        'l:\n- x: 1\n  "y": z # c\n- 2\n',
        "l:\n- - p\n  - q # c\n- 2\n",
        "l:\n- w # c\n- 2\n",
        "l:\n- [] # c\n- 2\n",
        'l:\n- "l1\\nl2\\n" # c\n- 2\n',
        'l:\n- "l1\\nl2" # c\n- 2\n',
    ),
    (
        "l:\n- q: 1\n  r: 2\n- 2\n",
        'l:\n- x: 1\n  "y": z\n- 2\n',
        "l:\n- - p\n  - q\n- 2\n",
        "l:\n- w\n- 2\n",
        "l:\n- []\n- 2\n",
        'l:\n- "l1\\nl2\\n"\n- 2\n',
        'l:\n- "l1\\nl2"\n- 2\n',
    ),
    (
        "l:\n- - 1\n- 2\n",
        'l:\n- x: 1\n  "y": z\n- 2\n',
        "l:\n- - p\n  - q\n- 2\n",
        "l:\n- w\n- 2\n",
        "l:\n- []\n- 2\n",
        'l:\n- "l1\\nl2\\n"\n- 2\n',
        'l:\n- "l1\\nl2"\n- 2\n',
    ),
    (
        "l:\n-   q: 1\n- 2\n",
        'l:\n-   x: 1\n    "y": z\n- 2\n',
        "l:\n-   - p\n    - q\n- 2\n",
        "l:\n-   w\n- 2\n",
        "l:\n-   []\n- 2\n",
        'l:\n-   "l1\\nl2\\n"\n- 2\n',
        'l:\n-   "l1\\nl2"\n- 2\n',
    ),
    (
        "l:\n- &x 1\n- 2\n",
        'l:\n- &x\n     x: 1\n     "y": z\n- 2\n',
        "l:\n- &x\n     - p\n     - q\n- 2\n",
        "l:\n- &x w\n- 2\n",
        "l:\n- &x []\n- 2\n",
        "l:\n- &x |\n  l1\n  l2\n- 2\n",
        "l:\n- &x |-\n  l1\n  l2\n- 2\n",
    ),
    (
        "l:\n- |\n  t\n- 2\n",
        'l:\n- x: 1\n  "y": z\n- 2\n',
        "l:\n- - p\n  - q\n- 2\n",
        "l:\n- |-\n  w\n- 2\n",
        "l:\n- []\n- 2\n",
        "l:\n- |\n  l1\n  l2\n- 2\n",
        "l:\n- |-\n  l1\n  l2\n- 2\n",
    ),
]


@pytest.mark.parametrize(("before", "value", "after"), cells(OVER, VALUES))
def test_a_value_over_another(before: str, value: Data, after: str) -> None:
    assert planned(before, Set(at("a"), value)) == after


@pytest.mark.parametrize(("before", "value", "after"), cells(ITEMS, VALUES))
def test_an_item_over_another(before: str, value: Data, after: str) -> None:
    assert planned(before, Set(at("l/0"), value)) == after


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("a: !!str 1\n", "a", "it carries a tag"),
        ("a: !x {b: 1}\n", "a", "it carries a tag"),
        ("a: [1 # c\n  ]\n", "a/1", "a comment stands inside the flow collection"),
        ("a: {b: 1 # c\n  }\n", "a/new", "a comment stands inside the flow collection"),
        ("a:\n  ? b\n  : 1\n", "a/new", "the first entry of the mapping is not simply `key: value`"),
    ],
)
def test_what_cannot_be_written(text: str, place: str, why: str) -> None:
    assert refused(text, Set(at(place), MAPPING)).endswith(f" cannot be edited: {why}")


@pytest.mark.parametrize(
    ("text", "route", "value", "after"),
    [
        ("a: 1 \nb: 2\n", "a", "l1\nl2", "a: |-\n  l1\n  l2\nb: 2\n"),
        ("a: 1 \t\r\nb: 2\r\n", "a", "l1\nl2\n", "a: |\r\n  l1\r\n  l2\r\nb: 2\r\n"),
        ("- 1 \n- 2\n", "0", "l1\nl2", "- |-\n  l1\n  l2\n- 2\n"),
        ("a:\n  - p \nb: 2\n", "a", ["p", "l1\nl2"], "a:\n  - p\n  - |-\n    l1\n    l2\nb: 2\n"),
        ("a:\n  - p \nb: 2\n", "a", {"c": "l1\nl2"}, "a:\n  c: |-\n    l1\n    l2\nb: 2\n"),
        ("a: 1 ", "a", "l1\n", 'a: "l1\\n"'),
        ("a: {}\n   \nb: 2\n", "a", {"c": "l1\nl2"}, "a:\n  c: |-\n    l1\n    l2\n   \nb: 2\n"),
    ],
)
def test_blanks_behind_what_was_there_are_no_part_of_a_literal_block(
    text: str, route: str, value: Data, after: str
) -> None:
    assert planned(text, Set(at(route), value)) == after
