"""What is said of a field that a schema refuses: what is wrong, what was meant, and how it is mended (IML903)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from immichlint.facts.crd import Crd
from immichlint.findings.change import REMOVED, Change, Safety
from immichlint.named_tuple import NamedTuple
from immichlint.rules.model import Claim
from immichlint.stack.fields import ENUM, REQUIRED, UNKNOWN, Misfit, a_kind, homes, misfits, said, schema_at
from immichlint.stack.view import View
from immichlint.text.whole import whole
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, decided_at, get, leaves, plain
from immichlint.yamltree.lookup import Route

_ASKS_FOR_VOLUMES: Final = ("storage", "walStorage", "tablespaces")
"""Below these a value that starts to count may ask for another volume than the one that is in use."""


class Meant(NamedTuple):
    """Where a field that the schema does not know was meant to be, and whether that is certain."""

    route: Route
    certain: bool


def claims(found: list[Misfit], view: View, crd: Crd, moved: Mapping[str, str]) -> Iterator[Claim]:
    """The claims about what a schema refuses. `moved`: by field, where it went."""
    meant = {item.route: _meant(view.tree, item, crd, moved) for item in found if item.problem == UNKNOWN}
    beside = {route[:-1] for route in meant} | {item.route[:-1] for item in meant.values() if item is not None}
    for item in found:
        if item.problem == UNKNOWN:
            yield _unknown(view, item, meant[item.route])
        # What is missing where a field that is not known stands, or was meant to, was most likely meant by that.
        elif item.problem != REQUIRED or item.route[:-1] not in beside:
            yield _refused(view, item)


def _unknown(view: View, item: Misfit, meant: Meant | None) -> Claim:
    name = str(item.route[-1])
    there = f"`{said(item.route[:-1])}` of " if item.route[1:] else ""
    advice = "Take it away, or look up what it should be."
    if meant is not None:
        same = meant.route[:-1] == item.route[:-1]
        advice = f"Did you mean `{meant.route[-1]}`?" if same else f"It belongs in `{said(meant.route)}`."
    place = decided_at(item.node)
    return Claim(
        f"`{name}` is no field of {there}{a_kind(view.object.manifest.kind)}: it has no effect. Helm drops it in "
        f"silence; Flux, Argo CD and kubectl refuse the object, and with it all that is applied together. {advice}",
        place.key_of() if place is not None and not place.key else view.nearest(*item.route),
        change=_correction(view, item, meant),
        no_fix="" if meant is not None and meant.certain else "it is not certain what was meant",
    )


def _meant(tree: Map, item: Misfit, crd: Crd, moved: Mapping[str, str]) -> Meant | None:
    """What a field was meant to be: at another place of the same kind, or spelled otherwise at its own."""
    name, parent = str(item.route[-1]), item.route[:-1]
    for old, new in moved.items():
        if item.route == ("spec", *old.split("/")):
            route: Route = ("spec", *new.split("/"))
            return Meant(route, _is_free(tree, route) and _takes(crd, route, item.node))
    from immichlint.text.nearest import is_slip, nearest

    near = nearest(name, item.fields)
    if near is not None:
        others = [field for field in item.fields if field != near and is_slip(name, field)]
        route = (*parent, near)
        return Meant(route, is_slip(name, near) and not others and _takes(crd, route, item.node))
    places = [route for route, _ in homes(crd, name) if route[:1] == ("spec",)]
    if len(places) == 1:
        return Meant(places[0], _is_free(tree, places[0]) and _takes(crd, places[0], item.node))
    return None


def _is_free(tree: Tree, route: Route) -> bool:
    """Whether nothing stands at a place, and nothing on the way to it keeps a value from going there."""
    if get(tree, route) is not None:
        return False
    above = [node for end in range(1, len(route)) if (node := get(tree, route[:end])) is not None]
    return all(isinstance(node, Map) and node.open is None for node in above)


def _takes(crd: Crd, route: Route, node: Tree) -> bool:
    """Whether the schema takes a value at a place."""
    schema = schema_at(crd, route)
    return schema is not None and not any(misfits(node, crd, route, schema))


def _has_holes(item: Misfit) -> bool:
    """Whether something in what is refused is not known."""
    return any(isinstance(leaf.value, Hole) for leaf in leaves(item.node))


def _correction(view: View, item: Misfit, meant: Meant | None) -> Change | None:
    if meant is None or not meant.certain or _has_holes(item):
        return None
    value: Any = plain(item.node)
    same = meant.route[:-1] == item.route[:-1]
    title = f"write `{meant.route[-1]}`" if same else f"move it to `{said(meant.route)}`"
    risky = any(name in meant.route for name in _ASKS_FOR_VOLUMES)
    return Change(
        title,
        Safety.UNSAFE if risky else Safety.SAFE,
        (view.effect(*item.route, value=REMOVED), view.effect(*meant.route, value=value)),
        after="Look whether the volumes in use are what it asks for: their class cannot be changed." if risky else "",
    )


def _refused(view: View, item: Misfit) -> Claim:
    kind, name = a_kind(view.object.manifest.kind), said(item.route)
    if item.problem == REQUIRED:
        message = f"{kind[0].upper()}{kind[1:]} needs `{name}`: without it the API server refuses the object."
        return Claim(message, view.nearest(*item.route), no_fix="only you know what belongs there")
    place = decided_at(item.node)
    place = place or view.nearest(*item.route)
    if item.problem == ENUM:
        given = _shown(item.node)
        allowed = ", ".join(f"`{field}`" for field in item.fields)
        from immichlint.text.nearest import is_slip, nearest

        near = nearest(given.strip("`"), item.fields)
        change = None
        if near is not None and is_slip(given.strip("`"), near) and not _has_holes(item):
            change = Change(f"write `{near}`", Safety.SAFE, (view.effect(*item.route, value=near),))
        message = f"`{name}` of {kind} is one of {allowed}, and not {given}: the API server refuses the object."
        return Claim(message, place, change=change, no_fix="" if change is not None else "choose one of the values")
    message = f"`{name}` of {kind} is {item.wanted}, and not {_shown(item.node)}: the API server refuses the object."
    change = _retyped(view, item)
    return Claim(message, place, change=change, no_fix="" if change is not None else f"write {item.wanted}")


def _retyped(view: View, item: Misfit) -> Change | None:
    """The same text as the type that is wanted: a number in quotes, or without them."""
    value = item.node.value if isinstance(item.node, Leaf) else None
    if item.wanted == "a text" and isinstance(value, int) and not isinstance(value, bool):
        return Change("put it in quotes", Safety.SAFE, (view.effect(*item.route, value=str(value)),))
    number = whole(value) if item.wanted == "a whole number" and isinstance(value, str) else None
    if number is not None:
        return Change("write it without quotes", Safety.SAFE, (view.effect(*item.route, value=number),))
    if item.wanted == "true or false" and value in ("true", "false"):
        return Change("write it without quotes", Safety.SAFE, (view.effect(*item.route, value=value == "true"),))
    return None


def _shown(node: Tree) -> str:
    if isinstance(node, Map):
        return "a mapping"
    if isinstance(node, Seq):
        return "a list"
    if isinstance(node.value, str):
        return f"the text `{node.value}`" if len(node.value) < 40 else "a text"
    return f"`{str(node.value).lower() if isinstance(node.value, bool) else node.value}`"
