"""Helm releases: a chart, its version and the values that it gets."""

from __future__ import annotations

from typing import NamedTuple

from immichlint.gitops.manifest import Manifest
from immichlint.text.whole import whole
from immichlint.trees.tree import Map
from immichlint.yamltree.place import Place


class Release(NamedTuple):
    """A Helm release, whatever source it comes from.

    `manifest`: the object that stands for it in findings (a HelmRelease, an Application, a chart's folder).
    `version`: of the chart, empty where it is not known; then a lens may only say what holds for all versions.
    `values`: what the chart gets; every write has its place, in whichever file or embedded text it is, so that
    `PlainWriter(values)` is the way back. A null stays a null. `name_place`: where the release's name is written.
    `namespace`: where it is installed, empty where nothing says. `certain`: whether it is evident that this is
    applied; values that nothing refers to are not.
    """

    manifest: Manifest
    name: str
    chart: str
    version: str
    values: Map
    name_place: Place
    namespace: str = ""
    certain: bool = True

    @property
    def major(self) -> int:
        """The first number of the chart's version; 0 where it is not known."""
        head = self.version.lstrip("v^~>=< ").partition(".")[0]
        return whole(head) or 0
