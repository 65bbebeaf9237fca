"""What goes with an entry or an item when it is taken out: its lines, and the comments that are its own."""

from __future__ import annotations

from collections.abc import Callable

from immichlint.text import SourceText, Span
from immichlint.text.edit import Edit
from immichlint.yamltree.nodes import MappingNode, Node, SequenceNode
from immichlint.yamltree.slots import (
    CannotEditError,
    Slot,
    content_end,
    dash_of,
    line_stop,
    properties_end,
    skip,
    starts_line,
)
from immichlint.yamltree.style import column_of

# Comments that speak to a tool about the line below them: left behind they would speak of another line.
_DIRECTIVES = ("renovate:", "immichlint:", "yamllint ", "checkov:", "kics-scan ", "nosec", "nosemgrep")


def _always(stretch: Span) -> bool:
    return True


def remove(source: SourceText, holder: Slot, index: int, was_there: Callable[[Span], bool] = _always) -> list[Edit]:
    """The edits that take the child at an index, as written, out of the collection in a slot. `was_there`: whether a
    stretch is the user's: of an entry that has just been written no comment speaks."""
    node = holder.value
    assert isinstance(node, (MappingNode, SequenceNode))
    spans = children(source, node)
    if len(spans) == 1:
        return _empty(source, holder, node, spans[0])
    if node.flow:
        return _remove_flow(source, node, spans, index)
    span = spans[index]
    if starts_line(source, span.start):
        return [Edit(lines_of(source, spans, index, was_there), "")]
    if index:
        raise CannotEditError("it does not begin a line")
    return _remove_first(source, spans)


def remove_emptied(source: SourceText, above: tuple[Slot, int], emptied: Slot) -> list[Edit] | None:
    """The edits that take a mapping with one entry out of what holds it; None where it has more of them, or where
    more would be lost: an anchor, a comment that is not the entry's own.

    `above`: the slot of the collection that holds the mapping, and which of its children the mapping is.
    """
    node = emptied.value
    if not isinstance(node, MappingNode) or len(node.entries) > 1 or "&" in source.text[node.outer : node.end]:
        return None
    own = remove(source, emptied, 0)
    try:
        edits = remove(source, *above)
    except CannotEditError:
        return None
    first = source.line_end(emptied.head)
    for edit in edits:
        at = source.line_start(edit.span.start)
        while at < edit.span.end:
            spoken = at >= first and _line(source, at).lstrip(" ").startswith("#")
            if spoken and not any(item.span.start <= at < item.span.end for item in own):
                return None
            at = source.line_end(at)
    return edits


def children(source: SourceText, node: MappingNode | SequenceNode) -> list[Span]:
    """The spans of a collection's entries or items, dashes included, comments not."""
    if isinstance(node, MappingNode):
        return [Span(key.outer, _entry_end(source, key, value)) for key, value in node.entries]
    if node.flow:
        return [Span(item.outer, item.end) for item in node.items]
    spans = []
    for index, item in enumerate(node.items):
        dash = dash_of(source, node, index)
        spans.append(Span(dash, content_end(source, item)))
    return spans


def _entry_end(source: SourceText, key: Node, value: Node) -> int:
    if value.end > value.start or value.outer < value.start:
        return max(content_end(source, value), properties_end(source.text, value))
    colon = skip(source.text, key.end, value.start + 1)
    return colon + 1 if source.text[colon : colon + 1] == ":" else key.end


def lines_of(source: SourceText, spans: list[Span], index: int, was_there: Callable[[Span], bool] = _always) -> Span:
    """The whole lines of a block entry that begins a line, with the comments that are its own."""
    span = spans[index]
    column = column_of(source, span.start)
    start, end = source.line_start(span.start), source.line_end(span.end)
    start = _own_comments(source, spans, index, start, was_there)
    end = _inner_comments(source, end, column)
    if _blank_line_before(source, start) and (end >= len(source.text) or not _line(source, end).strip()):
        while _blank_line_before(source, start):
            start = source.line_start(start - 1)
    if end == len(source.text) and start > 0 and not source.text.endswith("\n"):
        start = line_stop(source, source.line_start(start - 1))  # a file without a last line end stays one
    return Span(start, end)


def _line(source: SourceText, start: int) -> str:
    return source.text[start : line_stop(source, start)]


def _blank_line_before(source: SourceText, start: int) -> bool:
    return start > 0 and not _line(source, source.line_start(start - 1)).strip()


def _own_comments(
    source: SourceText, spans: list[Span], index: int, start: int, was_there: Callable[[Span], bool]
) -> int:
    """Where the comments above an entry begin that speak of it alone.

    A comment directly above is its own when it names the entry or speaks to a tool, or when it cannot be
    the heading of a group: what follows the entry is set apart too, by a comment, a blank line or the end.
    """
    column = column_of(source, spans[index].start)
    first = start
    while first > 0:
        before = source.line_start(first - 1)
        line = _line(source, before)
        if not line.lstrip(" ").startswith("#") or len(line) - len(line.lstrip(" ")) != column:
            break
        first = before
    if first == start:
        return start
    nearest = source.line_start(start - 1)
    if _line(source, nearest).lstrip(" #").startswith(_DIRECTIVES):
        return first or nearest
    if first == 0:
        return start  # what stands at the top speaks of the file
    block = source.text[first:start]
    name = source.text[spans[index].start : spans[index].end].split(":")[0].strip(" -\"'")
    if name and name in block:
        return first
    if not any(map(was_there, spans[index + 1 :])):
        return first
    following = source.line_end(spans[index].end)
    return first if _set_apart(source, following, spans[index + 1].start) else start


def _set_apart(source: SourceText, start: int, following: int) -> bool:
    """Whether comments or blank lines stand between an entry's last line and the next entry."""
    return start < source.line_start(following)


def _inner_comments(source: SourceText, end: int, column: int) -> int:
    """The end of the comment lines below an entry that are indented as its content is."""
    at = kept = end
    while at < len(source.text):
        line = _line(source, at)
        content = line.lstrip(" ")
        if content.strip() and not (content.startswith("#") and len(line) - len(content) > column):
            break
        at = source.line_end(at)
        if content.strip():
            kept = at
    return kept


def _remove_first(source: SourceText, spans: list[Span]) -> list[Edit]:
    """The first entry stands behind a dash: what comes next takes its place."""
    start, end, following = spans[0].start, spans[0].end, spans[1].start
    if column_of(source, start) != column_of(source, following) or not starts_line(source, following):
        raise CannotEditError("the entries of the mapping do not stand in one column")
    if _set_apart(source, source.line_end(end), following):
        before = len(source.text[:start].rstrip(" "))
        return [Edit(Span(before, line_stop(source, end)), "")]
    return [Edit(Span(start, following), "")]


def _remove_flow(source: SourceText, node: MappingNode | SequenceNode, spans: list[Span], index: int) -> list[Edit]:
    text, span = source.text, spans[index]
    last = index + 1 == len(spans)
    before = spans[index - 1].end if index else node.start
    comma = skip(text, span.end, node.end)
    after = comma + 1 if text[comma : comma + 1] == "," else span.end
    next_line = source.line_end(after)
    own_lines = starts_line(source, span.start) and next_line < node.end
    if own_lines and not text[after:next_line].partition("#")[0].strip():
        lines = Edit(Span(source.line_start(span.start), next_line), "")
        if not last or after > span.end:
            return [lines]
        comma = skip(text, before, span.start)
        return [Edit(Span(comma, comma + 1), ""), lines]
    start, end = (before, span.end) if last else (span.start, spans[index + 1].start)
    if "#" in text[before : span.start] or "#" in text[span.end : end]:
        raise CannotEditError("a comment stands inside the flow collection")
    return [Edit(Span(start, end), "")]


def _empty(source: SourceText, holder: Slot, node: MappingNode | SequenceNode, only: Span) -> list[Edit]:
    """The last child goes: the collection stays, as `{}` or `[]`."""
    text = "{}" if isinstance(node, MappingNode) else "[]"
    if node.flow:
        if "#" in source.text[node.start : node.end]:
            raise CannotEditError("a comment stands inside the flow collection")
        return [Edit(node.span, text)]
    if not starts_line(source, only.start):
        return [Edit(only, text)]
    lines = lines_of(source, [only], 0)
    if holder.parent is None:
        return [Edit(Span(source.line_start(only.start), only.end), text)]
    return [Edit(Span(holder.head, holder.head), f" {text}"), Edit(lines, "")]
