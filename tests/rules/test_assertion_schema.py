"""Assertions agree with JSON Schema, and never claim what a hole could change."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from immichlint.rules.schema import KEYWORDS, holds
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree

KEYS = st.sampled_from("abc")
TYPES = ("object", "array", "string", "boolean", "integer", "number", "null")
SCALARS = st.one_of(
    st.booleans(), st.integers(-2, 2), st.sampled_from([0.0, 1.0, 1.5, -0.5]), st.sampled_from(["", "a", "ab", "1"])
)


def values(scalars: st.SearchStrategy[Any], in_maps: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner | in_maps, max_size=3),
        max_leaves=6,
    )


VALUES = values(SCALARS | st.none(), st.nothing())
DATA = values(SCALARS | st.none(), st.none())


def absent_nulls(data: Any) -> Any:
    """The data as Kubernetes keeps it: a null in a mapping is an absent key."""
    if isinstance(data, dict):
        return {key: absent_nulls(item) for key, item in data.items() if item is not None}
    return [absent_nulls(item) for item in data] if isinstance(data, list) else data


def keyword(name: str, inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    plain = {
        "type": st.sampled_from(TYPES) | st.lists(st.sampled_from(TYPES), min_size=1, max_size=2, unique=True),
        "enum": st.lists(VALUES.map(absent_nulls), min_size=1, max_size=3),
        "const": VALUES.map(absent_nulls),
        "pattern": st.sampled_from(["^a", "b$", "[0-9]", "^$"]),
        "minimum": st.integers(-2, 2),
        "maximum": st.sampled_from([-1, 0, 0.5, 2]),
        "required": st.lists(KEYS, min_size=1, max_size=2, unique=True),
    }
    several = st.lists(inner, min_size=1, max_size=3)
    nested = {
        "properties": st.dictionaries(KEYS, inner, min_size=1, max_size=2),
        "items": inner,
        "allOf": several,
        "anyOf": several,
        "not": inner,
    }
    return {**plain, **nested}[name].map(lambda value: (name, value))


SCHEMAS = st.recursive(
    st.just({}),
    lambda inner: st.lists(
        st.sampled_from(sorted(KEYWORDS)).flatmap(lambda name: keyword(name, inner)), min_size=1, max_size=3
    ).map(dict),
    max_leaves=6,
)


def tree_of(data: Any) -> Tree:
    if isinstance(data, dict):
        return Map({key: tree_of(item) for key, item in data.items()}, ())
    return Seq([tree_of(item) for item in data], ()) if isinstance(data, list) else Leaf(data, ())


def punched(draw: st.DrawFn, data: Any) -> Tree:
    """A tree of which the data is one filling."""
    kind = draw(st.sampled_from(["whole", "whole", "whole", "hole", "open"]))
    if kind == "hole":
        return Leaf(Hole("${X}", "nobody knows"), ())
    why = "nobody knows" if kind == "open" else None
    if isinstance(data, dict):
        kept = [key for key in data if why is None or draw(st.booleans())]
        return Map({key: punched(draw, data[key]) for key in kept}, (), open=why)
    if isinstance(data, list):
        return Seq([punched(draw, item) for item in data if why is None or draw(st.booleans())], (), why)
    return Leaf(data, ())


@st.composite
def partly_known(draw: st.DrawFn) -> tuple[Any, Tree]:
    data = draw(DATA)
    return data, punched(draw, data)


def is_valid(schema: Any, data: Any) -> bool:
    return Draft202012Validator(schema).is_valid(absent_nulls(data))


@given(SCHEMAS, DATA)
@example({"enum": [True]}, 1)
@example({"const": {"a": [0]}}, {"a": [False]})
@example({"type": "integer"}, 1.0)
@example({"required": ["a"]}, {"a": None})
@example({"minimum": 1, "maximum": 1}, 1)
def test_what_is_known_is_judged_as_json_schema_does(schema: Any, data: Any) -> None:
    assert holds(schema, tree_of(data)) is is_valid(schema, data)


@given(SCHEMAS, partly_known())
@example({"properties": {"a": {"not": {}}}}, ({"a": None}, Map({"a": Leaf(Hole("", ""), ())}, ())))
@example({"const": {}}, ({"a": None}, Map({"a": Leaf(Hole("", ""), ())}, ())))
@example({"const": [1, 2]}, ([1, 2], Seq([Leaf(2, ())], (), "outside")))
@example({"properties": {"a": {"type": "string"}}}, ({"a": None}, Map({"a": Leaf(Hole("", ""), ())}, ())))
def test_what_is_not_known_is_never_claimed(schema: Any, known: tuple[Any, Tree]) -> None:
    data, tree = known
    answer = holds(schema, tree)
    assert answer is None or answer is is_valid(schema, data)


HOLE = Leaf(Hole("${X}", "nobody knows"), ())


@pytest.mark.parametrize(
    ("schema", "tree", "answer"),
    [
        ({"const": "a"}, HOLE, None),
        ({"required": ["a"]}, Map({}, (), open="outside"), None),
        ({"required": ["a"]}, Map({}, (), deleted={"a": ()}, open="outside"), False),
        ({"required": ["a"]}, Map({"a": HOLE}, ()), None),
        ({"properties": {"a": {"const": 1}, "b": {"const": 2}}}, Map({"a": HOLE, "b": Leaf(3, ())}, ()), False),
        ({"anyOf": [{"const": 1}, {"type": "integer"}]}, Leaf(2, ()), True),
        ({"items": {"type": "string"}}, Seq([Leaf("a", ())], (), "outside"), None),
        ({"items": {"type": "string"}}, Seq([Leaf(1, ())], (), "outside"), False),
        ({"not": {"required": ["a"]}}, Map({"a": Leaf(1, ())}, (), open="outside"), False),
    ],
)
def test_an_answer_is_given_where_nothing_unknown_matters(schema: Any, tree: Tree, answer: bool | None) -> None:
    assert holds(schema, tree) is answer


def test_a_keyword_outside_the_subset_is_an_error() -> None:
    with pytest.raises(KeyError, match="oneOf"):
        holds({"oneOf": []}, Leaf(1, ()))
