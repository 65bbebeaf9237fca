"""Values that are written for another era of a chart: keys that its version ignores, or refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from immichlint.facts import load
from immichlint.lenses.release import Release
from immichlint.named_tuple import NamedTuple
from immichlint.trees.merge import is_null
from immichlint.trees.tree import Map, get
from immichlint.yamltree.lookup import Route

_LAYERED: Final = "layered"
_FLAT: Final = "flat"


class Era(NamedTuple):
    """What a release's values have from another era. `routes`: to the keys; `refused`: those that the chart's
    templates refuse. `wanted`: the layout that the chart's version has, as a path of values."""

    routes: tuple[Route, ...]
    refused: tuple[Route, ...]
    wanted: str


def other_era(release: Release) -> Era | None:
    """What the values have from another era than the chart's version; None where there is nothing, or where the
    version is not known."""
    version = _at_least(release)
    rows = load("chart_keys")["eras"].get(release.chart)
    if version is None or rows is None or ("before" in rows and version >= _numbers(rows["before"])):
        return None
    layout = _LAYERED if version >= _numbers(rows["layered_since"]) else _FLAT
    if layout == _FLAT and release.exact_version is None:
        return None
    foreign, refused = tuple(_foreign(release, rows, layout)), tuple(_refused(release, rows, layout))
    return Era((*refused, *foreign), refused, rows["layouts"][layout]) if foreign or refused else None


def _at_least(release: Release) -> tuple[int, ...] | None:
    """The version, or the lowest that a range of one bound admits (`>=0.11.1`, `^4.1.0`)."""
    bare = release.version.lstrip(">=^~ ")
    return release.exact_version or release._replace(version=bare).exact_version


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


def _foreign(release: Release, rows: Any, layout: str) -> Iterator[Route]:
    facts = load("chart_keys")["layouts"]
    values = release.values
    if layout == _LAYERED and not rows["components"]:
        # A release of app-template with controllers may keep other keys for its templates.
        said = [key for key in facts["flat_mappings"] if isinstance(values.items.get(key), Map)]
        if values.open or isinstance(values.items.get("controllers"), Map) or not said:
            return
    for block in ((), *((name,) for name in rows["components"])):
        below = get(values, block)
        for key, item in below.items.items() if isinstance(below, Map) else ():
            if key in facts[_FLAT if layout == _LAYERED else _LAYERED] and not is_null(item):
                yield (*block, key)


def _refused(release: Release, rows: Any, layout: str) -> Iterator[Route]:
    for key in rows["refused"] if layout == _LAYERED else ():
        if key in release.values.items:
            yield (key,)
