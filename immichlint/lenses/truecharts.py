"""TrueCharts' chart of Immich: its Cluster, and of that only whether it is backed up.

The chart puts everything else together by a library of its own, version by version: that is left open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from immichlint.facts import load
from immichlint.gitops.manifest import Manifest
from immichlint.gitops.stand_in import is_stand_in
from immichlint.lenses.release import Release
from immichlint.trees.field import look
from immichlint.trees.tree import Hole, Leaf, Map, Tree, Writes, get

NAME: Final = "immich"
_THE_REST: Final = "TrueCharts' library makes the rest"
_SWITCHED_ON: Final = "TrueCharts' library makes the destination"
_API: Final = "postgresql.cnpg.io/v1"


def is_truecharts(release: Release) -> bool:
    """Whether a release certainly is of TrueCharts' chart: by where it comes from, else by a version that no other
    chart of this name has, and values that no other has."""
    row = _row()
    chart, _, origin = release.chart.partition(" of ")
    if chart != NAME or is_stand_in(release.manifest):
        return False
    if origin:
        return any(owner in origin for owner in row["owners"])
    return release.major >= row["since"] and isinstance(get(release.values, row["database"]), Map)


def is_exact(release: Release) -> bool:
    """Whether it is known where a release's chart comes from, and which version it is."""
    return " of " in release.chart and release.exact_version is not None


def called(release: Release) -> Release:
    """A release whose chart has the name that tells it from the official one."""
    return release._replace(chart=str(_row()["chart"]))


def cluster(release: Release) -> Manifest | None:
    """The Cluster of Immich's database; None where it is switched off or nothing tells that there is one."""
    row = _row()
    route = tuple(row["database"])
    switch = look(release.values, (*route, "enabled"))
    is_old = 0 < release.major < row["since"]
    has_database = release.major > 0 or isinstance(get(release.values, route), Map)
    if is_old or not has_database or switch.unknown or switch.value is False:
        return None
    own = release.by_chart
    writes = _nearest(release.values, (*route, row["switch"][0])) or own
    backed_up = look(release.values, (*route, *row["switch"]))
    # A template of Go takes 0 and an empty text for false, too.
    is_off = not backed_up.unknown and not backed_up.value
    nothing = Leaf(None, backed_up.writes or writes)
    spec: dict[str, Tree] = dict.fromkeys(row["never"], nothing)
    spec["backup"] = nothing if is_off else Leaf(Hole("", backed_up.why or _SWITCHED_ON), writes)
    spec["bootstrap"] = _bootstrap(release, own)
    metadata: dict[str, Tree] = {"name": Leaf(f"{release.fullname(NAME)}{row['suffix']}", own)}
    if release.namespace:
        metadata["namespace"] = Leaf(release.namespace, ())
    fields: dict[str, Tree] = {
        "apiVersion": Leaf(_API, own),
        "kind": Leaf("Cluster", own),
        "metadata": Map(metadata, own, open=_THE_REST),
        "spec": Map(spec, writes, open=_THE_REST),
    }
    return Manifest(Map(fields, own), release.manifest.home, release.manifest.unsettled)


def _bootstrap(release: Release, own: Writes) -> Map:
    """How it begins, as far as it says whose database it is."""
    row = _row()
    database = get(release.values, (*row["database"], "database")) or Leaf(row["default_database"], own)
    return Map({"initdb": Map({"database": database}, own, open=_THE_REST)}, own, open=_THE_REST)


def _nearest(values: Map, route: tuple[str, ...]) -> Writes:
    """Where the nearest mapping on the way to a value is written; empty where none is."""
    for end in range(len(route), 0, -1):
        found = get(values, route[:end])
        if found is not None and found.writes:
            return found.writes
    return ()


def _row() -> Mapping[str, Any]:
    found: Mapping[str, Any] = load("chart_backups")["truecharts"]
    return found
