"""Services of a release: app-template's `service`."""

from __future__ import annotations

from collections.abc import Iterable

from immichlint.gitops.manifest import text_at
from immichlint.lenses.app_template.enabled import enabled
from immichlint.trees.tree import Hole, Leaf, Map


def primary_port(values: Map, controller: str) -> Map | Hole | None:
    """The primary port of a controller's primary Service: that which says so, else the first by name. None where
    the controller has no Service, a hole where it may have one that is not known.

    A Service may leave its controller out where there is one only (common 4.1.1, `templates/lib/service`).
    """
    services = values.items.get("service")
    alone = len(list(enabled(values.items.get("controllers")))) == 1
    own = [
        (name, service)
        for name, service in enabled(services)
        if text_at(service, "controller") == controller or (alone and "controller" not in service.items)
    ]
    service = _primary(own)
    port = _primary(enabled(service.items.get("ports"))) if service is not None else None
    why = services.open if isinstance(services, Map) else values.open
    return Hole("", why) if port is None and why else port


def _primary(items: Iterable[tuple[str, Map]]) -> Map | None:
    ordered = [item for _, item in sorted(items, key=lambda pair: pair[0])]
    return next((item for item in ordered if _says_primary(item)), ordered[0] if ordered else None)


def _says_primary(item: Map) -> bool:
    switch = item.items.get("primary")
    return isinstance(switch, Leaf) and switch.value is True
