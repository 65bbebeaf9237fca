"""Effective objects: what reaches the cluster, with the way back to where it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

from immichlint.findings.change import Effect, Removed
from immichlint.gitops.manifest import Manifest
from immichlint.lenses.keyed import indexed
from immichlint.named_tuple import NamedTuple
from immichlint.trees.tree import get, plain
from immichlint.yamltree.place import Place

if TYPE_CHECKING:
    from immichlint.yamltree.ops import Op, Refusal

Alternative: TypeAlias = "tuple[Op, ...] | Refusal"


class Writer(Protocol):
    """The way back: where effective fields of an object can be written."""

    def ways(self, effects: Sequence[Effect]) -> Iterator[Alternative]:
        """The alternatives that bring about the effects, best first; a refusal says why there is none."""
        ...


MakeWriter: TypeAlias = Callable[[], Writer]


class Effective(NamedTuple):
    """An object of an environment as it reaches the cluster.

    `key`: its identity in the run. `manifest`: its effective tree. `source`: the manifest it comes from (a
    HelmRelease, or itself). `writer`: makes the way back, for which few objects are asked. `name_place`: where to
    point when a default is the cause. `chart`: chart and version, empty for plain manifests. `computed`: whether
    every step was known exactly; where a lens only follows an older version of a chart, what it says has confidence
    medium. `open`: why its release may make more objects than are known; empty where these are all that the lens
    knows of.
    """

    key: str
    environment: str
    manifest: Manifest
    source: Manifest
    writer: MakeWriter
    name_place: Place
    chart: str = ""
    computed: bool = True
    open: str = ""

    def ways(self, effects: Sequence[Effect]) -> Iterator[Alternative]:
        """The alternatives that bring about effects, best first; what is so already needs none."""
        missing = [effect for effect in effects if not self._has(effect)]
        if missing:
            yield from self.writer().ways(missing)
        else:
            yield ()

    def _has(self, effect: Effect) -> bool:
        node = get(self.manifest.tree, indexed(self.manifest.tree, effect.route))
        if node is None or isinstance(effect.value, Removed):
            return node is None and isinstance(effect.value, Removed)
        value = plain(node)
        return type(value) is type(effect.value) and value == effect.value


def identity(environment: str, manifest: Manifest) -> str:
    """The identity of an effective object in a run; the hash of its data is no part of it."""
    return "|".join((environment, manifest.api_version, manifest.kind, manifest.namespace, manifest.lasting_name))
