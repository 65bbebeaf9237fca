"""Versions of charts as releases name them: exact ones, and ranges that Helm resolves anew at each look."""

from __future__ import annotations

from typing import Final

from immichlint.lenses.release import Release

_RANGE: Final = frozenset("*xX^~<>=|, ")
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
