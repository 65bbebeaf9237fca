"""What the Immich chart makes beside what the common library does: the file of the configuration, and the Services of
the sub-charts of up to 0.9."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from immichlint.facts import load
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.lenses.app_template.environment import key_writes
from immichlint.lenses.app_template.flat import is_on
from immichlint.lenses.immich_chart.components import Component
from immichlint.lenses.immich_chart.edition import holds
from immichlint.lenses.merging import is_empty
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, get

_ROUTE: Final = ("immich", "configuration")
_ELSEWHERE: Final = "a sub-chart makes it"


def beside(component: Component) -> Iterator[Manifest]:
    """What comes with the server: the configuration, and the sub-charts that are switched on."""
    if component.name == "server":
        yield from _configuration(component)
        for name, row in load("immich_chart")["sub_charts"].items():
            if isinstance(row, dict) and holds(row, component.edition.version):
                yield from _sub_chart(component, name, row)


def _sub_chart(component: Component, name: str, row: Mapping[str, Any]) -> Iterator[Manifest]:
    """The Service of a sub-chart, where it is certain that there is one."""
    values = component.values.items.get(name)
    if (
        not isinstance(values, Map)
        or not is_on(values)
        or isinstance(getattr(values.items["enabled"], "value", None), Hole)
    ):
        return
    release = component.release.name
    own = text_at(values, "nameOverride") or name
    full = text_at(values, "fullnameOverride") or (release if own in release else f"{release}-{own}")
    port = get(values, tuple(row["route"])) or component.common.default(row["port"])
    ports = Seq([Map({"port": port, "targetPort": port}, values.writes)], values.writes)
    spec = Map({"type": component.common.default("ClusterIP"), "ports": ports}, values.writes, open=_ELSEWHERE)
    named = Leaf(f"{full}{row['service']}", key_writes(values.writes))
    yield component.common.manifest("v1", "Service", named, {"spec": spec}, Map({}, values.writes))


def _configuration(component: Component) -> Iterator[Manifest]:
    """The ConfigMap or Secret with Immich's configuration, where the values write one and name no other. The file
    is seen as what is written in it; the chart writes its text."""
    written = get(component.values, _ROUTE)
    existing = get(component.values, ("immich", "existingConfiguration"))
    named = existing is not None and not is_empty(existing)
    if named or written is None or is_empty(written):
        return
    secret = text_at(component.values, "immich", "configurationKind") == "Secret"
    text = written if isinstance(written, Map) else Leaf(Hole("", "the chart writes this text"), written.writes)
    data: dict[str, Tree] = {"immich-config.yaml": text}
    kind, field = ("Secret", "stringData") if secret else ("ConfigMap", "data")
    source = written if isinstance(written, Map) else component.values
    name = Leaf(f"{component.release.name}-immich-config", ())
    yield component.common.manifest("v1", kind, name, {field: Map(data, source.writes)}, Map({}, source.writes))
