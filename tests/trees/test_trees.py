"""Trees: what is known of a value, Helm's merge with its history, and whose slice of a text is whose."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from immichlint.text import SourceText
from immichlint.trees.field import look
from immichlint.trees.grow import grow
from immichlint.trees.merge import merge
from immichlint.trees.pieces import joined, part
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Seq, Tree, Write, get, plain, replaced
from immichlint.yamltree.compose import compose
from immichlint.yamltree.place import DocumentId, Place


def tree(text: str, name: str = "a.yaml") -> Tree:
    return grow(compose(SourceText(text))[0], DocumentId(name, 0))


@pytest.mark.parametrize(
    ("text", "route", "state"),
    [
        ("a: 1", ("a",), "known"),
        ("a: 1", ("b",), "absent"),
        ("a: null", ("a",), "absent"),
        ("a: null", ("a", "b"), "absent"),
        ("a: 1", ("a", "b"), "absent"),
        ("a: [1]", ("a", 0), "known"),
        ("a: [1]", ("a", 1), "absent"),
        ("a: [1]", ("a", "x"), "absent"),
        ("a: ENC[x]", ("a",), "unknown"),
        ("a: ENC[x]", ("a", "b"), "unknown"),
        ("a: '{{ x }}'", ("a",), "unknown"),
        ("{a: 1, a: 2}", ("a",), "unknown"),
    ],
)
def test_what_is_known_of_a_field(text: str, route: tuple[str | int, ...], state: str) -> None:
    assert look(tree(text), route).state == state


def test_what_an_open_collection_does_not_say_is_unknown() -> None:
    open_tree = Map({"a": Seq([], (), "elsewhere")}, (), {"gone": ()}, "outside")
    assert look(open_tree, ("b",)).why == "outside"
    assert look(open_tree, ("a", 0)).why == "elsewhere"
    assert look(open_tree, ("gone",)).absent


def test_the_use_of_an_anchor_has_its_own_route() -> None:
    made = tree("a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}\n")
    assert plain(made) == {"a": {"b": 1}, "c": {"b": 1}, "d": {"e": 2, "b": 1}}
    assert look(made, ("d", "b")).place == Place(DocumentId("a.yaml", 0), ("d", "b"))


values = st.recursive(
    st.sampled_from(["x", 1, True, None]),
    lambda below: st.dictionaries(st.sampled_from("abc"), below, max_size=3) | st.lists(below, max_size=2),
    max_leaves=8,
)
mappings = st.dictionaries(st.sampled_from("abc"), values, max_size=3)


def made_of(value: Any, layer: Layer) -> Tree:
    writes = (Write(layer, None),)
    if isinstance(value, dict):
        return Map({key: made_of(item, layer) for key, item in value.items()}, writes)
    if isinstance(value, list):
        return Seq([made_of(item, layer) for item in value], writes)
    return Leaf(value, writes)


def merged(base: Any, over: Any) -> Any:
    """Helm's merge on plain data: null deletes, mappings are merged, all else is replaced."""
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    found = dict(base)
    for key, value in over.items():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = merged(found[key], value) if key in found else value
    return found


@given(mappings, mappings)
def test_merges(base: dict[str, Any], over: dict[str, Any]) -> None:
    made = merge(made_of(base, Layer.BASE), made_of(over, Layer.VALUES))
    assert plain(made) == merged(base, over)
    assert isinstance(made, Map)
    for key, value in over.items():
        assert (key in made.deleted) == (value is None)
        writes = made.deleted[key] if value is None else made.items[key].writes
        assert writes[-1].layer is Layer.VALUES
        assert writes[-1].deleted == (value is None)
    for key in base.keys() - over.keys():
        assert made.items[key].writes[-1].layer is Layer.BASE


@given(mappings, st.lists(st.sampled_from("abc"), min_size=1, max_size=3), values)
def test_replacing_gets_what_was_set_and_keeps_the_rest(base: dict[str, Any], route: list[str], value: Any) -> None:
    before = made_of(base, Layer.BASE)
    after = replaced(before, tuple(route), made_of(value, Layer.PATCH))
    found = get(after, tuple(route))
    assert found is not None and plain(found) == value
    assert plain(before) == base
    assert isinstance(after, Map)
    assert {key: plain(item) for key, item in after.items.items() if key != route[0]} == {
        key: item for key, item in base.items() if key != route[0]
    }


def leaf(text: str, name: str) -> Leaf:
    return Leaf(text, (Write(Layer.BASE, Place(DocumentId(name, 0), ("k",))),))


@given(st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=4), st.data())
def test_a_slice_of_a_composed_text_has_its_place(parts: list[str], data: st.DataObject) -> None:
    made = joined([leaf(text, str(index)) for index, text in enumerate(parts)])
    assert made.value == "".join(parts)
    index = data.draw(st.integers(0, len(parts) - 1))
    start = data.draw(st.integers(0, len(parts[index]) - 1))
    end = data.draw(st.integers(start + 1, len(parts[index])))
    at = sum(map(len, parts[:index]))
    slice_ = None if (start, end) == (0, len(parts[index])) else (start, end)
    assert part(made, at + start, at + end) == Place(DocumentId(str(index), 0), ("k",), slice_)


def test_one_unknown_part_makes_the_whole_unknown() -> None:
    made = joined([leaf("a", "a"), ":", Leaf(Hole("${X}", "not set"), ())])
    assert made.value == Hole("a:${X}", "not set")
