"""The decoded text of a scalar, character by character in its file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planning import CORPUS
from texts import texts

from immichlint.text import NotTextError, SourceText, Span
from immichlint.text.edit import Edit, splice
from immichlint.yamltree.compose import compose
from immichlint.yamltree.embedded import Embedded
from immichlint.yamltree.errors import YamlError
from immichlint.yamltree.nodes import ScalarNode
from immichlint.yamltree.ops import Refusal
from immichlint.yamltree.style import walk


def scalars(text: str) -> list[tuple[SourceText, ScalarNode]]:
    source = SourceText(text)
    nodes = [node for document in compose(source) for node in walk(document.root)]
    return [(source, node) for node in nodes if isinstance(node, ScalarNode)]


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        ("a: |\n    xy\n\n      z\n", "z", "z"),
        ("a: |2-  # h\n    x\n   y\n", " y", " y"),
        ('a: "x\\ty\\u00e9z"\n', "\t", "\\t"),
        ('a: "x\\ty\\u00e9z"\n', "é", "\\u00e9"),
        ('a: "x\\\n  y\n\n  z"\n', "y\nz", "y\n\n  z"),
        ("a: 'x''y\n  z'\n", "'y z", "''y\n  z"),
        ("a: >-\n  x\n  y\n\n  z\n    w\n", "y\nz\n  w", "y\n\n  z\n    w"),
        ("a: x\n  y  # c\n", "x y", "x\n  y"),
        ("a: |\r\n  x\r\n  y\r\n", "x\ny", "x\r\n  y"),
    ],
)
def test_spans(text: str, part: str, expected: str) -> None:
    source, node = scalars(text)[1]
    at = node.text.index(part)
    span = Embedded(source, node).outer_span(Span(at, at + len(part)))
    assert source.text[slice(*span)] == expected


@given(texts(), st.data())
def test_an_inner_edit_is_an_outer_edit(text: str, draw: st.DataObject) -> None:
    source, node = draw.draw(st.sampled_from(scalars(text)))
    host = Embedded(source, node)
    assert host.mapped
    start, end = sorted(draw.draw(st.lists(st.integers(0, len(node.text)), min_size=2, max_size=2)))
    inner = Edit(Span(start, end), draw.draw(st.sampled_from(("x", "y: 1\n", "\n", "é'\"", "", "  "))))
    outer = host.outer_edit(inner)
    if isinstance(outer, Refusal):
        return
    try:
        after = scalars(splice(text, [outer]))
    except YamlError:
        return  # in a flow collection; the planner parses again and refuses
    wanted = splice(node.text, [inner])
    assert wanted in [other.text for _, other in after] or node.style in ("'", ">", "")


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside this checkout")
def test_every_scalar_of_real_files_is_mapped() -> None:
    count = 0
    for path in sorted(CORPUS.rglob("*.yaml"))[::8]:
        try:
            read = scalars(SourceText.decode(path.read_bytes()).text)
        except (YamlError, NotTextError):
            continue
        for source, node in read:
            host = Embedded(source, node)
            assert host.mapped, (path, node.text)
            for at in range(0, len(node.text), 29):
                if node.text[at].isalnum() and node.style != '"':
                    assert source.text[slice(*host.outer_span(Span(at, at + 1)))] == node.text[at]
            count += 1
    assert count > 1000
