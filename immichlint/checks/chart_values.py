"""Checks of the values of a release against its chart."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Confidence, Related, Severity
from immichlint.rules.model import Claim, Context
from immichlint.stack.releases import ChartRelease
from immichlint.text.in_words import in_words
from immichlint.trees.tree import Map, Seq, decided_at, get
from immichlint.yamltree.lookup import Route
from immichlint.yamltree.place import Place

_VOLUMES: Final = ("storage", "walStorage", "storageClassName", "accessModes", "volumes", "volumeClaimTemplates")
"""Where a value that starts to count may ask for another volume than the one that is in use."""

_WEIGHTY: Final = ("image", "env", "controllers")
"""Keys of another era without which another Immich runs than the one that is meant."""
_LAYERED: Final = "controllers"
"""What values have, at the top or in a component, that are, or are also, of the present era."""


def unknown(item: ChartRelease, context: Context) -> Iterator[Claim]:
    """IML809: a key that no version of the chart has."""
    release = item.release
    era = item.era
    for stray in item.stray_keys:
        place = item.place_of(stray.route)
        if place is None or item.is_anchored(stray.route) or (era is not None and stray.route in era.routes):
            continue
        key, path = str(stray.route[-1]), _path(stray.route[:-1])
        where = f" below `{path}`" if path else ""
        version = f" {release.version}" if release.version else ""
        then = "its schema refuses it, and the release fails" if stray.refused else "it is ignored, without a word"
        hint = f" Did you mean `{stray.near}`?" if stray.near else ""
        hint = f" Write `{stray.instead}`." if stray.instead else hint
        yield Claim(
            f"The chart {release.chart}{version} does not know `{key}`{where}: {then}.{hint}",
            place,
            confidence=Confidence.HIGH if release.certain and (stray.read or stray.refused) else Confidence.MEDIUM,
            change=_change(item, stray.route, stray.near) if stray.is_slip and stray.read else None,
        )


def _change(item: ChartRelease, route: tuple[str | int, ...], name: str) -> Change | None:
    """The key by its right name, where that has an effect. A list of a plural stays: the chart may want one item."""
    value, key = get(item.release.values, route), str(route[-1])
    place = decided_at(value)
    if place is None or (isinstance(value, Seq) and key.lower() != name.lower()):
        return None
    effects = item.renamed(route, name)
    if not effects:
        return None
    volumes = any(step in _VOLUMES for effect in effects for step in effect.route)
    safety = Safety.UNSAFE if volumes else Safety.SAFE
    from immichlint.yamltree.ops import Rename

    return Change(f"rename it to `{name}`", safety, ops=(Rename(place.key_of(), name),), consequences=effects)


def _path(route: tuple[str | int, ...]) -> str:
    return ".".join(map(str, route))


def era(item: ChartRelease, context: Context) -> Iterator[Claim]:
    """IML808: keys of another era of the chart, said once at the first of them."""
    found, release = item.era, item.release
    routes = [route for route in found.routes if not item.is_anchored(route)] if found is not None else []
    place = item.place_of(routes[0]) if routes else None
    if found is None or place is None:
        return
    refused = [route for route in routes if route in found.refused]
    ignored = [route for route in routes if route not in found.refused]
    said = [f"ignores {_listed(ignored)} without a word"] if ignored else []
    said += [f"refuses {_listed(refused)}, so that the release fails"] if refused else []
    related = [Related(at, "of another era, too") for route in routes[1:] if (at := item.place_of(route)) is not None]
    yield Claim(
        f"The values of {item.label} have keys of another era of the chart {release.chart}: version "
        f"{release.version} reads {found.wanted}. It {' and '.join(said)}.",
        place,
        severity=None if refused or any(route[-1] in _WEIGHTY for route in routes) else Severity.WARNING,
        related=tuple(related),
        no_fix="move these to where this version reads them, as others are, or drop what its defaults say already"
        if _is_begun(release.values, routes)
        else "the values have to be written anew for this version of the chart",
    )


def _is_begun(values: Map, routes: Collection[Route]) -> bool:
    """Whether some of the values are of the present era already."""
    places = ((_LAYERED,), *((component, _LAYERED) for component in values.items))
    return any(route not in routes and get(values, route) is not None for route in places)


def _listed(routes: list[tuple[str | int, ...]]) -> str:
    return in_words([f"`{_path(route)}`" for route in routes])


def untyped_volumes(item: ChartRelease, context: Context) -> Iterator[Claim]:
    """IML814: a volume with a size or a claim's name, and the chart's default type, which is emptyDir."""
    release = item.release
    for found in item.untyped_volumes:
        place = item.place_of((*found.route, found.keys[0]))
        if place is None or item.is_anchored(found.route):
            continue
        keys = _listed([(key,) for key in found.keys])
        yield Claim(
            f"`{_path(found.route)}` has {keys} and no `type`, and the type that the chart {release.chart} "
            f"{release.version} takes then is `emptyDir`: nothing of that has an effect, no claim is used, and "
            f"what is kept there is gone with the pod. Write `type: {found.wanted}` beside it.",
            place,
            change=_typed(item, found.route, found.wanted) if found.keys[0] == "existingClaim" else None,
            no_fix=f"write `type: {found.wanted}` and see that `accessMode` and `storageClass` suit your storage",
        )


def _typed(item: ChartRelease, volume: Route, kind: str) -> Change | None:
    """The type beside a claim's name, where what that changes is certain."""
    effects, home = item.with_value((*volume, "type"), kind), item.place_of(volume)
    if not effects or home is None:
        return None
    at = Place(home.document, (*home.route, "type"))
    from immichlint.yamltree.ops import Set

    return Change(
        f"write `type: {kind}`",
        Safety.UNSAFE,
        ops=(Set(at, kind),),
        consequences=effects,
        after="The claim has to be there; what is in the emptyDir now is loaded or computed again.",
    )
