"""A way through an alias or a merge, opened so that one route alone is changed below it."""

from __future__ import annotations

from typing import Final

from immichlint.text import Span
from immichlint.text.edit import Edit
from immichlint.yamltree.apply import say
from immichlint.yamltree.lookup import Data, Route, data, entries, find
from immichlint.yamltree.nodes import AliasNode, Document, MappingNode, Node, resolve
from immichlint.yamltree.slots import CannotEditError, slot
from immichlint.yamltree.style import Style, style_of
from immichlint.yamltree.write import add_entry

MOST_COPIED: Final = 20
"""How many values a mapping that a merge brings may hold to be written out: a probe is copied, a pod is not."""


def unshare(document: Document, route: Route) -> list[Edit] | None:
    """The edits that write out the first alias or merged key on the way *to the holder of* what a route
    ends at, its meaning unchanged; None where nothing on the way is shared.

    Raises CannotEditError where what is shared cannot be extended beside its other uses.
    """
    root = document.root
    if root is None:
        return None
    for length in range(1, len(route)):
        way = route[:length]
        found = find(root, way)
        if found is None:
            return None
        if not found.shared:
            continue
        if not isinstance(found.node, MappingNode):
            raise CannotEditError(
                f"{say(way)} is shared through an anchor, and only a mapping can be extended beside it"
            )
        if isinstance(found.written, AliasNode) and _is_own(root, way):
            return _open_alias(document, way, found.written, style_of(document))
        return _open_merged(document, way, found.written, style_of(document))
    return None


def _is_own(root: Node, way: Route) -> bool:
    holder = find(root, way[:-1])
    if holder is None or not isinstance(holder.node, MappingNode) or not way:
        return True
    step = way[-1]
    return isinstance(step, str) and entries(holder.node)[step].own


def _open_alias(document: Document, way: Route, alias: AliasNode, style: Style) -> list[Edit]:
    """`env: *env` becomes `env:` with `<<: *env` below it."""
    source = document.source
    there = slot(document, way)
    if there is None or alias.anchor is None:
        raise CannotEditError(f"{say(way)} is shared in a way that is not understood")
    merge = f"<<: *{alias.anchor}"
    if there.flow:
        return [Edit(alias.span, f"{{{style.braces}{merge}{style.braces}}}")]
    if there.inner is not None:
        return [Edit(alias.span, merge)]
    indent = " " * (there.column + style.step)
    end = source.line_end(alias.end)
    newline = source.newline
    ended = end > 0 and source.text[end - 1] == "\n"
    line = f"{indent}{merge}{newline}" if ended else f"{newline}{indent}{merge}"
    return [Edit(Span(there.head, alias.end), ""), Edit(Span(end, end), line)]


def _open_merged(document: Document, way: Route, written: Node, style: Style) -> list[Edit]:
    """A key that only a merge brings is written beside the `<<`, with all that it holds."""
    root = document.root
    assert root is not None
    holder = find(root, way[:-1])
    step = way[-1]
    target = resolve(written)
    if holder is None or holder.shared or not isinstance(holder.node, MappingNode) or not isinstance(step, str):
        raise CannotEditError(f"{say(way)} is shared through an anchor in a way that is not understood")
    assert isinstance(target, MappingNode)
    copied = data(target)
    if _size(copied) > MOST_COPIED:
        raise CannotEditError(f"{say(way)} comes from a merge, and all of it would have to be copied")
    return add_entry(document.source, holder.node, step, copied, style)


def _size(value: Data) -> int:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_size, children))
