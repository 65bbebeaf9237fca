"""Routes, merges and the value that Kubernetes reads."""

import pytest
from planning import route, values

from immichlint.text import SourceText
from immichlint.yamltree.compose import compose
from immichlint.yamltree.errors import TooLargeError
from immichlint.yamltree.lookup import Found, find

TEXT = "b: &b {A: 1, B: 2}\no: &o {B: 3, C: 4}\nm:\n  C: 5\n  <<: [*b, *o]\ns: [*b, x]\na: *b\n"


def at(way: str) -> Found | None:
    return find(compose(SourceText(TEXT))[0].root, route(way))


def test_own_keys_win_then_the_merge_written_first() -> None:
    assert values(TEXT)[0]["m"] == {"A": 1, "B": 2, "C": 5}  # type: ignore[index,call-overload]


@pytest.mark.parametrize(
    ("way", "span", "shared"),
    [
        ("m/C", "5", False),
        ("m/B", "2", True),
        ("s/0/A", "1", True),
        ("s/1", "x", False),
        ("a", "{A: 1, B: 2}", True),
        ("b/A", "1", False),
    ],
)
def test_find_says_where_it_is_written(way: str, span: str, shared: bool) -> None:
    found = at(way)
    assert found is not None
    assert (TEXT[slice(*found.node.span)], found.shared) == (span, shared)


@pytest.mark.parametrize("way", ["x", "m/D", "s/2", "s/A", "b/A/x"])
def test_nothing_is_found_where_nothing_is(way: str) -> None:
    assert at(way) is None


def test_the_last_of_two_equal_keys_counts() -> None:
    assert values("a: 1\na: 2\n") == [{"a": 2}]


def test_a_quoted_merge_key_is_a_key() -> None:
    assert values('a: &a {b: 1}\nc: {"<<": *a}\n')[0]["c"] == {"<<": {"b": 1}}  # type: ignore[index,call-overload]


def test_an_alias_bomb_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(TooLargeError, match="200,000"):
        compose(SourceText("\n".join(lines)))
