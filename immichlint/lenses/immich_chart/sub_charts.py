"""The sub-charts of the Immich chart up to 0.9: Bitnami's PostgreSQL and Redis, each one server and its Service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from immichlint.facts import load
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.lenses.app_template.environment import key_writes
from immichlint.lenses.app_template.flat import is_on
from immichlint.lenses.immich_chart.components import Component
from immichlint.lenses.immich_chart.edition import holds, latest
from immichlint.lenses.merging import is_empty
from immichlint.named_tuple import NamedTuple
from immichlint.trees.pieces import joined
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, get
from immichlint.yamltree.lookup import Route

_ELSEWHERE: Final = "a sub-chart makes it"
_ALONE: Final = "standalone"
_REGISTRY: Final = "docker.io"
_EXISTING: Final = ("persistence", "existingClaim")


def sub_charts(component: Component) -> Iterator[Manifest]:
    """What the sub-charts make that are certainly switched on, as far as rules ask for it."""
    for name, row in load("immich_chart")["sub_charts"].items():
        if not isinstance(row, dict) or not holds(row, component.edition.version):
            continue
        values = component.values.items.get(name)
        if isinstance(values, Map) and is_on(values) and not _is_open(values.items["enabled"]):
            made = _SubChart(component, name, row, values)
            yield made.service()
            if made.is_alone:
                yield made.server()


def _is_open(switch: Tree) -> bool:
    return isinstance(switch, Leaf) and isinstance(switch.value, Hole)


class _SubChart(NamedTuple):
    """A sub-chart that is switched on. `row`: what is known of it (facts/immich_chart.json). `values`: its own."""

    component: Component
    name: str
    row: Mapping[str, Any]
    values: Map

    @property
    def is_alone(self) -> bool:
        """Whether it makes one server, and a StatefulSet for it; replicas have other names."""
        kind = text_at(self.block, "kind") or "StatefulSet"
        return (text_at(self.values, "architecture") or _ALONE) == _ALONE and kind == "StatefulSet"

    @property
    def block(self) -> Map:
        """The values of that server."""
        found = self.values.items.get(self.row["block"])
        return found if isinstance(found, Map) else Map({}, self.values.writes, open=self.values.open)

    @property
    def own_name(self) -> str:
        """What its objects are called after, beside the release."""
        return text_at(self.values, "nameOverride") or self.name

    @property
    def labels(self) -> Map:
        """The labels that its pods have and its selectors ask for."""
        own = {
            "app.kubernetes.io/name": self.own_name,
            "app.kubernetes.io/instance": self.component.release.name,
            "app.kubernetes.io/component": self.row["block"],
        }
        return self.map({key: self.component.common.default(value) for key, value in own.items()})

    def map(self, items: Mapping[str, Tree], *, whole: bool = True) -> Map:
        """A mapping that it makes. `whole`: with all that is in it."""
        return Map(dict(items), self.values.writes, open=None if whole else _ELSEWHERE)

    def manifest(self, api: str, kind: str, spec: Map) -> Manifest:
        """An object of the server's name."""
        full = text_at(self.values, "fullnameOverride") or self.component.release.fullname(self.own_name)
        named = Leaf(f"{full}{self.row['suffix']}", key_writes(self.values.writes))
        return self.component.common.manifest(api, kind, named, {"spec": spec}, self.map({}))

    def service(self) -> Manifest:
        """The Service that Immich connects to."""
        default = self.component.common.default
        port = get(self.values, tuple(self.row["port_route"])) or default(self.row["port"])
        ports = Seq([self.map({"port": port, "targetPort": port})], self.values.writes)
        fields: dict[str, Tree] = {"type": default("ClusterIP"), "ports": ports, "selector": self.labels}
        return self.manifest("v1", "Service", self.map(fields, whole=False))

    def server(self) -> Manifest:
        """The StatefulSet."""
        default = self.component.common.default
        volume = default(text_at(self.block, "persistence", "volumeName") or self.row["volume"])
        path = _first(self.block, ("persistence", self.row["path_key"])) or default(self.row["path"])
        mounts = self._open([self.map({"name": volume, "mountPath": path}, whole=False)])
        container: dict[str, Tree] = {"name": default(self.name), "image": self._image(), "volumeMounts": mounts}
        pod: dict[str, Tree] = {"containers": self._open([self.map(container, whole=False)]), **self._volumes(volume)}
        metadata = self.map({"labels": self.labels}, whole=False)
        spec: dict[str, Tree] = {
            "replicas": default(1),
            "selector": self.map({"matchLabels": self.labels}),
            "template": self.map({"metadata": metadata, "spec": self.map(pod, whole=False)}),
            **self._claims(volume),
        }
        return self.manifest("apps/v1", "StatefulSet", self.map(spec, whole=False))

    def _image(self) -> Leaf:
        """Its image, as Bitnami's `common.images.image` writes it."""
        default_repository, default_tag = self._default_image()
        registry = _first(self.component.values, ("global", "imageRegistry")) or _first(
            self.values, ("global", "imageRegistry"), ("image", "registry")
        )
        repository = _first(self.values, ("image", "repository")) or default_repository
        tag, digest = _first(self.values, ("image", "tag")) or default_tag, _first(self.values, ("image", "digest"))
        version: list[Leaf | str] = ["@", digest] if digest is not None else [":", tag]
        return joined([registry or _REGISTRY, "/", repository, *version])

    def _default_image(self) -> tuple[Leaf, Leaf]:
        edition, default = self.component.edition, self.component.common.default
        known = latest(self.row["images"], edition.version) if edition.exact else None
        if known is None:
            unknown = default(Hole("", "the image is the default of a version of the chart that is not known"))
            return unknown, unknown
        repository, _, tag = known.partition(":")
        return default(repository), default(tag)

    @property
    def _is_kept(self) -> bool | None:
        """Whether its data are on a claim; None where that is not known."""
        switch = get(self.block, ("persistence", "enabled"))
        if isinstance(switch, Leaf) and isinstance(switch.value, Hole):
            return None
        return not isinstance(switch, Leaf) or switch.value is not False

    def _volumes(self, volume: Leaf) -> dict[str, Tree]:
        """The pod's volumes, where its data are on none of its own claims."""
        claim = _first(self.block, _EXISTING)
        if self._is_kept is None or (self._is_kept and claim is None):
            return {}
        source: tuple[str, Map] = ("emptyDir", self.map({}))
        if self._is_kept and claim is not None:
            source = ("persistentVolumeClaim", self.map({"claimName": claim}))
        return {"volumes": self._open([self.map({"name": volume, source[0]: source[1]})])}

    def _claims(self, volume: Leaf) -> dict[str, Tree]:
        """The claim templates, where its data are on a claim of its own."""
        if not self._is_kept or _first(self.block, _EXISTING) is not None:
            return {}
        storage = _first(self.block, ("persistence", "storageClass")) or _first(self.values, ("global", "storageClass"))
        spec = self.map({"storageClassName": storage} if storage is not None else {}, whole=False)
        return {"volumeClaimTemplates": self._open([self.map({"metadata": self.map({"name": volume}), "spec": spec})])}

    def _open(self, items: list[Tree]) -> Seq:
        """A list that it makes, with what is known of it."""
        return Seq(items, self.values.writes, open=_ELSEWHERE)


def _first(values: Map, *routes: Route) -> Leaf | None:
    """The first scalar at some routes that is set."""
    found = (get(values, route) for route in routes)
    return next((item for item in found if isinstance(item, Leaf) and not is_empty(item)), None)
