"""Slots: the places in a text where values stand, and how far what stands there reaches."""

from __future__ import annotations

from immichlint.named_tuple import NamedTuple
from immichlint.text import SourceText
from immichlint.yamltree.lookup import Route, Step, entries
from immichlint.yamltree.nodes import FOLDED, LITERAL, Document, MappingNode, Node, ScalarNode, SequenceNode, resolve
from immichlint.yamltree.style import column_of

_BLANK = " \t\r\n"


class CannotEditError(ValueError):
    """What stands in the text cannot be edited safely; the message says why."""


class Slot(NamedTuple):
    """A value's place in the text.

    `parent`: the collection that holds it, None for a root. `key`: its key in a mapping, perhaps an alias.
    `value`: what is written there, perhaps an alias, perhaps nothing. `head`: the offset behind the colon or
    the dash, and behind anchor and tag. `column`: of the parent's keys or dashes, counted from 0. `inner`: the
    column of block content behind a dash, None where the style decides.
    """

    parent: MappingNode | SequenceNode | None
    key: Node | None
    value: Node
    head: int
    column: int
    inner: int | None

    @property
    def flow(self) -> bool:
        """Whether the value stands inside a flow collection."""
        return self.parent is not None and self.parent.flow

    @property
    def empty(self) -> bool:
        """Whether nothing is written there."""
        return self.value.start == self.value.end


def slot(document: Document, route: Route) -> Slot | None:
    """The slot of a route that leads through no alias and no merge; None where there is nothing.

    Raises CannotEditError where what stands there is not understood well enough to be edited.
    """
    root = document.root
    if root is None:
        return None
    found = Slot(None, None, root, _root_head(document, root), -1, 0)
    for step in route:
        following = _child(document.source, found.value, step)
        if following is None:
            return None
        found = following
    return found


def _root_head(document: Document, root: Node) -> int:
    if root.outer < root.start:
        return properties_end(document.source.text, root)
    return root.start if root.end > root.start else document.span.end


def _child(source: SourceText, node: Node, step: Step) -> Slot | None:
    if isinstance(node, MappingNode) and isinstance(step, str):
        entry = entries(node).get(step)
        if entry is None or not entry.own:
            return None
        written = next(key for key, _ in reversed(node.entries) if resolve(key) is entry.key)
        return _entry_slot(source, node, written, entry.value)
    if isinstance(node, SequenceNode) and isinstance(step, int) and 0 <= step < len(node.items):
        return _item_slot(source, node, step)
    return None


def _entry_slot(source: SourceText, parent: MappingNode, key: Node, value: Node) -> Slot:
    if value.outer < value.start:
        head = properties_end(source.text, value)
    else:
        head = skip(source.text, key.end, max(value.start, key.end + 1))
        head = head + 1 if source.text[head : head + 1] == ":" else key.end
    return Slot(parent, key, value, head, column_of(source, key.outer), None)


def _item_slot(source: SourceText, parent: SequenceNode, index: int) -> Slot:
    value = parent.items[index]
    if parent.flow:
        head = properties_end(source.text, value) if value.outer < value.start else value.start
        return Slot(parent, None, value, head, column_of(source, parent.start), None)
    dash = dash_of(source, parent, index)
    column = column_of(source, dash)
    head = properties_end(source.text, value) if value.outer < value.start else dash + 1
    line_end = source.line_end(dash)
    width = value.start - dash if value.start < line_end and value.start > dash + 1 else 2
    return Slot(parent, None, value, head, column, column + width)


def dash_of(source: SourceText, sequence: SequenceNode, index: int) -> int:
    """The offset of the dash of an item of a block sequence. Raises CannotEditError."""
    text = source.text
    at = sequence.start if index == 0 else content_end(source, sequence.items[index - 1])
    at = skip(text, at, len(text))
    if text[at : at + 1] != "-":
        raise CannotEditError("the dash of a list item is not where it is expected")
    return at


def skip(text: str, at: int, end: int) -> int:
    """The offset of the first thing from `at` on that is neither space nor comment; `end` where none is."""
    while at < end:
        if text[at] in _BLANK:
            at += 1
        elif text[at] == "#":
            line_end = text.find("\n", at, end)
            at = end if line_end < 0 else line_end
        else:
            return at
    return end


def properties_end(text: str, node: Node) -> int:
    """The offset behind the anchor and the tag of a node that has one."""
    at = end = node.outer
    while at < node.start and text[at] in "&!":
        while at < node.start and text[at] not in _BLANK:
            at += 1
        end = at
        at = skip(text, at, node.start)
    return end


def content_end(source: SourceText, node: Node) -> int:
    """The offset behind a node's content: a block scalar's trailing spaces, and lines that it keeps, included."""
    last = node
    while True:
        if isinstance(last, MappingNode) and last.entries and not last.flow:
            last = last.entries[-1][1]
        elif isinstance(last, SequenceNode) and last.items and not last.flow:
            last = last.items[-1]
        else:
            break
    if not isinstance(last, ScalarNode) or last.style not in (LITERAL, FOLDED) or not last.style:
        return max(node.end, last.end)
    text, end = source.text, line_stop(source, last.end)
    header = text[last.start : line_stop(source, last.start)].partition("#")[0]
    while "+" in header:
        following = source.line_end(end)
        stop = line_stop(source, following)
        if following >= len(text) or text[following:stop].strip():
            break
        end = stop
    return end


def line_stop(source: SourceText, offset: int) -> int:
    """The end of the line of an offset, before its line end."""
    end = source.text.find("\n", offset)
    if end < 0:
        return len(source.text)
    return end - 1 if end > offset and source.text[end - 1] == "\r" else end


def starts_line(source: SourceText, offset: int) -> bool:
    """Whether only spaces stand before an offset on its line."""
    return not source.text[source.line_start(offset) : offset].strip(" ")
