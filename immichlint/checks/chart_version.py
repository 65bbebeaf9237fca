"""The check of a release's chart version."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.rules.model import Claim, Context
from immichlint.stack.releases import ChartRelease


def floating(item: ChartRelease, context: Context) -> Iterator[Claim]:
    """IML810: a version that is not named, or is a range, is another one some day."""
    release = item.release
    if not release.certain or not item.is_floating:
        return
    said = f"is `{release.version}`, a range" if release.version else "is not said"
    yield Claim(
        f"The version of the chart {release.chart} of {item.label} {said}: the newest one is installed, some day "
        "and without a commit. New versions of charts rename values and move data. Write the version that runs now, in "
        "full; Renovate and the like propose newer ones.",
        release.version_place or item.chart_place,
    )
