"""Single values as `helm --set` has them: a path and a text (Helm's strvals)."""

from __future__ import annotations

from typing import Final

from immichlint.lenses.sources.layers import with_value
from immichlint.text.whole import whole
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Write
from immichlint.yamltree.lookup import Route, Step
from immichlint.yamltree.scalars import Value

_TYPED: Final[dict[str, Value]] = {"true": True, "false": False, "null": None}
_MOST_ITEMS: Final = 1000


def route_of(path: str) -> Route | None:
    """The route of `a.b[0].c`; a backslash keeps a dot. None for what is no path."""
    found: list[Step] = []
    name = ""
    at = 0
    while at < len(path):
        sign = path[at]
        if sign == "\\" and at + 1 < len(path):
            name, at = name + path[at + 1], at + 2
        elif sign == ".":
            found += [name] if name else []
            name, at = "", at + 1
        elif sign == "[":
            close = path.find("]", at)
            index = whole(path[at + 1 : close])
            if close < 0 or index is None or index > _MOST_ITEMS:
                return None
            found += [name, index] if name else [index]
            name, at = "", close + 1
        else:
            name, at = name + sign, at + 1
    found += [name] if name else []
    return tuple(found) if found and isinstance(found[0], str) else None


def typed(text: str) -> Value:
    """The value that Helm reads from a text: a boolean, null, an integer without leading zeros, else the text."""
    if text in _TYPED:
        return _TYPED[text]
    digits = text.removeprefix("-")
    number = whole(digits)
    if number is None or (digits.startswith("0") and digits != "0"):
        return text
    return -number if digits != text else number


def set_value(values: Map, path: str, leaf: Leaf, *, as_text: bool = False) -> Map:
    """The values with the one at a path set. Where the path is not understood, they are left as they are."""
    route = route_of(path)
    if route is None:
        return values
    value = leaf.value
    if isinstance(value, str) and not as_text:
        value = typed(value)
    elif isinstance(value, bool):
        value = ("true" if value else "false") if as_text else value
    writes = tuple(Write(Layer.PARAMETER, item.place, item.deleted, item.detail) for item in leaf.writes)
    pieces = leaf.pieces if isinstance(value, (str, Hole)) else ()
    made = with_value(values, route, Leaf(value, writes, pieces))
    return made if isinstance(made, Map) else values
