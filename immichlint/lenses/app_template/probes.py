"""Probes of a container: app-template's `probes`."""

from __future__ import annotations

from typing import Any, Final

from immichlint.gitops.manifest import text_at
from immichlint.trees.tree import Layer, Leaf, Map, Tree, Write

_FIELDS: Final = (("liveness", "livenessProbe"), ("readiness", "readinessProbe"), ("startup", "startupProbe"))


def probes(values: Map, controller: str, container: Map, defaults: dict[str, Any]) -> dict[str, Tree]:
    """The probes that are switched on, under the names that a container has for them."""
    configured = container.items.get("probes")
    made: dict[str, Tree] = {}
    for key, field in _FIELDS if isinstance(configured, Map) else ():
        probe = configured.items.get(key) if isinstance(configured, Map) else None
        if isinstance(probe, Map):
            built = _probe(values, controller, probe, key, defaults)
            if built is not None:
                made[field] = built
    return made


def _probe(values: Map, controller: str, probe: Map, key: str, defaults: dict[str, Any]) -> Tree | None:
    switch = probe.items.get("enabled")
    on = switch.value if isinstance(switch, Leaf) else defaults["default_probes"]
    if on is False or on is None:
        return None
    spec = probe.items.get("spec")
    custom = probe.items.get("custom")
    if isinstance(custom, Leaf) and custom.value is True:
        return spec
    fields: dict[str, Tree] = dict(spec.items) if isinstance(spec, Map) else {}
    kind = text_at(probe, "type") or "TCP"
    port = probe.items.get("port") or _service_port(values, controller)
    action: dict[str, Tree] = {"port": port} if port is not None else {}
    if kind in ("HTTP", "HTTPS"):
        path = probe.items.get("path") or Leaf("/", (Write(Layer.CHART_DEFAULT, None),))
        fields["httpGet"] = Map({**action, "path": path}, probe.writes)
    elif kind in ("TCP", "AUTO"):
        fields["tcpSocket"] = Map(action, probe.writes)
    if key == "startup":
        for name, value in defaults["startup_default"].items():
            fields.setdefault(name, Leaf(value, (Write(Layer.CHART_DEFAULT, None),)))
    return Map(fields, probe.writes, open=probe.open)


def _service_port(values: Map, controller: str) -> Tree | None:
    """The target of the controller's first Service port."""
    services = values.items.get("service")
    for service in services.items.values() if isinstance(services, Map) else ():
        if text_at(service, "controller") not in ("", controller):
            continue
        ports = service.items.get("ports") if isinstance(service, Map) else None
        for port in ports.items.values() if isinstance(ports, Map) else ():
            if isinstance(port, Map):
                return port.items.get("targetPort") or port.items.get("port")
    return None
