"""The ways from outside to the components of a stack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from immichlint.findings.overview.located import Locator
from immichlint.findings.overview.model import Way
from immichlint.stack.container import Container
from immichlint.stack.stack import Stack


def ways(stacks: Iterable[Stack], parts: Iterable[Container], at: Locator) -> Iterator[Way]:
    """The routes that certainly reach a component; those of one object by their Services."""
    keys = {(item.object.key, item.container_name) for item in parts}
    seen: set[tuple[str, str, str]] = set()
    for stack in stacks:
        for route in stack.routes:
            for backend in route.backends:
                reached = [item for item in backend.containers if (item.object.key, item.container_name) in keys]
                port = str(backend.port or "")
                if not reached or (route.object.key, backend.service, port) in seen:
                    continue
                seen.add((route.object.key, backend.service, port))
                yield Way(
                    route.kind,
                    route.name,
                    route.hosts,
                    backend.service,
                    port,
                    tuple(dict.fromkeys(item.component for item in reached)),
                    at.at(route.object.name_place),
                )
