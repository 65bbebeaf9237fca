"""Volumes of the Immich chart that are written as claims and are an `emptyDir`, because the chart's default type is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.gitops.manifest import text_at
from immichlint.lenses.app_template.enabled import enabled
from immichlint.lenses.immich_chart.components import components
from immichlint.lenses.immich_chart.edition import edition
from immichlint.lenses.release import Release
from immichlint.named_tuple import NamedTuple
from immichlint.trees.tree import Leaf, Map, get
from immichlint.yamltree.lookup import Route

_OF_A_CLAIM: Final = ("existingClaim", "storageClass", "size", "accessMode")


class Untyped(NamedTuple):
    """An item of `persistence` without `type`. `route`: of the item in the release's values. `keys`: what it says of a
    claim. `wanted`: how this edition of the chart calls the type that was meant."""

    component: str
    route: Route
    keys: tuple[str, ...]
    wanted: str


def untyped(release: Release) -> Iterator[Untyped]:
    """The volumes whose type only the chart says, which is `emptyDir`, while the values have keys of a claim."""
    used = edition(release)
    for component in components(release, used) if used is not None else ():
        for key, item in enabled(component.values.items.get("persistence")):
            kind = item.items.get("type")
            if text_at(item, "type") != "emptyDir" or kind is None or kind.writes[-1].place is not None:
                continue
            for route in ((component.name, "persistence", key), ("persistence", key)):
                own = get(release.values, route)
                keys = tuple(_written(own)) if isinstance(own, Map) else ()
                if keys:
                    wanted = "persistentVolumeClaim" if used is not None and used.layered else "pvc"
                    yield Untyped(component.name, route, keys, wanted)
                    break


def _written(item: Map) -> Iterator[str]:
    for key in _OF_A_CLAIM:
        value = item.items.get(key)
        if isinstance(value, Leaf) and value.value not in (None, ""):
            yield key
