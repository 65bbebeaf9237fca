"""Values written into a text: replaced where they stand, added behind the last of their collection."""

from __future__ import annotations

from collections.abc import Sequence

from immichlint.text import SourceText, Span
from immichlint.text.edit import Edit
from immichlint.yamltree import render
from immichlint.yamltree.lookup import Data
from immichlint.yamltree.nodes import (
    FOLDED,
    LITERAL,
    AliasNode,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
)
from immichlint.yamltree.quoting import DOUBLE, SINGLE, literal_body, plain_is_safe, quoted
from immichlint.yamltree.scalars import typed
from immichlint.yamltree.slots import (
    CannotEditError,
    Slot,
    content_end,
    dash_of,
    line_stop,
    skip,
    starts_line,
)
from immichlint.yamltree.style import Style, column_of

_STR_TAG = "tag:yaml.org,2002:str"


def write(source: SourceText, slot: Slot, value: Data, style: Style) -> list[Edit]:
    """The edits that put a value into a slot, over whatever stands there."""
    old = slot.value
    if old.tag is not None and not (old.tag == _STR_TAG and isinstance(value, str)):
        raise CannotEditError("it carries a tag")
    if slot.parent is None and slot.empty:
        text = render.block(value, 0, style) if isinstance(value, (dict, list)) and value else render.flow(value, style)
        return [_lines_after(source, slot.head, text, value)]
    if slot.flow:
        return [_over(source, slot, _flow_text(source, slot, value, style))]
    if not _has_room(source, slot, value):
        style = style._replace(literal=False, quote=DOUBLE)
    edits = _in_block(source, slot, value, style)
    return [_without_blanks(source, edit) for edit in edits] if _has_lines(_last(value)) else edits


def _in_block(source: SourceText, slot: Slot, value: Data, style: Style) -> list[Edit]:
    if isinstance(value, (dict, list)) and value:
        return _write_block(source, slot, value, style)
    if isinstance(slot.value, (MappingNode, SequenceNode)) and not slot.value.flow:
        return _collapse(source, slot, render.inline(value, max(slot.column, 0), style))
    return _write_scalar(source, slot, value, style)


def _without_blanks(source: SourceText, edit: Edit) -> Edit:
    """An edit that takes the blanks at the end of its line along: a literal block would have them as its own."""
    end, stop = edit.span.end, line_stop(source, edit.span.end)
    ends_within = edit.text and not edit.text.endswith("\n")
    return Edit(Span(edit.span.start, stop), edit.text) if ends_within and not source.text[end:stop].strip() else edit


def _over(source: SourceText, slot: Slot, text: str) -> Edit:
    """The edit that puts text over what is written in one stretch in a slot."""
    if not slot.empty:
        return Edit(Span(slot.value.start, content_end(source, slot.value)), _lines(source, text))
    colon = slot.key is not None and slot.head == slot.key.end
    return Edit(Span(slot.head, slot.head), _lines(source, f"{': ' if colon else ' '}{text}"))


def _lines(source: SourceText, text: str) -> str:
    return text.replace("\n", source.newline) if source.newline != "\n" else text


def _flow_text(source: SourceText, slot: Slot, value: Data, style: Style) -> str:
    old = slot.value
    if isinstance(value, str) and isinstance(old, ScalarNode) and old.style in (DOUBLE, SINGLE) and old.style:
        return quoted(value, old.style)
    at = slot.key.outer if slot.key is not None else old.outer
    if style.json and starts_line(source, at):
        return render.wide_flow(value, column_of(source, at), style)
    return render.flow(value, style)


def _write_scalar(source: SourceText, slot: Slot, value: Data, style: Style) -> list[Edit]:
    old = slot.value
    indent = max(slot.column, 0)
    if isinstance(value, str) and isinstance(old, ScalarNode):
        if old.style == LITERAL:
            edit = _literal_over(source, slot, old, value)
            if edit is not None:
                return [edit]
        elif old.style in (DOUBLE, SINGLE) and old.style:
            return [_over(source, slot, quoted(value, old.style))]
        elif old.style == FOLDED:
            style = style._replace(always=False)
    text = render.inline(value, indent, style)
    if slot.parent is None and isinstance(value, str) and "\n" in value:
        text = quoted(value, DOUBLE)
    return [_over(source, slot, text)]


def _has_room(source: SourceText, slot: Slot, value: Data) -> bool:
    """Whether a literal block can end a value: no comment follows it, and the text has the last line end that the
    block may need."""
    last = _last(value)
    if not _has_lines(last):
        return True
    old = slot.value
    end = max(content_end(source, old), slot.head)
    collapses = isinstance(old, (MappingNode, SequenceNode)) and not old.flow and not isinstance(value, (dict, list))
    at = slot.head if collapses else end  # where a collection goes, the comment beside its key stays
    if source.text[at : line_stop(source, at)].strip():
        return False
    return isinstance(value, (dict, list)) or not (_ends_a_line(last) and line_stop(source, end) == len(source.text))


def _literal_over(source: SourceText, slot: Slot, old: ScalarNode, value: str) -> Edit | None:
    """The edit that gives a literal block another body, its indentation and comment kept."""
    literal = literal_body(value)
    stop = line_stop(source, old.start)
    head = source.text[old.start : stop]
    first = skip_blank_lines(source, stop)
    if literal is None or first >= old.end or any(mark.isdigit() for mark in head.partition("#")[0]):
        return None
    header, lines = literal
    pad = " " * (len(source.text[first : old.end]) - len(source.text[first : old.end].lstrip(" ")))
    tail = head.lstrip("|+-")
    body = "\n".join([header + tail, *(pad + line if line else "" for line in lines)])
    return Edit(Span(old.start, content_end(source, old)), _lines(source, body))


def skip_blank_lines(source: SourceText, offset: int) -> int:
    """The start of the first line after an offset's that has something on it."""
    at = source.line_end(offset)
    while at < len(source.text) and not source.text[at : line_stop(source, at)].strip(" \t"):
        at = source.line_end(at)
    return at


def _write_block(source: SourceText, slot: Slot, value: Data, style: Style) -> list[Edit]:
    old, text = slot.value, source.text
    end = content_end(source, old)
    if isinstance(old, (MappingNode, SequenceNode)) and not old.flow:
        column = column_of(source, old.start)
        if isinstance(value, list) or column > slot.column:
            return [Edit(Span(old.start, end), _lines(source, render.block(value, column, style)[column:]))]
    if slot.parent is None:
        return [_over(source, slot, render.block(value, 0, style))]
    if slot.inner is not None:  # behind a dash
        block = render.block(value, slot.inner, style)
        if old.anchor is not None and not isinstance(old, AliasNode):
            return [*_gone(slot, end), _lines_after(source, end, block, value)]
        gap = " " * (slot.inner - slot.column - 1)
        return [Edit(Span(slot.head, max(end, slot.head)), gap + _lines(source, block[slot.inner :]))]
    indent = slot.column + (style.dash if isinstance(value, list) else style.step)
    block = render.block(value, indent, style)
    if isinstance(old, (MappingNode, SequenceNode)) and not old.flow:
        start = line_stop(source, slot.head)
        return [Edit(Span(start, end), source.newline + _lines(source, block))]
    if "\n" in text[slot.head : old.start] and not slot.empty:
        return [Edit(Span(source.line_start(old.start), end), _lines(source, block))]
    if isinstance(old, ScalarNode) and old.style in (LITERAL, FOLDED) and old.style:
        return [Edit(Span(slot.head, end), source.newline + _lines(source, block))]
    return [*_gone(slot, end), _lines_after(source, max(end, slot.head), block, value)]


def _gone(slot: Slot, end: int) -> list[Edit]:
    return [Edit(Span(slot.head, end), "")] if not slot.empty else []


def _lines_after(source: SourceText, offset: int, lines: str, value: Data) -> Edit:
    """The edit that puts a value's lines below the line of an offset.

    A text without a last line end stays one, unless a literal block ends it that needs one.
    """
    at = source.line_end(offset)
    lines = _lines(source, lines)
    if at > 0 and source.text[at - 1] == "\n" and at > offset:
        return Edit(Span(at, at), lines + source.newline)
    return Edit(Span(at, at), source.newline + lines + (source.newline if _ends_a_line(value) else ""))


def _past_comments(source: SourceText, offset: int, column: int) -> int:
    """An offset in the last of the comments below that stand deeper than a column: they are of what ends there."""
    while True:
        start = source.line_end(offset)
        line = source.text[start : line_stop(source, start)]
        text = line.lstrip(" ")
        if not text.startswith("#") or len(line) - len(text) <= column:
            return offset
        offset = start


def _has_lines(value: Data) -> bool:
    return isinstance(value, str) and "\n" in value


def _ends_a_line(value: Data) -> bool:
    last = _last(value)
    return isinstance(last, str) and last.endswith("\n")


def _last(value: Data) -> Data:
    """The scalar that a value ends with, or the empty collection."""
    while value and isinstance(value, (dict, list)):
        value = value[-1] if isinstance(value, list) else list(value.values())[-1]
    return value


def _collapse(source: SourceText, slot: Slot, text: str) -> list[Edit]:
    """A block collection becomes a scalar or an empty collection; a comment beside its key stays."""
    old, end = slot.value, content_end(source, slot.value)
    text = _lines(source, text)
    if slot.parent is None or "\n" not in source.text[slot.head : old.start]:
        return [Edit(Span(old.start, end), text)]
    return [Edit(Span(slot.head, slot.head), f" {text}"), Edit(Span(line_stop(source, slot.head), end), "")]


def add_entry(source: SourceText, mapping: MappingNode, key: str, value: Data, style: Style) -> list[Edit]:
    """The edits that give a mapping that is not empty another entry, its last one."""
    alike = _alike(mapping, value)
    always = _quotes_all(alike, 1) if alike else _quotes_all([value for _, value in mapping.entries])
    style = style._replace(always=always)
    if mapping.flow:
        ends = [(key.outer, max(key.end, _value_end(source, key, value))) for key, value in mapping.entries]
        return _add_flow(source, mapping, ends, style, key, value)
    first = mapping.entries[0][0]
    before = source.text[source.line_start(first.outer) : first.outer]
    if before.strip(" -") or (before.strip() and "\t" in before):
        raise CannotEditError("the first entry of the mapping is not simply `key: value`")
    column = column_of(source, first.outer)
    end = _past_comments(source, content_end(source, mapping), column)
    return [_lines_after(source, end, render.entry(key, value, column, style), value)]


def _value_end(source: SourceText, key: Node, value: Node) -> int:
    if value.end > value.start or value.outer < value.start:
        return value.end
    at = skip(source.text, key.end, value.start + 1)
    return at + 1 if source.text[at : at + 1] == ":" else key.end


def _alike(mapping: MappingNode, value: Data) -> list[Node]:
    """What other mappings of a mapping have below the keys of a new one: `wal.compression` for `data.compression`."""
    return [
        leaf
        for _, sibling in mapping.entries
        if isinstance(sibling, MappingNode) and isinstance(value, dict)
        for name, leaf in sibling.entries
        if isinstance(name, ScalarNode) and name.text in value
    ]


def _quotes_all(values: Sequence[Node], least: int = 2) -> bool:
    """Whether strings are quoted here, all of them and at least so many, though some need not be."""
    scalars = [value for value in values if isinstance(value, ScalarNode)]
    strings = [value for value in scalars if isinstance(typed(value), str) and value.style not in (LITERAL, FOLDED)]
    if len(strings) < least or not all(value.style for value in strings):
        return False
    return any(plain_is_safe(value.text, flow=False) for value in strings)


def add_item(source: SourceText, sequence: SequenceNode, value: Data, style: Style) -> list[Edit]:
    """The edits that give a sequence that is not empty another item, its last one."""
    items = sequence.items
    if sequence.flow:
        return _add_flow(source, sequence, [(item.outer, item.end) for item in items], style, None, value)
    last = items[-1]
    dash = dash_of(source, sequence, len(items) - 1)
    column, width = column_of(source, dash), 2
    if "\t" in source.text[source.line_start(dash) : last.outer].partition("#")[0]:
        raise CannotEditError("a tab separates a list item from its dash")
    if last.end > last.start and last.outer < source.line_end(dash):
        width = last.outer - dash
    end = content_end(source, last)
    style = style._replace(always=_items_quoted(items, value))
    if isinstance(value, (dict, list)) and isinstance(last, (MappingNode, SequenceNode)) and last.flow and items:
        text = " " * column + "-".ljust(width) + render.flow(value, style)
    else:
        text = render.item(value, column, style, width)
    return [_lines_after(source, _past_comments(source, end, column), text, value)]


def _items_quoted(items: Sequence[Node], value: Data) -> bool:
    """Whether the items that are there quote strings that need not be."""
    if not isinstance(value, dict):
        return _quotes_all(items)
    like = [
        content
        for item in items
        if isinstance(item, MappingNode)
        for key, content in item.entries
        if isinstance(key, ScalarNode) and key.text in value
    ]
    return _quotes_all(like)


def _add_flow(
    source: SourceText,
    node: MappingNode | SequenceNode,
    children: Sequence[tuple[int, int]],
    style: Style,
    key: str | None,
    value: Data,
) -> list[Edit]:
    text = source.text
    start, end = children[-1]
    after = skip(text, end, node.end)
    trailing = text[after : after + 1] == ","
    anchor = after + 1 if trailing else end
    if "\n" not in text[anchor : node.end] or not starts_line(source, start):
        added = render.flow(value, style) if key is None else render.flow_entry(key, value, style)
        if trailing:
            return [Edit(Span(anchor, anchor), f" {added}")]
        if "#" in text[end : node.end]:
            raise CannotEditError("a comment stands inside the flow collection")
        return [Edit(Span(end, end), f", {added}")]
    indent = column_of(source, start)
    added = render.wide_flow(value, indent, style) if style.json else render.flow(value, style)
    if key is not None:
        added = f"{render.key_text(key, style, flow=True)}: {added}"
    stop = line_stop(source, anchor)
    line = _lines(source, f"\n{' ' * indent}{added}{',' if trailing else ''}")
    comma = [] if trailing else [Edit(Span(end, end), ",")]
    return [*comma, Edit(Span(stop, stop), line)]
