"""The habits of a document: how it indents, quotes and braces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TypeVar

from immichlint.named_tuple import NamedTuple
from immichlint.text import SourceText
from immichlint.yamltree.nodes import Document, MappingNode, Node, ScalarNode, SequenceNode
from immichlint.yamltree.quoting import DOUBLE, SINGLE

T = TypeVar("T")


class Style(NamedTuple):
    """How new YAML is written.

    `step`: columns of a mapping inside a mapping. `dash`: columns of a sequence's dashes inside a mapping.
    `quote`: for strings that need quotes. `braces`: what stands inside `{` and `}`, a space or nothing.
    `json`: whether all is JSON. `always`: whether strings are quoted that would not need it. `literal`: whether
    strings of several lines may become literal blocks.
    """

    step: int = 2
    dash: int = 2
    quote: str = DOUBLE
    braces: str = ""
    json: bool = False
    always: bool = False
    literal: bool = True


def style_of(document: Document) -> Style:
    """The habits that most of a document follows; the usual ones where it shows none."""
    source = document.source
    steps: Counter[int] = Counter()
    dashes: Counter[int] = Counter()
    quotes: Counter[str] = Counter()
    braces: Counter[str] = Counter()
    for node in walk(document.root):
        if isinstance(node, ScalarNode):
            if node.style in (DOUBLE, SINGLE):
                quotes[node.style] += 1
        elif isinstance(node, (MappingNode, SequenceNode)) and node.flow:
            if isinstance(node, MappingNode) and node.entries:
                braces[" " if source.text[node.start + 1] == " " else ""] += 1
        elif isinstance(node, MappingNode):
            column = column_of(source, node.start)
            for _, value in node.entries:
                if isinstance(value, MappingNode) and not value.flow:
                    steps[column_of(source, value.start) - column] += 1
                elif isinstance(value, SequenceNode) and not value.flow:
                    dashes[column_of(source, value.start) - column] += 1
    step = _usual(steps, 2)
    return Style(
        step=step,
        dash=_usual(dashes, step),
        quote=_usual(quotes, DOUBLE),
        braces=_usual(braces, ""),
        json=_is_json(document.root),
    )


def _usual(counts: Counter[T], default: T) -> T:
    return counts.most_common(1)[0][0] if counts else default


def _is_json(root: Node | None) -> bool:
    if isinstance(root, SequenceNode) and root.flow:
        return bool(root.items) and _is_json(root.items[0])
    if not isinstance(root, MappingNode) or not root.flow:
        return False
    return all(isinstance(key, ScalarNode) and key.style == DOUBLE for key, _ in root.entries)


def walk(root: Node | None) -> Iterator[Node]:
    """All nodes as they are written, keys included, in the order of the text; aliases are not followed."""
    stack = [root] if root is not None else []
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, MappingNode):
            for key, value in reversed(node.entries):
                stack += (value, key)
        elif isinstance(node, SequenceNode):
            stack.extend(reversed(node.items))


def column_of(source: SourceText, offset: int) -> int:
    """How many code points stand before an offset on its line."""
    return offset - source.line_start(offset)
