"""One operation made on a draft.

Every function raises CannotEditError or CannotApplyError, with the reason, where it cannot be made.
"""

from __future__ import annotations

from immichlint.text import Span
from immichlint.text.edit import Edit
from immichlint.yamltree import render
from immichlint.yamltree.apply import CannotApplyError, get, has, same, say
from immichlint.yamltree.draft import Draft
from immichlint.yamltree.lookup import Data, Route, data, find, is_merge
from immichlint.yamltree.nodes import AliasNode, Document, MappingNode, ScalarNode, SequenceNode
from immichlint.yamltree.ops import AddDocument, Append, Move, NewFile, Op, Refusal, Remove, Rename, Set
from immichlint.yamltree.place import DocumentId, Place
from immichlint.yamltree.quoting import plain_is_safe
from immichlint.yamltree.remove import remove, remove_emptied
from immichlint.yamltree.slots import CannotEditError, Slot, slot
from immichlint.yamltree.style import style_of
from immichlint.yamltree.unshare import unshare
from immichlint.yamltree.write import add_entry, add_item, write


def perform(draft: Draft, op: Op) -> None:
    """Make an operation on a draft; nothing where all is so already."""
    if not isinstance(op, (AddDocument, NewFile)) and op.place.document.hosts:
        _embedded(draft, op)
        return
    match op:
        case Set():
            _set(draft, op)
        case Append():
            _append(draft, op)
        case Remove():
            _remove(draft, op)
        case Rename():
            _rename(draft, op)
        case Move():
            _move(draft, op)
        case AddDocument():
            from immichlint.yamltree.relocate import added_document

            edits, expected = added_document(draft.source, draft.documents, op)
            draft.make(edits, expected)
        case NewFile():
            raise CannotEditError("a new file is no edit of one that is there")


def _embedded(draft: Draft, op: Set | Append | Remove | Rename | Move) -> None:
    """The operation made on the text of a scalar, and its edits encoded for the scalar's host."""
    index, hosts = op.place.document.index, op.place.document.hosts
    document = draft.document(index)
    _guard(document, Place(op.place.document, hosts[0]))
    there = slot(document, hosts[0])
    if there is None or not isinstance(there.value, ScalarNode):
        raise CannotEditError(f"{say(hosts[0])} is no text that is written there itself")
    from immichlint.yamltree.embedded import Embedded

    host = Embedded(draft.source, there.value)
    inside = Draft.of(host.inner)
    contents = [number for number, held in enumerate(inside.documents) if data(held.root) is not None]
    if len(contents) > 1:
        raise CannotEditError(f"{say(hosts[0])} holds several documents")
    inner_id = DocumentId(op.place.document.path, contents[0] if contents else 0, hosts[1:])
    perform(inside, _moved_into(op, inner_id))
    edits: list[Edit] = []
    for edit in inside.edits:
        outer = host.outer_edit(edit)
        if isinstance(outer, Refusal):
            raise CannotEditError(outer.reason)
        edits.append(outer)
    if edits:
        whole = Set(Place(op.place.document, hosts[0]), inside.source.text)
        draft.make(edits, draft.expecting(index, whole))


def _moved_into(op: Set | Append | Remove | Rename | Move, document: DocumentId) -> Op:
    if isinstance(op, Move):
        return Move(op.place._replace(document=document), op.to._replace(document=document))
    return op._replace(place=op.place._replace(document=document))


def _guard(document: Document, place: Place) -> None:
    """Refuse what is encrypted or a template."""
    root = document.root
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
    document, before = draft.document(index), draft.value(index)
    wanted = _wanted(before, op)
    if has(before, route) and same(get(before, route), wanted):
        return
    _guard(document, op.place)
    parts = _refined(before, op, wanted, document)
    if parts is not None:
        for part in parts:
            perform(draft, part)
        return
    _own(draft, index, route)
    document = draft.document(index)
    expected = draft.expecting(index, Set(Place(op.place.document, route), wanted))
    edits = _part_edits(document, op) or _set_edits(document, route, wanted)
    draft.make(edits, expected)


def _wanted(before: Data, op: Set) -> Data:
    """What the whole value is after a Set, of a part or of all of it."""
    if op.place.part is None:
        return op.value
    there = get(before, op.place.route)
    start, end = op.place.part
    if not isinstance(there, str) or not isinstance(op.value, str):
        raise CannotApplyError("only a part of a string can become another string")
    if not 0 <= start <= end <= len(there):
        raise CannotApplyError(f"the string has {len(there)} characters, there is no part {start} to {end}")
    return there[:start] + op.value + there[end:]


def _refined(before: Data, op: Set, wanted: Data, document: Document) -> list[Op] | None:
    """The smaller operations that make one block mapping another that shares keys with it; None where the
    whole is written anew."""
    there = slot(document, op.place.route)
    if there is None or not isinstance(there.value, MappingNode) or not isinstance(wanted, dict):
        return None
    old = get(before, op.place.route)
    if there.value.flow or not isinstance(old, dict) or not old.keys() & wanted.keys():
        return None
    if any(is_merge(key) for key, _ in there.value.entries):
        return None
    sets: list[Op] = [Set(op.place.at(key), value) for key, value in wanted.items()]
    return [*sets, *(Remove(op.place.at(key)) for key in old if key not in wanted)]


def _part_edits(document: Document, op: Set) -> list[Edit] | None:
    """The edit of a part of a scalar as it is written; None where the whole has to be written anew."""
    there = slot(document, op.place.route)
    if op.place.part is None or there is None or not isinstance(there.value, ScalarNode):
        return None
    assert isinstance(op.value, str)
    node = there.value
    start, end = op.place.part
    if not node.style and not plain_is_safe(node.text[:start] + op.value + node.text[end:], flow=there.flow):
        return None
    from immichlint.yamltree.embedded import Embedded

    outer = Embedded(document.source, node).outer_edit(Edit(Span(start, end), op.value))
    return None if isinstance(outer, Refusal) else [outer]


def _own(draft: Draft, index: int, route: Route) -> None:
    """Open aliases and merges on the way until the holder of a route's end is written on that way alone."""
    while True:
        document = draft.document(index)
        edits = unshare(document, route)
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
    step, value = route[length], _nested(value, route[length + 1 :])
    node = holder.value
    if isinstance(node, MappingNode) and isinstance(step, str) and node.entries:
        return add_entry(source, node, step, value, style)
    if isinstance(node, SequenceNode) and isinstance(step, int) and node.items and step == len(node.items):
        return add_item(source, node, value, style)
    if isinstance(node, AliasNode):
        raise CannotEditError(f"{say(route[:length])} is an alias")
    return write(source, holder, _nested(value, (step,)), style)


def _nested(value: Data, route: Route) -> Data:
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
    end = (*route, len(there)) if there else route
    _own(draft, index, end)
    expected = draft.expecting(index, op)
    value = op.value if there else [op.value]
    draft.make(_set_edits(draft.document(index), end, value), expected)


def _written(document: Document, route: Route) -> tuple[Slot, int]:
    """The slot of a collection that is written where a route says, and which of its children the route ends at."""
    holder = slot(document, route[:-1]) if route else None
    if holder is None or not isinstance(holder.value, (MappingNode, SequenceNode)):
        raise CannotEditError("it is not there, or is written elsewhere, behind an alias or a merge")
    step, node = route[-1], holder.value
    if isinstance(node, SequenceNode) and isinstance(step, int) and 0 <= step < len(node.items):
        return holder, step
    there = slot(document, route)
    if there is None or not isinstance(node, MappingNode):
        raise CannotEditError("it is not there, or is written elsewhere, behind an alias or a merge")
    return holder, [key for key, _ in node.entries].index(there.key)  # type: ignore[arg-type]


def _remove(draft: Draft, op: Remove) -> None:
    index = op.place.document.index
    document = draft.document(index)
    _guard(document, op.place)
    holder, child = _written(document, op.place.route)
    if op.hollow and len(op.place.route) > 1:
        above = _written(document, op.place.route[:-1])
        edits = remove_emptied(document.source, above, holder)
        if edits is not None:
            draft.make(edits, draft.expecting(index, op))
            return
    edits = remove(document.source, holder, child, draft.was_there)
    draft.make(edits, draft.expecting(index, Remove(op.place)))


def _rename(draft: Draft, op: Rename) -> None:
    index, route = op.place.document.index, op.place.route
    document = draft.document(index)
    if route[-1:] == (op.name,):
        return
    _guard(document, Place(op.place.document))
    _written(document, route)
    there = slot(document, route)
    if there is None or not isinstance(there.key, ScalarNode):
        raise CannotEditError("it is no key of a mapping, or its key is an alias")
    style = style_of(document)
    style = style._replace(json=style.json or there.key.style == '"', quote=there.key.style or style.quote)
    text = render.key_text(op.name, style, flow=there.flow)
    draft.make([Edit(there.key.span, text)], draft.expecting(index, op))


def _move(draft: Draft, op: Move) -> None:
    index, route, to = op.place.document.index, op.place.route, op.to.route
    if op.to.document != op.place.document:
        raise CannotEditError("it would go to another document")
    before = data(draft.document(index).root)
    if has(before, to) or to[: len(route)] == route:
        raise CannotEditError(f"{say(to)} is there already")
    if route[:-1] == to[:-1] and isinstance(to[-1], str):
        perform(draft, Rename(op.place, to[-1]))
        return
    _guard(draft.document(index), op.place)
    _written(draft.document(index), route)
    value = get(before, route)
    perform(draft, Set(op.to, None))
    document = draft.document(index)
    from immichlint.yamltree.relocate import raw_entry

    edit = raw_entry(document, route, to)
    if edit is None:
        perform(draft, Set(op.to, value))
    else:
        draft.make([edit], draft.expecting(index, Set(op.to, value)))
    perform(draft, Remove(op.place))
