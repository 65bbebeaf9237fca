"""JSON patches (RFC 6902) on trees, as the library of kustomize applies them."""

from __future__ import annotations

from typing import Any

import pytest

from immichlint.gitops.kustomize.jsonpatch import JsonPatchError, apply_json_patch
from immichlint.text import SourceText
from immichlint.trees.grow import grow
from immichlint.trees.tree import Seq, Tree, plain
from immichlint.yamltree.compose import compose
from immichlint.yamltree.place import DocumentId

TEXT = "{m: {a: 1, b: 2, c: 3}, l: [p, q, {n: r}], 'x/y': {'~': 1}, s: word}"


def tree(text: str) -> Tree:
    return grow(compose(SourceText(text))[0], DocumentId("a.yaml", 0))


def patched(operation: str) -> Any:
    operations = tree(f"[{operation}]")
    assert isinstance(operations, Seq)
    return plain(apply_json_patch(tree(TEXT), operations))


@pytest.mark.parametrize(
    ("operation", "changed"),
    [
        ("{op: remove, path: /m/a}", {"m": {"b": 2, "c": 3}}),
        ("{op: remove, path: /m/b}", {"m": {"a": 1, "c": 3}}),
        ("{op: remove, path: /m/c}", {"m": {"a": 1, "b": 2}}),
        ("{op: remove, path: /l/0}", {"l": ["q", {"n": "r"}]}),
        ("{op: remove, path: /l/1}", {"l": ["p", {"n": "r"}]}),
        ("{op: remove, path: /l/2}", {"l": ["p", "q"]}),
        ("{op: remove, path: /l/2/n}", {"l": ["p", "q", {}]}),
        ("{op: remove, path: /x~1y/~0}", {"x/y": {}}),
        ("{op: add, path: /m/a, value: 9}", {"m": {"a": 9, "b": 2, "c": 3}}),
        ("{op: add, path: /m/d, value: 9}", {"m": {"a": 1, "b": 2, "c": 3, "d": 9}}),
        ("{op: add, path: /l/0, value: 9}", {"l": [9, "p", "q", {"n": "r"}]}),
        ("{op: add, path: /l/2, value: 9}", {"l": ["p", "q", 9, {"n": "r"}]}),
        ("{op: add, path: /l/3, value: 9}", {"l": ["p", "q", {"n": "r"}, 9]}),
        ("{op: add, path: /l/-, value: 9}", {"l": ["p", "q", {"n": "r"}, 9]}),
        ("{op: add, path: /l/2/o, value: 9}", {"l": ["p", "q", {"n": "r", "o": 9}]}),
        ("{op: replace, path: /m/b, value: 9}", {"m": {"a": 1, "b": 9, "c": 3}}),
        ("{op: replace, path: /m/d, value: 9}", {"m": {"a": 1, "b": 2, "c": 3, "d": 9}}),
        ("{op: replace, path: /l/1, value: 9}", {"l": ["p", 9, {"n": "r"}]}),
        ("{op: move, from: /m/a, path: /m/d}", {"m": {"b": 2, "c": 3, "d": 1}}),
        ("{op: move, from: /l/0, path: /l/1}", {"l": ["q", "p", {"n": "r"}]}),
        ("{op: move, from: /l/0, path: /l/-}", {"l": ["q", {"n": "r"}, "p"]}),
        ("{op: copy, from: /l/2, path: /m/a}", {"m": {"a": {"n": "r"}, "b": 2, "c": 3}}),
        ("{op: test, path: /l/2, value: {n: r}}", {}),
        ("{op: test, path: /m/d}", {}),
    ],
)
def test_an_operation(operation: str, changed: dict[str, Any]) -> None:
    assert patched(operation) == {**_before(), **changed}


def _before() -> dict[str, Any]:
    before = plain(tree(TEXT))
    assert isinstance(before, dict)
    return before


def test_the_whole_can_be_replaced() -> None:
    assert patched("{op: replace, path: '', value: {a: 1}}") == {"a": 1}
    assert patched("{op: add, path: '', value: {a: 1}}") == {"a": 1}
    assert patched("{op: remove, path: ''}") is None


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        ("word", "an operation is no mapping"),
        ("{op: remove, path: /m/d}", "nothing stands at 'd'"),
        ("{op: remove, path: /l/3}", "nothing stands at 3"),
        ("{op: remove, path: /l/7}", "nothing stands at 7"),
        ("{op: remove, path: /l/7/n}", "nothing stands at 7"),
        ("{op: remove, path: /l/-}", "nothing stands at 3"),
        ("{op: remove, path: /l/x}", "nothing stands at -1"),
        ("{op: remove, path: /l/x/n}", "nothing stands at -1"),
        ("{op: remove, path: /s/x}", "nothing stands at 'x'"),
        ("{op: remove, path: /n/x}", "nothing stands at 'n'"),
        ("{op: add, path: /l/4, value: 9}", "4 cannot be added"),
        ("{op: add, path: /l/x, value: 9}", "-1 cannot be added"),
        ("{op: add, path: /s/x, value: 9}", "'x' cannot be added"),
        ("{op: add, path: /l/x/y, value: 9}", "nothing stands at -1"),
        ("{op: add, path: /m/d}", "add /m/d has no value"),
        ("{op: replace, path: /m/d}", "replace /m/d has no value"),
        ("{op: replace, path: /l/3, value: 9}", "nothing stands at /l/3"),
        ("{op: replace, path: /l/x, value: 9}", "nothing stands at /l/x"),
        ("{op: replace, path: /s/x, value: 9}", "nothing stands at /s/x"),
        ("{op: replace, path: /n/x, value: 9}", "nothing stands at /n/x"),
        ("{op: copy, from: /m/d, path: /m/e}", "nothing stands at /m/d"),
        ("{op: move, from: /l/5, path: /m/e}", "nothing stands at /l/5"),
        ("{op: test, path: /m/a, value: 2}", "the test of /m/a fails"),
        ("{op: test, path: /m/a}", "the test of /m/a fails"),
        ("{op: test, path: /m/d, value: 1}", "the test of /m/d fails"),
        ("{op: swap, path: /m/a, value: 1}", "unknown operation 'swap'"),
    ],
)
def test_what_does_not_apply(operation: str, why: str) -> None:
    with pytest.raises(JsonPatchError) as caught:
        patched(operation)
    assert str(caught.value) == why
