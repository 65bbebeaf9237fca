"""Nodes, their exact places, and the limits of reading."""

import pytest
from hypothesis import given
from texts import texts

from immichlint.text import SourceText
from immichlint.yamltree.compose import MAX_DEPTH, MAX_NODES, compose
from immichlint.yamltree.errors import TooDeepError, TooLargeError, YamlError
from immichlint.yamltree.nodes import AliasNode, MappingNode, Node, SequenceNode
from immichlint.yamltree.style import walk


def root(text: str) -> Node:
    node = compose(SourceText(text))[0].root
    assert node is not None
    return node


def written(text: str, node: Node) -> tuple[str, str]:
    """What stands before a node's content, and the content."""
    return text[node.outer : node.start], text[node.start : node.end]


def test_spans_are_trimmed_and_leave_out_anchors_and_tags() -> None:
    text = (
        "a: &a\n  x: 1\nb: &b-c # d-e\n- 1\n\nc: !!str 5 # c\nd: |-\n  x\n\n\ne: &e # none\n"
        "f: &f # g\n  h\ni: !t {a: 1}\nj:\n# end\n"
    )
    node = root(text)
    assert isinstance(node, MappingNode)
    assert [written(text, value) for _, value in node.entries] == [
        ("&a\n  ", "x: 1"),
        ("&b-c # d-e\n", "- 1"),
        ("!!str ", "5"),
        ("", "|-\n  x"),
        ("&e", ""),
        ("&f # g\n  ", "h"),
        ("!t ", "{a: 1}"),
        ("", ""),
    ]
    assert text[node.start : node.end] == text[: text.index("\n# end")]


def test_a_dash_in_a_comment_is_no_dash() -> None:
    text = "a: &a\n- # x-y\n  b: 1\n"
    node = root(text)
    assert isinstance(node, MappingNode)
    assert written(text, node.entries[0][1]) == ("&a\n", "- # x-y\n  b: 1")


def test_documents_know_their_spans() -> None:
    documents = compose(SourceText("# c\na: 1\n...\n---\n---\nx\n"))
    assert [(tuple(document.span), document.explicit, document.index) for document in documents] == [
        ((4, 12), False, 0),
        ((13, 16), True, 1),
        ((17, 22), True, 2),
    ]


def test_duplicates_are_noted_and_merges_are_not() -> None:
    (document,) = compose(SourceText("x: &x {q: 1}\ny:\n  <<: *x\n  <<: *x\n  b: 1\n  b: 2\n"))
    assert [(key.text, key.start) for key in document.duplicates] == [("b", 43)]


def test_an_alias_stands_for_the_anchor_before_it() -> None:
    node = root("a: &x 1\nb: *x\nc: &x 2\nd: *x\n")
    assert isinstance(node, MappingNode)
    targets = [value.target for _, value in node.entries if isinstance(value, AliasNode)]
    assert targets == [node.entries[0][1], node.entries[2][1]]


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("a: 1\nb: *nope\n", "has no anchor before it", 8),
        ("a: &x\n  b: *x\n", "contains itself", 11),
        ("a: &x 1\n---\nb: *x\n", "has no anchor", 15),
        ("a: [1\n", "flow sequence", 6),
        ("a: \x01", "", 3),
    ],
)
def test_errors_say_where(text: str, message: str, offset: int) -> None:
    with pytest.raises(YamlError) as caught:
        compose(SourceText(text))
    assert message in caught.value.message
    assert caught.value.offset == offset


def test_depth_is_limited() -> None:
    deepest = compose(SourceText("[" * MAX_DEPTH + "]" * MAX_DEPTH))[0].root
    assert isinstance(deepest, SequenceNode)
    for brackets in (MAX_DEPTH + 1, 30_000):
        with pytest.raises(TooDeepError) as caught:
            compose(SourceText("[" * brackets + "]" * brackets))
        assert caught.value.offset == MAX_DEPTH


def test_depth_counts_what_aliases_stand_for() -> None:
    half = MAX_DEPTH // 2
    inner = f"a: &a {'[' * half}{']' * half}\nb: "
    compose(SourceText(f"{inner}{'[' * (half - 1)}*a{']' * (half - 1)}"))
    with pytest.raises(TooDeepError) as caught:
        compose(SourceText(f"{inner}{'[' * half}*a{']' * half}"))
    assert caught.value.offset == len(inner) + half


def test_size_counts_what_aliases_stand_for() -> None:
    # The document, the outer sequence, the inner one, its hundred scalars, and one more node for each alias.
    inner, repeats = f"[&a [{', '.join('x' * 100)}]", (MAX_NODES - 103) // 102
    compose(SourceText(inner + ", *a" * repeats + "]"))
    with pytest.raises(TooLargeError, match="aliases stand for more than 200,000 nodes") as caught:
        compose(SourceText(inner + ", *a" * (repeats + 1) + "]"))
    assert caught.value.offset == len(inner) + 4 * repeats + 2
    with pytest.raises(TooLargeError, match="it has more than 200,000 nodes"):
        compose(SourceText("---\n" * (MAX_NODES + 1)))
    with pytest.raises(TooLargeError):
        compose(SourceText(f"[&a {'x' * 1_000_000}{', *a' * 20}]"))


@given(texts())
def test_children_lie_in_their_parents_in_order(text: str) -> None:
    for document in compose(SourceText(text)):
        for node in walk(document.root):
            assert node.outer <= node.start <= node.end
            children: list[Node] = []
            if isinstance(node, MappingNode):
                children = [child for entry in node.entries for child in entry]
            elif isinstance(node, SequenceNode):
                children = node.items
            at = node.start
            for child in children:
                assert at <= child.outer
                assert child.end <= node.end or child.start == child.end
                at = child.end
