"""One operation made on a draft."""

from __future__ import annotations

from immichlint.text import Edit
from immichlint.yamltree.apply import CannotApplyError, get, has, same, say
from immichlint.yamltree.draft import Draft
from immichlint.yamltree.lookup import Data, Route, data, find
from immichlint.yamltree.nodes import AliasNode, Document, MappingNode, Node, ScalarNode, SequenceNode
from immichlint.yamltree.ops import Append, Op, Set
from immichlint.yamltree.place import Place
from immichlint.yamltree.slots import CannotEditError, slot
from immichlint.yamltree.style import style_of
from immichlint.yamltree.unshare import unshare
from immichlint.yamltree.write import add_entry, add_item, write


def perform(draft: Draft, op: Op) -> None:
    """Make an operation on a draft. Raises CannotEditError and CannotApplyError with the reason why not."""
    if isinstance(op, Set):
        _set(draft, op)
    elif isinstance(op, Append):
        _append(draft, op)
    else:
        raise CannotEditError("not yet")


def _guard(document: Document, place: Place) -> None:
    root = document.root
    if isinstance(root, MappingNode):
        sops = find(root, ("sops",))
        if sops is not None and isinstance(sops.node, MappingNode):
            raise CannotEditError("the document is encrypted with SOPS")
    found = find(root, place.route)
    if found is None:
        return
    node = found.node
    if isinstance(node, ScalarNode) and node.text.startswith("ENC["):
        raise CannotEditError("the value is encrypted with SOPS")
    if isinstance(node, ScalarNode) and not node.style and "{{" in node.text:
        raise CannotEditError("the value is a template")
    if isinstance(node, MappingNode) and node.flow and document.source.text.startswith("{{", node.start):
        raise CannotEditError("the value is a template")


def _set(draft: Draft, op: Set) -> None:
    index, route = op.place.document.index, op.place.route
    document = draft.document(index)
    before = data(document.root)
    wanted = draft_value(before, op)
    if has(before, route) and same(get(before, route), wanted):
        return
    _guard(document, op.place)
    _own(draft, index, route)
    document = draft.document(index)
    whole = Set(Place(op.place.document, route), wanted)
    expected = draft.expecting(index, whole)
    draft.make(_set_edits(document, route, wanted), expected)


def draft_value(before: Data, op: Set) -> Data:
    """What the whole value is after a Set, of a part or of all of it."""
    if op.place.part is None:
        return op.value
    there = get(before, op.place.route)
    start, end = op.place.part
    if not isinstance(there, str) or not isinstance(op.value, str):
        raise CannotApplyError("only a part of a string can become another string")
    return there[:start] + op.value + there[end:]


def _own(draft: Draft, index: int, route: Route) -> None:
    """Open aliases and merges on the way until the holder of a route's end is written on that way alone."""
    while True:
        document = draft.document(index)
        edits = unshare(document, route, style_of(document))
        if edits is None:
            return
        draft.make(edits, draft.values())


def _set_edits(document: Document, route: Route, value: Data) -> list[Edit]:
    source, style = document.source, style_of(document)
    there = slot(document, route)
    if there is not None:
        return write(source, there, value, style)
    length = len(route) - 1
    while length > 0 and slot(document, route[:length]) is None:
        length -= 1
    holder = slot(document, route[:length])
    if holder is None:
        raise CannotEditError("the document is empty")
    step, value = route[length], nested(value, route[length + 1 :])
    node: Node = holder.value
    if isinstance(node, MappingNode) and isinstance(step, str) and node.entries:
        return add_entry(source, node, step, value, style)
    if isinstance(node, SequenceNode) and isinstance(step, int) and node.items and step == len(node.items):
        return add_item(source, node, value, style)
    if isinstance(node, AliasNode):
        raise CannotEditError(f"{say(route[:length])} is an alias")
    return write(source, holder, nested(value, (step,)), style)


def nested(value: Data, route: Route) -> Data:
    """A value inside the collections that a route names."""
    for step in reversed(route):
        value = {step: value} if isinstance(step, str) else [value]
    return value


def _append(draft: Draft, op: Append) -> None:
    index, route = op.place.document.index, op.place.route
    before = data(draft.document(index).root)
    there = get(before, route) if has(before, route) else None
    if there is not None and not isinstance(there, list):
        raise CannotEditError("it is no list")
    _guard(draft.document(index), op.place)
    count = len(there or [])
    _own(draft, index, (*route, count))
    document = draft.document(index)
    expected = draft.expecting(index, op)
    edits = _set_edits(document, (*route, count), op.value) if there else _set_edits(document, route, [op.value])
    draft.make(edits, expected)
