"""Fields that CloudNativePG's objects do not have, and values that they do not take (IML903)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from immichlint.facts import load
from immichlint.facts.crd import Crd, known_crd
from immichlint.findings.change import REMOVED, Change, Safety
from immichlint.findings.finding import Confidence
from immichlint.named_tuple import NamedTuple
from immichlint.rules.model import Claim, Context
from immichlint.stack.fields import ENUM, REQUIRED, UNKNOWN, Misfit, a_kind, homes, misfits, said, schema_at
from immichlint.stack.release import OPERATORS, Running, parse_release
from immichlint.stack.view import View
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, get, leaves, plain
from immichlint.yamltree.lookup import Route

_ASKS_FOR_VOLUMES: Final = ("storage", "walStorage", "tablespaces")
"""Below these a value that starts to count may ask for another volume than the one that is in use."""


class Meant(NamedTuple):
    """Where a field that the schema does not know was meant to be, and whether that is certain."""

    route: Route
    certain: bool


def misfit(view: View, context: Context) -> Iterator[Claim]:
    """IML903: what the schema of the object's kind refuses (C§8)."""
    manifest = view.object.manifest
    if manifest.unsettled:
        return
    crd = _given(view, context) or known_crd(manifest.api_version, manifest.kind)
    if crd is None:
        yield from _by_the_repository(view, context)
        return
    facts = load("crd_field_owners")
    moved = facts["moved"].get(manifest.kind, {})
    found = [item for item in misfits(view.tree, crd) if not _is_owned(item, facts)]
    if crd.project:
        yield from _too_new(view, crd, context)
        found = _confirmed(found, view, crd, context)
    yield from _claims(found, view, crd, moved)


def _by_the_repository(view: View, context: Context) -> Iterator[Claim]:
    """What every definition of another operator's kind that the repository has refuses: which of several is applied
    is not asked."""
    crds = _own(view, context)
    found = _refused_by_all(list(misfits(view.tree, crds[0])), view, crds[1:]) if crds else []
    for claim in _claims(found, view, crds[0], {}) if found else ():
        yield claim._replace(confidence=Confidence.MEDIUM)


def _claims(found: list[Misfit], view: View, crd: Crd, moved: Mapping[str, str]) -> Iterator[Claim]:
    meant = {item.route: _meant(view.tree, item, crd, moved) for item in found if item.problem == UNKNOWN}
    beside = {route[:-1] for route in meant} | {item.route[:-1] for item in meant.values() if item is not None}
    for item in found:
        if item.problem == UNKNOWN:
            yield _unknown(view, item, meant[item.route])
        # What is missing where a field that is not known stands, or was meant to, was most likely meant by that.
        elif item.problem != REQUIRED or item.route[:-1] not in beside:
            yield _refused(view, item)


def _given(view: View, context: Context) -> Crd | None:
    """The schema from the folders that the configuration names."""
    folders = context.parameters["crd-paths"]
    repository = context.stack.repository
    if not folders or repository is None:
        return None
    from immichlint.stack.definitions import definitions

    manifest = view.object.manifest
    return next(iter(definitions(repository, manifest.api_version, manifest.kind, folders)), None)


def _too_new(view: View, crd: Crd, context: Context) -> Iterator[Claim]:
    """What came with a later release than the one that runs, unless a definition in the repository has it."""
    from immichlint.stack.field_history import later

    found = list(later(view.tree, view.object.manifest.kind))
    running = context.running(OPERATORS[crd.project]) if found else Running()
    if running.release is not None:
        from immichlint.checks.newer_fields import newer_fields

        yield from newer_fields(view, found, running, crd, next(iter(_own(view, context)), None))


def _confirmed(found: list[Misfit], view: View, crd: Crd, context: Context) -> list[Misfit]:
    """What the operator that runs refuses too, and a definition in the repository, which may be another release's."""
    running = context.running(OPERATORS[crd.project]) if found else Running()
    if not found or _may_know_more(running, crd):
        return []
    if running.release is not None:
        from immichlint.stack.field_history import had

        kind, release = view.object.manifest.kind, running.release
        found = [item for item in found if item.problem != UNKNOWN or not had(kind, item.route, release)]
    return _refused_by_all(found, view, _own(view, context))


def _refused_by_all(found: list[Misfit], view: View, crds: Sequence[Crd]) -> list[Misfit]:
    """What each of some schemas refuses too."""
    for crd in crds:
        refused = {(item.route, item.problem) for item in misfits(view.tree, crd)}
        found = [item for item in found if (item.route, item.problem) in refused]
    return found


def _own(view: View, context: Context) -> tuple[Crd, ...]:
    """The schemas that definitions in the repository give the object's kind."""
    repository = context.stack.repository
    if repository is None:
        return ()
    from immichlint.stack.definitions import definitions

    manifest = view.object.manifest
    return definitions(repository, manifest.api_version, manifest.kind)


def _may_know_more(running: Running, crd: Crd) -> bool:
    """Whether the operator is newer than the fields that are known."""
    newest, release = parse_release(crd.release), running.release
    return running.is_newer or (release is not None and newest is not None and release[:2] > newest[:2])


def _is_owned(item: Misfit, facts: Mapping[str, Any]) -> bool:
    """Whether another rule speaks of it."""
    names = [str(step) for step in item.route]
    return names[-1] in facts["fields"] or (item.problem == REQUIRED and any(name in facts["below"] for name in names))


def _unknown(view: View, item: Misfit, meant: Meant | None) -> Claim:
    name = str(item.route[-1])
    there = said(item.route[:-1])
    advice = "Take it away, or look up what it should be."
    if meant is not None:
        same = meant.route[:-1] == item.route[:-1]
        advice = f"Did you mean `{meant.route[-1]}`?" if same else f"It belongs in `{said(meant.route)}`."
    place = item.node.writes[-1].place if item.node.writes else None
    return Claim(
        f"`{name}` is no field of `{there}` of {a_kind(view.object.manifest.kind)}: it has no effect. Helm drops it in "
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
    place = item.node.writes[-1].place if item.node.writes else None
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
    if item.wanted == "a whole number" and isinstance(value, str) and value.isascii() and value.isdecimal():
        return Change("write it without quotes", Safety.SAFE, (view.effect(*item.route, value=int(value)),))
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
