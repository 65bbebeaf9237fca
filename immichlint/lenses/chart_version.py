"""Versions of charts as releases name them: exact ones, and ranges that Helm resolves anew at each look."""

from __future__ import annotations

from typing import Final

from immichlint.facts import load
from immichlint.lenses.release import Release

_RANGE: Final = frozenset("*xX^~<>=|, ")
_ELSE: Final = (1, 0)
"""From here on a chart named immich is another one (TrueCharts')."""
_NEWEST: Final = ("latest", "main", "master", "HEAD")


def is_floating(release: Release) -> bool:
    """Whether what a release says of its chart's version may mean another one tomorrow: nothing, or a range."""
    text = release.version.strip()
    if not text:
        return release.chart_place is not None and release.version_place is None
    if text.startswith("sha256:") or "@sha256:" in text:
        return False
    numbers = text.removeprefix("v").partition("-")[0].partition("+")[0].split(".")
    return text in _NEWEST or bool(_RANGE & set(text)) or (len(numbers) < 3 and all(map(str.isdigit, numbers)))


def newest_known(release: Release) -> str:
    """The newest known version of a release's chart where the release's own is newer; else an empty text.

    A major version of app-template, and a minor one of the Immich chart, may change what values mean.
    """
    version = release.exact_version
    if version is None:
        return ""
    if release.chart == "app-template":
        newest = load("app_template")["newest_known"]
        return str(newest) if version[0] > newest else ""
    known: str = load("immich_chart")["newest_known"]
    newer = tuple(map(int, known.split(".")[:2])) < version[:2] < _ELSE
    return known if release.chart == "immich" and newer else ""
