"""What a proxy between the phone and Immich does to uploads: it refuses large ones, or cuts long ones off (I§9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.findings.change import Change, Effect, Safety
from immichlint.findings.finding import Confidence, Related, Severity
from immichlint.named_tuple import NamedTuple
from immichlint.rules.model import Claim, Context, Profile
from immichlint.stack.image import SERVER
from immichlint.stack.ingress import Setting, controller_of, may_be_set_for_all, seconds, settings, size
from immichlint.stack.quantity import amount
from immichlint.stack.routes import Route
from immichlint.stack.stack import Stack
from immichlint.stack.view import View
from immichlint.trees.field import Field
from immichlint.trees.tree import Seq
from immichlint.yamltree.place import Place

_TRAEFIK: Final = ("traefik.io", "traefik.containo.us")
_CHAIN: Final = "traefik.ingress.kubernetes.io/router.middlewares"
_IN_KUBERNETES: Final = "@kubernetescrd"
_SMALL: Final = 2**30
"""In bytes: about three minutes of video from a phone."""
_WHOLE: Final = ("request", "backendRequest")


class _Short(NamedTuple):
    """A timeout that is too short. `said`: the setting with its value."""

    said: str
    place: Place
    effect: Effect


def size_limit(route: Route, context: Context) -> Iterator[Claim]:
    """IML806: the proxy answers larger uploads with 413, and the app tries again for ever."""
    least = amount(context.parameters["minimum"]) or 0
    for setting in settings(route, controller_of(route, context.stack), "limits"):
        written = setting.field.text
        if setting.field.absent:
            yield from _default_limit(route, setting, context.stack)
        elif written is not None and setting.field.place is not None:
            limit = size(written)
            if limit is not None and 0 < limit < least:
                yield _limited(route, f"`{setting.key}: {written}`", setting, limit)
    for middleware in _middlewares(route, context.stack):
        field = middleware.field("spec", "buffering", "maxRequestBodyBytes")
        if field.place is not None and isinstance(field.value, int) and 0 < field.value < least:
            yield _limited_by(middleware, field.place, field.value, route)


def _limited(route: Route, said: str, setting: Setting, limit: int) -> Claim:
    assert setting.field.place is not None
    unlimited = setting.row["unlimited"]
    return Claim(
        f"The {route.kind} {route.name} lets no request through that is larger than {_mega(limit)} ({said}): "
        f"{setting.called} answers 413 to the upload of a longer video, and Immich's app uploads a file in one "
        f"request. Write `'{unlimited}'` for no limit.",
        setting.field.place,
        severity=Severity.ERROR if limit < _SMALL else Severity.WARNING,
        change=Change(
            f"write `{setting.key}: '{unlimited}'`",
            Safety.SAFE,
            (route.effect("metadata", "annotations", setting.key, value=unlimited),),
        ),
    )


def _default_limit(route: Route, setting: Setting, stack: Stack) -> Iterator[Claim]:
    if not setting.row["default"] or may_be_set_for_all(setting, stack):
        return
    unlimited = setting.row["unlimited"]
    yield Claim(
        f"The Ingress {route.name} says nothing of the size of requests, and by default {setting.called} lets none "
        f"through that is larger than {setting.row['default']}: nearly every photo is answered with 413, unless the "
        f"controller's own configuration lifts that. Write `{setting.key}: '{unlimited}'` for no limit.",
        route.nearest("metadata", "annotations", setting.key),
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        change=Change(
            f"write `{setting.key}: '{unlimited}'`",
            Safety.SAFE,
            (route.effect("metadata", "annotations", setting.key, value=unlimited),),
        ),
    )


def _limited_by(middleware: View, place: Place, value: int, route: Route) -> Claim:
    own = middleware.namespace == route.namespace
    return Claim(
        f"Traefik lets no request through to Immich that is larger than {_mega(value)}: the {route.kind} {route.name} "
        f"goes through the Middleware {middleware.name}, which answers 413 to the upload of a longer video. Immich's "
        "app uploads a file in one request; write 0 for no limit, or take the Middleware out of the way.",
        place,
        severity=Severity.ERROR if value < _SMALL else Severity.WARNING,
        related=(Related(route.object.name_place, "this goes through it"),),
        object=middleware.ref,
        change=Change(
            "write `maxRequestBodyBytes: 0`",
            Safety.SAFE if own else Safety.UNSAFE,
            (middleware.effect("spec", "buffering", "maxRequestBodyBytes", value=0),),
            after="" if own else "See which other routes go through this Middleware: their limit is gone too.",
        ),
    )


def _mega(limit: float) -> str:
    return f"{limit / 2**30:.3g} GiB" if limit >= 2**30 else f"{limit / 2**20:.3g} MiB"


def _middlewares(route: Route, stack: Stack) -> Iterator[View]:
    """The Middlewares that certainly stand between a route and the server."""
    for namespace, name in dict.fromkeys(_chain(route)):
        for group in _TRAEFIK:
            found = stack.find("Middleware", group, namespace, name)
            if found is not None:
                yield View(found)


def _chain(route: Route) -> Iterator[tuple[str, str]]:
    """The namespaces and names of the Middlewares of a route."""
    if route.kind == "Ingress":
        for said in (route.field("metadata", "annotations", _CHAIN).text or "").split(","):
            name, namespace = said.strip(), f"{route.namespace}-"
            if name.endswith(_IN_KUBERNETES) and name.startswith(namespace):
                yield route.namespace, name.removesuffix(_IN_KUBERNETES).removeprefix(namespace)
        return
    for entry in _entries(route):
        if route.kind == "IngressRoute":
            for index in _indices(entry.field("middlewares")):
                used = entry.field("middlewares", index, "name").text
                if used and "@" not in used:
                    yield entry.field("middlewares", index, "namespace").text or route.namespace, used
        elif route.kind == "HTTPRoute":
            for index in _indices(entry.field("filters")):
                reference = View(route.object, (*entry.route, "filters", index, "extensionRef"))
                used = reference.field("name").text
                if used and reference.field("kind").text == "Middleware":
                    yield route.namespace, used


def timeouts(route: Route, context: Context) -> Iterator[Claim]:
    """IML807: the proxy gives up while a long upload, or a video on its way to the phone, is still under way."""
    controller = controller_of(route, context.stack)
    found = list(settings(route, controller, "timeouts"))
    idle = float(context.parameters["minimum-idle"])
    short = [item for setting in found if (item := _idle(route, setting, idle)) is not None]
    if short:
        yield _cut(
            route,
            short,
            f"{found[0].called} gives up when nothing has come for that long, while Immich still works on a large "
            "file or the phone's network pauses. Immich's documentation asks for 600 seconds.",
        )
    whole = list(_whole(route, float(context.parameters["minimum"])))
    if whole:
        yield _cut(
            route,
            whole,
            "that is the time for a whole request, so a video on its way to the phone is cut off in the middle, and so "
            "is a long upload where the gateway counts from its first byte on. Write `0s` for no limit.",
        )
    if found and not short:
        yield from _default_timeouts(route, found, context.stack)


def _cut(route: Route, short: list[_Short], why: str) -> Claim:
    first, *rest = short
    said = " and ".join(dict.fromkeys(item.said for item in short))
    return Claim(
        f"The {route.kind} {route.name} says {said}: {why}",
        first.place,
        severity=Severity.WARNING,
        related=tuple(Related(item.place, item.said) for item in rest),
        change=Change("let long requests through", Safety.SAFE, tuple(item.effect for item in short)),
    )


def _idle(route: Route, setting: Setting, least: float) -> _Short | None:
    written = str(setting.field.value) if setting.field.value is not None else ""
    span, place = seconds(written) if written else None, setting.field.place
    if span is None or place is None or not 0 < span < least:
        return None
    effect = route.effect("metadata", "annotations", setting.key, value=setting.row["long"])
    return _Short(f"`{setting.row['setting']}: {written}`", place, effect)


def _whole(route: Route, least: float) -> Iterator[_Short]:
    if route.kind != "HTTPRoute":
        return
    for rule in _entries(route):
        for key in _WHOLE:
            field = rule.field("timeouts", key)
            span = seconds(field.text) if field.text else None
            if field.place is not None and span is not None and 0 < span < least:
                effect = rule.effect("timeouts", key, value="0s")
                yield _Short(f"`{key}: {field.text}`", field.place, effect)


def _default_timeouts(route: Route, found: list[Setting], stack: Stack) -> Iterator[Claim]:
    absent = [item for item in found if item.row["default"] and item.field.absent]
    if not absent or any(may_be_set_for_all(item, stack) for item in absent):
        return
    keys = " and ".join(f"`{item.key}: '{item.row['long']}'`" for item in absent)
    yield Claim(
        f"The Ingress {route.name} leaves the timeouts of {absent[0].called} at {absent[0].row['default']}, which "
        f"Immich's documentation finds too low for uploads. Write {keys}, unless the controller's own configuration "
        "does.",
        route.nearest("metadata", "annotations", absent[0].key),
        severity=Severity.INFO,
        confidence=Confidence.MEDIUM,
        profile=Profile.STRICT,
        change=Change(
            "let long requests through",
            Safety.SAFE,
            tuple(route.effect("metadata", "annotations", item.key, value=item.row["long"]) for item in absent),
        ),
    )


def _entries(route: Route) -> Iterator[View]:
    """The rules of an HTTPRoute, or the routes of an IngressRoute, that certainly lead to the server."""
    leading = (item for item in route.backends if any(found.component == SERVER for found in item.containers))
    yield from (View(route.object, steps) for steps in dict.fromkeys(item.view.route[:3] for item in leading))


def _indices(field: Field) -> range:
    return range(len(field.tree.items)) if isinstance(field.tree, Seq) else range(0)
