"""Services of a release: app-template's `service`."""

from __future__ import annotations

from immichlint.gitops.manifest import text_at
from immichlint.lenses.app_template.enabled import enabled, primary
from immichlint.trees.tree import Hole, Leaf, Map


def primary_port(values: Map, controller: str) -> Map | Hole | None:
    """The primary port of a controller's primary Service: that which says so, else the first by name. None where
    the controller has no Service, a hole where it may have one that is not known."""
    services = values.items.get("service")
    own = [(name, item) for name, item in enabled(services) if controller_of(values, item) == controller]
    first = primary(own)
    port = primary(enabled(first[1].items.get("ports"))) if first is not None else None
    why = services.open if isinstance(services, Map) else values.open
    return Hole("", why) if port is None and why else port[1] if port is not None else None


def controller_of(values: Map, service: Map) -> str:
    """The controller that a Service is for, empty where nothing says: it may leave it out where there is one only
    (common 4.1.1, `templates/lib/service/_autoDetectController.tpl`)."""
    said = service.items.get("controller")
    if isinstance(said, Leaf) and said.value:
        return text_at(service, "controller")
    controllers = [name for name, _ in enabled(values.items.get("controllers"))]
    return controllers[0] if len(controllers) == 1 else ""
