"""What one more item or key looks like: its neighbours decide the style, and comments stay."""

from __future__ import annotations

import pytest
from planning import LIST, MAPPING, at, cells, planned

from immichlint.yamltree.lookup import Data
from immichlint.yamltree.ops import Append, Set

VALUES: list[Data] = [MAPPING, LIST, "w"]

# What stands there, then the text with a mapping, a list and a word more.
APPENDED = [
    (
        "l:\n- 1\n- 2\n",
        'l:\n- 1\n- 2\n- x: 1\n  "y": z\n',
        "l:\n- 1\n- 2\n- - p\n  - q\n",
        "l:\n- 1\n- 2\n- w\n",
    ),
    (
        "l:\n-   a: 1\n",
        'l:\n-   a: 1\n-   x: 1\n    "y": z\n',
        "l:\n-   a: 1\n-   - p\n    - q\n",
        "l:\n-   a: 1\n-   w\n",
    ),
    (
        "l:\n- {a: 1}\n",
        'l:\n- {a: 1}\n- {x: 1, "y": z}\n',
        "l:\n- {a: 1}\n- [p, q]\n",
        "l:\n- {a: 1}\n- w\n",
    ),
    (
        "l:\n- [1]\n",
        'l:\n- [1]\n- {x: 1, "y": z}\n',
        "l:\n- [1]\n- [p, q]\n",
        "l:\n- [1]\n- w\n",
    ),
    (
        "l:\n-\n",
        'l:\n-\n- x: 1\n  "y": z\n',
        "l:\n-\n- - p\n  - q\n",
        "l:\n-\n- w\n",
    ),
    (
        "l: []\n",
        'l:\n  - x: 1\n    "y": z\n',
        "l:\n  - - p\n    - q\n",
        "l:\n  - w\n",
    ),
    (
        "l:\n",
        'l:\n  - x: 1\n    "y": z\n',
        "l:\n  - - p\n    - q\n",
        "l:\n  - w\n",
    ),
    (
        "l: [1]\n",
        'l: [1, {x: 1, "y": z}]\n',
        "l: [1, [p, q]]\n",
        "l: [1, w]\n",
    ),
    (
        "l: [ 1, ] # c\n",
        'l: [ 1, {x: 1, "y": z} ] # c\n',
        "l: [ 1, [p, q] ] # c\n",
        "l: [ 1, w ] # c\n",
    ),
    (
        "l: [\n  1,\n  2\n]\n",
        'l: [\n  1,\n  2,\n  {x: 1, "y": z}\n]\n',
        "l: [\n  1,\n  2,\n  [p, q]\n]\n",
        "l: [\n  1,\n  2,\n  w\n]\n",
    ),
    (
        "l: [\n  1,\n  2, # c\n]\n",
        'l: [\n  1,\n  2, # c\n  {x: 1, "y": z},\n]\n',
        "l: [\n  1,\n  2, # c\n  [p, q],\n]\n",
        "l: [\n  1,\n  2, # c\n  w,\n]\n",
    ),
    (
        "l: [\n  1\n  # c\n]\n",
        'l: [\n  1,\n  {x: 1, "y": z}\n  # c\n]\n',
        "l: [\n  1,\n  [p, q]\n  # c\n]\n",
        "l: [\n  1,\n  w\n  # c\n]\n",
    ),
    (
        "l:\n- 'a'\n- 'b'\n",
        "l:\n- 'a'\n- 'b'\n- x: 1\n  'y': z\n",
        "l:\n- 'a'\n- 'b'\n- - 'p'\n  - 'q'\n",
        "l:\n- 'a'\n- 'b'\n- 'w'\n",
    ),
    (
        'l:\n- "a"\n- b\n',
        'l:\n- "a"\n- b\n- x: 1\n  "y": z\n',
        'l:\n- "a"\n- b\n- - p\n  - q\n',
        'l:\n- "a"\n- b\n- w\n',
    ),
    (
        "l:\n- n: 'a'\n  v: 'b'\n",
        "l:\n- n: 'a'\n  v: 'b'\n- x: 1\n  'y': z\n",
        "l:\n- n: 'a'\n  v: 'b'\n- - p\n  - q\n",
        "l:\n- n: 'a'\n  v: 'b'\n- w\n",
    ),
    (
        "l:\n- n: 'a'\n  y: 'b'\n- n: 'c'\n  y: 'd'\n",
        "l:\n- n: 'a'\n  y: 'b'\n- n: 'c'\n  y: 'd'\n- x: 1\n  'y': 'z'\n",
        "l:\n- n: 'a'\n  y: 'b'\n- n: 'c'\n  y: 'd'\n- - p\n  - q\n",
        "l:\n- n: 'a'\n  y: 'b'\n- n: 'c'\n  y: 'd'\n- w\n",
    ),
    (
        "l:\n- 1",
        'l:\n- 1\n- x: 1\n  "y": z',
        "l:\n- 1\n- - p\n  - q",
        "l:\n- 1\n- w",
    ),
    (
        "l:\n- |\n  x\n",
        'l:\n- |\n  x\n- x: 1\n  "y": z\n',
        "l:\n- |\n  x\n- - p\n  - q\n",
        "l:\n- |\n  x\n- w\n",
    ),
    (
        "l:\n- a\n  # of the list\n# of next\nb: 1\n",
        'l:\n- a\n  # of the list\n- x: 1\n  "y": z\n# of next\nb: 1\n',
        "l:\n- a\n  # of the list\n- - p\n  - q\n# of next\nb: 1\n",
        "l:\n- a\n  # of the list\n- w\n# of next\nb: 1\n",
    ),
    (
        "l:\n- # c\n  a: 1\n",
        'l:\n- # c\n  a: 1\n- x: 1\n  "y": z\n',
        "l:\n- # c\n  a: 1\n- - p\n  - q\n",
        "l:\n- # c\n  a: 1\n- w\n",
    ),
    (
        "l:\n-\n  a: 1\n",
        'l:\n-\n  a: 1\n- x: 1\n  "y": z\n',
        "l:\n-\n  a: 1\n- - p\n  - q\n",
        "l:\n-\n  a: 1\n- w\n",
    ),
    (
        "l:\r\n- 1\r\nb: 1\r\n",
        'l:\r\n- 1\r\n- x: 1\r\n  "y": z\r\nb: 1\r\n',
        "l:\r\n- 1\r\n- - p\r\n  - q\r\nb: 1\r\n",
        "l:\r\n- 1\r\n- w\r\nb: 1\r\n",
    ),
]

KEYS = [
    (
        "a:\n  b: 1\n",
        'a:\n  b: 1\n  new:\n    x: 1\n    "y": z\n',
        "a:\n  b: 1\n  new:\n    - p\n    - q\n",
        "a:\n  b: 1\n  new: w\n",
    ),
    (
        "a:\n    b: 1 # c\nd: 2\n",
        'a:\n    b: 1 # c\n    new:\n        x: 1\n        "y": z\nd: 2\n',
        "a:\n    b: 1 # c\n    new:\n        - p\n        - q\nd: 2\n",
        "a:\n    b: 1 # c\n    new: w\nd: 2\n",
    ),
    (
        "a: {b: 1}\n",
        'a: {b: 1, new: {x: 1, "y": z}}\n',
        "a: {b: 1, new: [p, q]}\n",
        "a: {b: 1, new: w}\n",
    ),
    (
        "a: {b: 1, }\n",
        'a: {b: 1, new: {x: 1, "y": z} }\n',
        "a: {b: 1, new: [p, q] }\n",
        "a: {b: 1, new: w }\n",
    ),
    (
        "a: { b }\n",
        'a: { b, new: { x: 1, "y": z } }\n',
        "a: { b, new: [p, q] }\n",
        "a: { b, new: w }\n",
    ),
    (
        "a: {'b': }\n",
        "a: {'b':, new: {x: 1, 'y': z} }\n",
        "a: {'b':, new: [p, q] }\n",
        "a: {'b':, new: w }\n",
    ),
    (
        "a: {b: &x }\n",
        'a: {b: &x, new: {x: 1, "y": z} }\n',
        "a: {b: &x, new: [p, q] }\n",
        "a: {b: &x, new: w }\n",
    ),
    (
        "a: {\n  b: 1\n}\n",
        'a: {\n  b: 1,\n  new: {x: 1, "y": z}\n}\n',
        "a: {\n  b: 1,\n  new: [p, q]\n}\n",
        "a: {\n  b: 1,\n  new: w\n}\n",
    ),
    (
        "a: {\n  b: 1, # c\n}\n",
        'a: {\n  b: 1, # c\n  new: {x: 1, "y": z},\n}\n',
        "a: {\n  b: 1, # c\n  new: [p, q],\n}\n",
        "a: {\n  b: 1, # c\n  new: w,\n}\n",
    ),
    (
        "a: {b: 1,\n  c: 2}\n",
        'a: {b: 1,\n  c: 2, new: {x: 1, "y": z}}\n',
        "a: {b: 1,\n  c: 2, new: [p, q]}\n",
        "a: {b: 1,\n  c: 2, new: w}\n",
    ),
    (
        "a:\n  b: 'x'\n  c: 'y'\n",
        "a:\n  b: 'x'\n  c: 'y'\n  new:\n    x: 1\n    'y': 'z'\n",
        "a:\n  b: 'x'\n  c: 'y'\n  new:\n    - 'p'\n    - 'q'\n",
        "a:\n  b: 'x'\n  c: 'y'\n  new: 'w'\n",
    ),
    (
        "a:\n  b: 'x'\n  c: '1'\n",
        "a:\n  b: 'x'\n  c: '1'\n  new:\n    x: 1\n    'y': 'z'\n",
        "a:\n  b: 'x'\n  c: '1'\n  new:\n    - 'p'\n    - 'q'\n",
        "a:\n  b: 'x'\n  c: '1'\n  new: 'w'\n",
    ),
    (
        "a:\n  b: x\n  c: 'y'\n",
        "a:\n  b: x\n  c: 'y'\n  new:\n    x: 1\n    'y': z\n",
        "a:\n  b: x\n  c: 'y'\n  new:\n    - p\n    - q\n",
        "a:\n  b: x\n  c: 'y'\n  new: w\n",
    ),
    (
        "a:\n  b: |\n    x\n  c: 'y'\n  d: 'z'\n",
        "a:\n  b: |\n    x\n  c: 'y'\n  d: 'z'\n  new:\n    x: 1\n    'y': 'z'\n",
        "a:\n  b: |\n    x\n  c: 'y'\n  d: 'z'\n  new:\n    - 'p'\n    - 'q'\n",
        "a:\n  b: |\n    x\n  c: 'y'\n  d: 'z'\n  new: 'w'\n",
    ),
    (
        "a:\n- b: 1\n",
        'a:\n- b: 1\n  new:\n    x: 1\n    "y": z\n',
        "a:\n- b: 1\n  new:\n  - p\n  - q\n",
        "a:\n- b: 1\n  new: w\n",
    ),
    (
        "a:\r\n  b: 1\r\nd: 2",
        'a:\r\n  b: 1\r\n  new:\r\n    x: 1\r\n    "y": z\r\nd: 2',
        "a:\r\n  b: 1\r\n  new:\r\n    - p\r\n    - q\r\nd: 2",
        "a:\r\n  b: 1\r\n  new: w\r\nd: 2",
    ),
]


@pytest.mark.parametrize(("before", "value", "after"), cells(APPENDED, VALUES))
def test_one_more_item(before: str, value: Data, after: str) -> None:
    assert planned(before, Append(at("l"), value)) == after


@pytest.mark.parametrize(("before", "value", "after"), cells(KEYS, VALUES))
def test_one_more_key(before: str, value: Data, after: str) -> None:
    assert planned(before, Set(at("a/0/new" if "- b" in before else "a/new"), value)) == after
