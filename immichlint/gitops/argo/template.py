"""The template of an ApplicationSet with the values of one element.

Both kinds of templates: `{{path.basename}}` and `{{path[1]}}` (fasttemplate), and of Go templates what only reads a
value (`{{.path.basename}}`, `{{ index .path.segments 1 }}`).
"""

from __future__ import annotations

import re
from typing import Final

from immichlint.text.whole import whole
from immichlint.trees.pieces import joined, part
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Seq, Tree, Write, get
from immichlint.yamltree.scalars import typed_text

_OPEN, _CLOSE = "{{", "}}"
_INDEX: Final = re.compile(r'index\s+\.([\w.]+)\s+("?)([\w./-]+)\2')
_ACTION: Final = re.compile(r"\{\{-?([^{}]*?)-?\}\}")
_ASKED: Final = re.compile(r'(else +)?if +eq +(\.[\w.]+) +"([^"]*)"')
_CONTROL: Final = (["if"], ["else"], ["range"], ["with"], ["define"], ["block"], ["template"], ["end"])
_SEGMENT: Final = re.compile(r"([\w.]+)\[(\d+)\]")


def filled(tree: Tree, element: Map) -> Tree:
    """The tree with `{{name}}` and `{{.name}}` filled in; whatever else is between the braces stays unknown."""
    if isinstance(tree, Map):
        items = {key: filled(item, element) for key, item in tree.items.items()}
        return Map(items, tree.writes, tree.deleted, tree.open)
    if isinstance(tree, Seq):
        return Seq([filled(item, element) for item in tree.items], tree.writes, tree.open)
    if not isinstance(tree.value, Hole) or _OPEN not in tree.value.text or "\n" in tree.value.text:
        return tree
    return _filled(tree, tree.value.text, element)


def is_for_others(text: str, element: Map) -> bool:
    """Whether a template says nothing for an element: all of it stands in conditions that ask for other values
    (`{{ if eq .path.basename "x" }} … {{ else if … }} … {{ end }}`)."""
    inside, at = False, 0
    for action in _ACTION.finditer(text):
        if not inside and text[at : action.start()].strip():
            return False
        at = action.end()
        asked, words = _ASKED.fullmatch(action[1].strip()), action[1].split()
        if asked is not None and inside == bool(asked[1]):
            value = _value(asked[2], element)
            if value is None or value.value == asked[3]:
                return False
            inside = True
        elif inside and words == ["end"]:
            inside = False
        elif not inside or words[:1] in _CONTROL:
            return False
    return not inside and not text[at:].strip()


def _filled(leaf: Leaf, text: str, element: Map) -> Leaf:
    parts: list[Leaf | str] = []
    source = Leaf(text, leaf.writes)
    at = 0
    while at < len(text):
        start = text.find(_OPEN, at)
        end = text.find(_CLOSE, start)
        if start < 0 or end < 0:
            parts.append(Leaf(text[at:], (Write(Layer.BASE, part(source, at, len(text))),)))
            break
        if start > at:
            parts.append(Leaf(text[at:start], (Write(Layer.BASE, part(source, at, start)),)))
        value = _value(text[start + len(_OPEN) : end], element)
        if value is None:
            return leaf
        parts.append(value)
        at = end + len(_CLOSE)
    made = joined(parts)
    value_made = typed_text(made.value) if leaf.plain and isinstance(made.value, str) else made.value
    return Leaf(value_made, made.writes, made.pieces, plain=leaf.plain)


def _value(expression: str, element: Map) -> Leaf | None:
    found = _read(expression.strip().strip("-").strip(), element)
    if isinstance(found, Map):
        # In fasttemplate `path` is the folder, which Go templates call `.path.path`.
        found = found.items.get("path")
    if not isinstance(found, Leaf) or isinstance(found.value, Hole):
        return None
    if isinstance(found.value, str):
        return found
    return Leaf(found.raw, found.writes) if found.raw else None


def _read(expression: str, element: Map) -> Tree | None:
    """What an expression reads of an element; None for one that does more."""
    index, segment = _INDEX.fullmatch(expression), _SEGMENT.fullmatch(expression)
    if index is not None:
        name = index[3]
        number = whole(name) if not index[2] else None
        return get(element, (*index[1].split("."), name if number is None else number))
    if segment is not None:
        number = whole(segment[2])
        return get(element, (*segment[1].split("."), "segments", number)) if number is not None else None
    return get(element, tuple(expression.removeprefix(".").split(".")))
