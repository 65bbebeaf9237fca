"""Helm releases: a chart, its version and the values that it gets."""

from __future__ import annotations

from immichlint.gitops.manifest import Manifest
from immichlint.named_tuple import NamedTuple
from immichlint.text.whole import whole
from immichlint.trees.tree import Layer, Map, Write, Writes
from immichlint.yamltree.place import Place


class Release(NamedTuple):
    """A Helm release, whatever source it comes from.

    `manifest`: the object that stands for it in findings (a HelmRelease, an Application, a chart's folder).
    `version`: of the chart, empty where it is not known; then a lens may only say what holds for all versions.
    `values`: what the chart gets; every write has its place, in whichever file or embedded text it is, so that
    `PlainWriter(values)` is the way back. A null stays a null. `name_place`: where the release's name is written.
    `namespace`: where it is installed, empty where nothing says. `certain`: whether it is evident that this is
    applied; values that nothing refers to are not. `version_place` and `chart_place`: where the version and the
    chart are written.
    """

    manifest: Manifest
    name: str
    chart: str
    version: str
    values: Map
    name_place: Place
    namespace: str = ""
    certain: bool = True
    version_place: Place | None = None
    chart_place: Place | None = None

    @property
    def major(self) -> int:
        """The first number of the chart's version; 0 where it is not known."""
        head = self.version.lstrip("v^~>=< ").partition(".")[0]
        return whole(head) or 0

    @property
    def versioned(self) -> str:
        """The chart and its version, where that is known."""
        return f"{self.chart} {self.version}".strip()

    @property
    def by_chart(self) -> Writes:
        """The write of what only the chart says."""
        return (Write(Layer.CHART_DEFAULT, None, detail=self.versioned),)

    def fullname(self, name: str) -> str:
        """What charts call what they make: `<release>-<name>`, or the release's name where it has the other in it (the
        `fullname` of `helm create`)."""
        return self.name if name in self.name else f"{self.name}-{name}"

    @property
    def exact_version(self) -> tuple[int, int, int] | None:
        """The version where it is an exact one, its build and digest aside; None for a range and for what is not
        known."""
        text = self.version.partition("@")[0].partition("+")[0].partition("-")[0].strip().removeprefix("v")
        numbers = [whole(part) for part in text.split(".")]
        known = [number for number in numbers if number is not None]
        return (known[0], known[1], known[2]) if len(known) == len(numbers) == 3 else None
