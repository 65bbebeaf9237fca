"""Scalars as Kubernetes types them, and strings that are read back as they are."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from planning import values

from immichlint.yamltree.apply import same
from immichlint.yamltree.quoting import DOUBLE, scalar_text
from immichlint.yamltree.scalars import Value, typed_text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", True), ("Off", False), ("y", True), ("N", False), ("yEs", "yEs"), ("~", None), ("", None),
        ("NULL", None), ("nULL", "nULL"), ("017", 15), ("0o17", 15), ("0x1F", 31), ("0b101", 5), ("1_000", 1000),
        ("08", 8.0), ("1e3", 1000.0), ("1.", 1.0), (".5", 0.5), ("-.inf", float("-inf")), ("+1", 1), ("-", "-"),
        ("+-1", "+-1"), ("1e", "1e"), (".", "."), ("12:30", "12:30"), ("2020-01-01", "2020-01-01"),
        ("18446744073709551615", 2**64 - 1), ("-9223372036854775808", -(2**63)),
        ("18446744073709551616", 2.0**64), ("-9223372036854775809", -(2.0**63)), ("0x1" + "0" * 16, "0x1" + "0" * 16),
        ("9" * 10_000, "9" * 10_000), ("1e999", "1e999"), ("0" * 99 + "7", 7),
        ("v1", "v1"), ("1.2.3", "1.2.3"), ("0x", "0x"), ("e3", "e3"),
    ],
)  # fmt: skip
def test_types(text: str, value: Value) -> None:
    assert same(typed_text(text), value)


def test_quotes_and_tags_decide() -> None:
    assert same(values("a: 'on'\nb: !!str 5\nc: !!int \"5\"\nd: |\n  5\ne: !t 5\n"), [
        {"a": "on", "b": "5", "c": 5, "d": "5\n", "e": "5"}
    ])  # fmt: skip


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=8), st.sampled_from("'\""), st.booleans())
@example("\x85\u2028\ufeff\x7f\0", "'", False)
@example("a: b # c", "'", True)
@example("- x", '"', False)
@example("---", '"', False)
@example("=", "'", False)
@example("0?", "'", True)
def test_a_string_is_read_back_as_it_is(text: str, quote: str, flow: bool) -> None:
    for always in (False, True):
        written = scalar_text(text, quote, flow=flow, always=always)
        assert values(f"[{written}]" if flow else f"a: {written}\n") == ([[text]] if flow else [{"a": text}])


@given(st.one_of(st.booleans(), st.none(), st.integers(-(2**63), 2**64 - 1), st.floats()))
def test_other_scalars_are_read_back_as_they_are(value: Value) -> None:
    assert same(values(f"a: {scalar_text(value, DOUBLE, flow=False)}\n"), [{"a": value}])
