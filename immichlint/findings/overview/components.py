"""The components of a stack: Immich's own containers, and its cache and database where they are workloads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from immichlint.findings.overview.located import Locator
from immichlint.findings.overview.model import Component, Connection
from immichlint.stack.container import Container
from immichlint.stack.image import CACHE, DATABASE, MACHINE_LEARNING, SERVER
from immichlint.stack.parts import redis_host
from immichlint.stack.server import is_long_running
from immichlint.stack.sought import Absent, Elsewhere, Found
from immichlint.stack.stack import Stack
from immichlint.stack.use import database_host
from immichlint.trees.tree import Hole, Leaf

_OWN: Final = (SERVER, MACHINE_LEARNING)
_IMMICH: Final = "immich"
_ELSEWHERE: Final = "nothing that is known says that the server uses it"


def containers_of(stacks: Sequence[Stack]) -> list[tuple[Container, str]]:
    """The containers of a stack, each with why it may be another application's; empty where it is Immich's."""
    own = [item for stack in stacks for item in stack.containers if item.runs_on and item.component in _OWN]
    found = [(item, "") for name in _OWN for item in own if item.component == name]
    for component in (CACHE, DATABASE):
        found += _beside(component, stacks, own)
    return found


def _beside(component: str, stacks: Sequence[Stack], own: Sequence[Container]) -> list[tuple[Container, str]]:
    """The workloads that are the cache or the database: those that the server connects to, else those that may be."""
    certain = [item for stack in stacks for item in stack.parts if item.component == component]
    if certain:
        return [(item, "") for item in certain]
    near = {item.namespace for item in own}
    there = [
        item
        for stack in stacks
        for item in stack.components(component)
        if is_long_running(item) and item.namespace in near
    ]
    sources = {id(item.object.source) for item in own}
    named = [item for item in there if _IMMICH in item.name or id(item.object.source) in sources]
    if named:
        return [(item, "") for item in named]
    hosts = [_host(item, component) for item in own if item.component == SERVER]
    return [(item, _ELSEWHERE) for item in there] if not all(hosts) or not hosts else []


def component_of(item: Container, perhaps: str, at: Locator) -> Component:
    """What is told of a container."""
    image, leaf = item.image, item.field("image").tree
    why = [leaf.value.why] if isinstance(leaf, Leaf) and isinstance(leaf.value, Hole) else []
    tag_known = image is not None and not why
    tag = (image.tag or image.digest[:19]) if image is not None and tag_known else ""
    version = image.version if image is not None and tag_known else None
    unknown = [f"its tag: {reason}" for reason in why]
    if item.variables.open:
        unknown.append(f"some of its variables: {item.variables.open}")
    return Component(
        item.component,
        image.repository if image is not None else "",
        tag,
        str(version or "") if item.component in _OWN else "",
        item.object.manifest.kind,
        item.namespace,
        item.name,
        item.container_name,
        item.object.chart,
        tuple(unknown),
        perhaps,
        at.at(item.field("image").place, item.name_place),
    )


def connections(
    servers: Iterable[Container], stack: Stack, parts: Iterable[Container], at: Locator, *, has_cluster: bool
) -> Iterator[Connection]:
    """What servers connect to that is no workload and no Cluster of the stack, each once."""
    there = {item.component for item in parts}
    seen: set[tuple[str, str]] = set()
    for server in servers:
        for to in (DATABASE, CACHE):
            host = _host(server, to) or ""
            if to in there or (to == DATABASE and has_cluster) or (to, host) in seen:
                continue
            seen.add((to, host))
            place = server.variable("DB_HOSTNAME" if to == DATABASE else "REDIS_HOSTNAME").place
            yield Connection(to, host, _leads(host, server, to, stack), at.at(place, server.name_place))


def _host(server: Container, to: str) -> str | None:
    return database_host(server) if to == DATABASE else redis_host(server)


def _leads(host: str, server: Container, to: str, stack: Stack) -> str:
    """What is behind a host, as far as is known."""
    from immichlint.stack.services import service_host

    if not host:
        names = ("DB_URL", "DB_HOSTNAME") if to == DATABASE else ("REDIS_URL", "REDIS_SOCKET", "REDIS_HOSTNAME")
        variable = next((found for name in names if not (found := server.variable(name)).absent), None)
        if variable is None:
            return "its host is not set"
        reason = variable.why or "it is not the name of a host"
        return f"its host is not known: {variable.name}: {reason}{_near(server, stack) if to == DATABASE else ''}"
    wanted = service_host(host, server.namespace)
    if wanted is None:
        return "it is not a Service of this cluster"
    sought = stack.seek("Service", "", wanted.namespace, wanted.name)
    if isinstance(sought, Found):
        manifest = sought.view.object.manifest
        made = f"the {manifest.kind} {manifest.name}"
        return f"{made} makes it" if sought.made else f"{made} is there; what it leads to is no known image"
    if isinstance(sought, Elsewhere):
        return f"the Service is not in this namespace but in {sought.view.namespace or 'another one'}"
    if isinstance(sought, Absent):
        return "nothing in the repository makes this Service"
    return sought.why


def _near(server: Container, stack: Stack) -> str:
    """The Clusters in a server's namespace, which may be the one that it connects to."""
    clusters = [item for each in (stack, *stack.others) for item in each.clusters]
    names = [item.name for item in clusters if item.namespace == server.namespace]
    return f"; in its namespace is the Cluster {' and '.join(names)}" if names else ""
