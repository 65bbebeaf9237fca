"""Plain texts with colons in flow collections: read as YAML 1.2 reads them, with the same places."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import ScalarEvent

from immichlint.text import SourceText
from immichlint.yamltree.compose import MAX_DEPTH, compose
from immichlint.yamltree.errors import TooDeepError, YamlError
from immichlint.yamltree.nodes import ScalarNode
from immichlint.yamltree.style import walk

Found = list[tuple[str, int, int]]


def scalars(text: str) -> Found:
    """The scalars of a text with their places."""
    nodes = (
        node for document in compose(SourceText(text)) if document.root is not None for node in walk(document.root)
    )
    return [(node.text, node.start, node.end) for node in nodes if isinstance(node, ScalarNode) and node.text]


def by_the_pure_parser(text: str) -> Found | None:
    """What ruamel.yaml's own parser reads, which takes such colons; None for what it refuses."""
    try:
        events = list(YAML(typ="safe", pure=True).parse(text))
    except YAMLError:
        return None
    return [(item.value, item.start_mark.index, item.end_mark.index) for item in events if _is_text(item)]


def _is_text(event: object) -> bool:
    """Whether an event is a scalar: the two parsers do not agree where one is that is not written."""
    return isinstance(event, ScalarEvent) and bool(event.value)


TEXTS = [
    "a: [https://x.lan/y, os:admin]\n",
    "é: {url: https://x.lan:8080/y, b: 'c:d', \"e\": f:g} # h:i\n",
    "a: [b::c, d:e:f]\nk: >-\n  l:m\nn:o: p\n",
    "[\n  a:b, # c:d\n  'é:ü': ö:ß\n]\n",
    "a: {b: [c:d, {e: f:g}]}\n---\nh: [i:j]\n",
]


@pytest.mark.parametrize("text", TEXTS)
def test_they_are_words_of_a_text(text: str) -> None:
    expected = by_the_pure_parser(text)
    assert expected is not None
    assert [item[:2] for item in scalars(text)] == [item[:2] for item in expected]
    # A block text's end is trimmed.
    plain = [item for item in expected if not item[0].startswith("l")]
    assert [item for item in scalars(text) if not item[0].startswith("l")] == plain


@pytest.mark.parametrize("text", ["a: [b:]\n", "a: {b:c: 1: 2}\n", "a: [b:c\n", "{{ a:b }}: [*c]\n"])
def test_what_is_no_yaml_is_refused_as_before(text: str) -> None:
    with pytest.raises(YamlError) as error:
        compose(SourceText(text))
    assert "\ue000" not in error.value.message
    assert 0 <= error.value.offset <= len(text)


def test_a_text_may_have_the_character_that_stands_for_a_colon() -> None:
    assert scalars("a: [b:c, '\ue000', \ue001:d]\n") == [
        ("a", 0, 1), ("b:c", 4, 7), ("\ue000", 9, 12), ("\ue001:d", 14, 17)
    ]  # fmt: skip


def test_the_limits_hold_for_them() -> None:
    with pytest.raises(TooDeepError):
        compose(SourceText(f"a: [b:c]\nd: {'[' * (MAX_DEPTH + 1)}{']' * (MAX_DEPTH + 1)}\n"))


PARTS = st.sampled_from(["a", ":", "://", "é", " ", ", ", "'b:c'", '"d"', "[", "]", "{", "}", "#", ": ", "-", "\n "])


@given(st.lists(PARTS, max_size=12).map(lambda parts: f"k: [{''.join(parts)}]\n"))
@settings(max_examples=300)
def test_what_both_parsers_read_they_read_alike(text: str) -> None:
    expected = by_the_pure_parser(text)
    try:
        found = scalars(text)
    except YamlError:
        return
    if expected is not None:
        assert found == expected
