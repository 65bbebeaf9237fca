"""Probes of a container: app-template's `probes`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from immichlint.gitops.manifest import text_at
from immichlint.lenses.app_template.services import primary_port
from immichlint.text.whole import whole
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Tree, Write

_FIELDS: Final = (("liveness", "livenessProbe"), ("readiness", "readinessProbe"), ("startup", "startupProbe"))
_DEFAULTS: Final = {"initialDelaySeconds": 0, "failureThreshold": 3, "timeoutSeconds": 1, "periodSeconds": 10}
_LATER: Final = Hole("", "whether the chart's version makes a probe without a Service is not known")


def probes(values: Map, controller: str, container: Map, defaults: Mapping[str, Any]) -> dict[str, Tree]:
    """The probes that are switched on, under the names that a container has for them."""
    configured = container.items.get("probes")
    whether, without = defaults["default_probes"], defaults["probe_without_service"]
    if isinstance(whether, Hole) and configured is None:
        return {field: Leaf(whether, (Write(Layer.CHART_DEFAULT, None),)) for _, field in _FIELDS}
    made: dict[str, Tree] = {}
    for key, field in _FIELDS if isinstance(configured, Map) else ():
        probe = configured.items.get(key) if isinstance(configured, Map) else None
        if isinstance(probe, Map):
            switched = "enabled" in probe.items
            startup = defaults["startup_default"] if key == "startup" else {}
            if isinstance(whether, Hole) and (not switched or isinstance(startup, Hole)):
                made[field] = Leaf(whether, probe.writes)
                continue
            built = _probe(
                values, controller, probe, {**_DEFAULTS, **startup}, on=bool(whether), without_service=without
            )
            if built is not None:
                made[field] = built
    return made


def _probe(
    values: Map, controller: str, probe: Map, times: dict[str, int], *, on: bool, without_service: Any
) -> Tree | None:
    switch = probe.items.get("enabled")
    if isinstance(switch, Leaf):
        on = bool(switch.value)
    if not on:
        return None
    spec = probe.items.get("spec")
    custom = probe.items.get("custom")
    if isinstance(custom, Leaf) and custom.value is True:
        return spec
    service = primary_port(values, controller)
    if isinstance(service, Hole):
        return Leaf(service, probe.writes)
    if service is None:
        # Without a Service the chart leaves the probe out, whatever its own port (common 4.1.1, `_probes.tpl`); from a
        # version after that on (5.3 has it) it is made with its own port.
        return None if without_service is False or "port" not in probe.items else Leaf(_LATER, probe.writes)
    fields: dict[str, Tree] = {name: Leaf(value, (Write(Layer.CHART_DEFAULT, None),)) for name, value in times.items()}
    fields.update(spec.items if isinstance(spec, Map) else {})
    kind = text_at(probe, "type") or "TCP"
    kind = text_at(service, "protocol") or "TCP" if kind == "AUTO" else kind
    port = probe.items.get("port") or service.items.get("targetPort") or _as_number(service.items.get("port"))
    action: dict[str, Tree] = {"port": port} if port is not None else {}
    if kind == "GRPC" and text_at(probe, "service"):
        action["service"] = probe.items["service"]
    if kind in ("HTTP", "HTTPS"):
        chosen = (Write(Layer.CHART_DEFAULT, None),)
        path = probe.items.get("path") or Leaf("/", chosen)
        fields["httpGet"] = Map({**action, "path": path, "scheme": Leaf(kind, chosen)}, probe.writes)
    else:
        fields["grpc" if kind == "GRPC" else "tcpSocket"] = Map(action, probe.writes)
    return Map(fields, probe.writes, open=probe.open)


def _as_number(port: Tree | None) -> Tree | None:
    """A Service's port, which may be written as a text."""
    if not isinstance(port, Leaf) or not isinstance(port.value, str):
        return port
    number = whole(port.value)
    return port if number is None else Leaf(number, port.writes)
