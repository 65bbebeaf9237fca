"""The connections that Immich needs inside of the cluster, as far as they are certain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.named_tuple import NamedTuple
from immichlint.stack.container import Container
from immichlint.stack.image import CACHE, DATABASE, MACHINE_LEARNING, SERVER
from immichlint.stack.parts import redis_host
from immichlint.stack.pods import Pods, pods_of, pods_of_cluster
from immichlint.stack.routes import Route
from immichlint.stack.services import Port, containers_behind, service_host
from immichlint.stack.stack import Stack
from immichlint.stack.url import parse_url
from immichlint.stack.use import database_host
from immichlint.text.whole import whole

_OPERATOR: Final = "cloudnative-pg"
_STATUS: Final = 8000
_POSTGRES: Final = 5432
_REDIS: Final = 6379
_START: Final = "the server does not start"
_OUTSIDE: Final = "nobody gets to Immich from outside"
_ML_URL: Final = "http://immich-machine-learning:3003"


class Connection(NamedTuple):
    """A connection that Immich needs. `fails`: what does without it."""

    source: Pods
    target: Pods
    port: int
    fails: str


def connections(stack: Stack) -> Iterator[Connection]:
    """The connections that are certain: of each server, of routes to it, and of CNPG's operator to Immich's Cluster."""
    for server in stack.components(SERVER):
        yield from _of_server(server, stack)
    yield from _of_routes(stack)
    for cluster in (item for other in (stack, *stack.others) for item in other.clusters):
        if cluster.use.confidence not in ("high", "medium"):
            continue
        for release in (item for other in (stack, *stack.others) for item in other.released):
            if release.chart == _OPERATOR and release.namespace:
                operator = Pods(release.namespace, {}, complete=False, ports=None, says="CloudNativePG's operator")
                fails = "it neither sees the state of the instances nor fails over"
                yield Connection(operator, pods_of_cluster(cluster), _STATUS, fails)


def _of_routes(stack: Stack) -> Iterator[Connection]:
    """The connections of what serves the routes to a server; in which pods that is, nothing tells. Where a Service is
    exposed itself, its node may be the one that connects, and no policy refuses that."""
    found: dict[tuple[str, int], tuple[Container, list[str]]] = {}
    for route in (route for other in (stack, *stack.others) for route in other.routes):
        for server, port in _served(route, stack) if route.kind != "Service" else ():
            found.setdefault((server.object.key, port), (server, []))[1].append(f"the {route.kind} {route.name}")
    for (_, port), (server, names) in found.items():
        says = f"what serves {' and '.join(dict.fromkeys(names))}"
        source = Pods("", {}, complete=False, ports=None, says=says)
        yield Connection(source, pods_of(server), port, _OUTSIDE)


def _served(route: Route, stack: Stack) -> Iterator[tuple[Container, int]]:
    """The servers that a route leads to, each with its pods' port."""
    for backend in route.backends:
        port = backend.port
        servers = [item for item in backend.containers if item.component == SERVER]
        if port is None or not servers:
            continue
        for service in stack.services_named(backend.service, backend.namespace):
            for server in servers:
                number = _number(service.port(port), pods_of(server))
                if number is not None:
                    yield server, number


def _number(port: Port | None, target: Pods) -> int | None:
    """The port of pods that a Service's port leads to."""
    wanted = port.target if port is not None else None
    if isinstance(wanted, str):
        return target.ports.get(wanted) if target.ports else None
    return wanted


def _of_server(server: Container, stack: Stack) -> Iterator[Connection]:
    source = pods_of(server)
    url = server.variable("IMMICH_MACHINE_LEARNING_URL")
    parts = parse_url(url.text if url.known and url.text else _ML_URL if url.absent else "")
    if parts is not None:
        fails = "search, faces and text recognition fail"
        yield from _to_service(source, parts.hostname, parts.port, MACHINE_LEARNING, fails, server, stack)
    redis_port = server.variable("REDIS_PORT")
    port = _REDIS if redis_port.absent else whole(redis_port.text)
    yield from _to_service(source, redis_host(server), port, CACHE, _START, server, stack)
    host = database_host(server)
    yield from _to_service(source, host, _POSTGRES, DATABASE, _START, server, stack)
    wanted = service_host(host, server.namespace) if host else None
    for cluster in (item for other in (stack, *stack.others) for item in other.clusters):
        if wanted is not None and (wanted.name, wanted.namespace) == (f"{cluster.name}-rw", cluster.namespace):
            yield Connection(source, pods_of_cluster(cluster), _POSTGRES, _START)


def _to_service(
    source: Pods, host: str | None, port: int | None, component: str, fails: str, server: Container, stack: Stack
) -> Iterator[Connection]:
    """The connections through a Service to containers of a component in other pods."""
    wanted = service_host(host, server.namespace) if host else None
    if wanted is None or port is None or not wanted.namespace:
        return
    for service in stack.services_named(wanted.name, wanted.namespace):
        found = service.port(port)
        if found is None:
            continue
        for item in containers_behind(service, port):
            number = _number(found, pods_of(item))
            if item.component == component and item.object is not server.object and number is not None:
                yield Connection(source, pods_of(item), number, fails)
