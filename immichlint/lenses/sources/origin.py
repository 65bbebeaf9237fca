"""Where a chart comes from: what others publish under the name of a chart is another chart."""

from __future__ import annotations

from typing import Final

from immichlint.facts import load
from immichlint.gitops.sources import address

_IMMICH: Final = "immich"
_LOCAL: Final = ("@", "alias:", "file:", ".", "/")
_FILLED_IN: Final = ("${", "{{")


def known_as(chart: str, url: str) -> str:
    """The name by which lenses know a chart: its own, or with its repository where that is certainly not the one of
    the official chart. A fork counts versions of its own and has values of its own.

    `url`: of the repository or registry, empty where it is not known. What mirrors the official one names its owner.
    """
    if chart != _IMMICH or not url or url.startswith(_LOCAL) or any(mark in url for mark in _FILLED_IN):
        return chart
    where = address(url).rstrip("/")
    return chart if load("immich_chart")["origin"]["owner"] in where else f"{chart} of {where}"
