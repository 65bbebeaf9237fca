"""The check that network policies let Immich's own connections through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.findings.finding import Confidence, Related
from immichlint.named_tuple import NamedTuple
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.image import CACHE, DATABASE, MACHINE_LEARNING, SERVER
from immichlint.stack.network_policies import EGRESS, INGRESS, are_all_known, ruling
from immichlint.stack.parts import redis_host
from immichlint.stack.pods import Pods, pods_of, pods_of_cluster
from immichlint.stack.routes import Route
from immichlint.stack.services import Port, containers_behind, service_host
from immichlint.stack.stack import Stack
from immichlint.stack.url import parse_url
from immichlint.stack.use import database_host
from immichlint.stack.view import View
from immichlint.text.whole import whole
from immichlint.yamltree.place import Place

_OPERATOR: Final = "cloudnative-pg"
_STATUS: Final = 8000
_POSTGRES: Final = 5432
_REDIS: Final = 6379
_START: Final = "the server does not start"
_OUTSIDE: Final = "nobody gets to Immich from outside"
_ML_URL: Final = "http://immich-machine-learning:3003"


class _Edge(NamedTuple):
    """A connection that Immich needs. `fails`: what does without it."""

    source: Pods
    target: Pods
    port: int
    fails: str


def blocked(policy: View, context: Context) -> Iterator[Claim]:
    """IML710: a policy selects one of Immich's parts, and none lets through what it needs."""
    stack = context.stack
    said: dict[str, None] = {}
    others: dict[str, View] = {}
    for edge in _edges(stack):
        ends = ((INGRESS, edge.target, edge.source), (EGRESS, edge.source, edge.target))
        for direction, own, other in ends if edge.source.namespace else ends[:1]:
            found = ruling(stack, direction, own, other, (edge.target, edge.port))
            mine = found.allowed is False and found.covering[0].object is policy.object
            if mine and are_all_known(stack, own.namespace):
                verb = "reach" if direction == INGRESS else "get out to"
                way = f"{edge.source.says} cannot {verb} {edge.target.says} at port {edge.port}"
                said[f"{way} ({edge.fails})"] = None
                others.update({item.object.key: item for item in found.covering[1:]})
    if said:
        yield Claim(
            f"The {policy.object.manifest.kind} {policy.name} selects pods of Immich's, and no policy lets through "
            f"what they need: {'; '.join(said)}. {_enforced(policy)}Add a rule that lets it through.",
            _selector_place(policy),
            confidence=Confidence.MEDIUM,
            related=tuple(Related(item.object.name_place, "this policy selects them too") for item in others.values()),
            no_fix="which rule fits depends on what else these policies are for",
        )


def _enforced(policy: View) -> str:
    """What the claim rests on: not every network plugin looks at Kubernetes' own policies."""
    if policy.object.manifest.kind != "NetworkPolicy":
        return ""
    return "So it is where the network plugin enforces policies, as Cilium and Calico do and Flannel alone does not. "


def _selector_place(policy: View) -> Place:
    """The key of the selector, else what is written around it."""
    for name in ("podSelector", "endpointSelector"):
        place = policy.field("spec", name).place
        if place is not None:
            return place.key_of()
    return policy.nearest("spec", "podSelector")


def _edges(stack: Stack) -> Iterator[_Edge]:
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
                yield _Edge(operator, pods_of_cluster(cluster), _STATUS, fails)


def _of_routes(stack: Stack) -> Iterator[_Edge]:
    """The connections of what serves the routes to a server; in which pods that is, nothing tells. Where a Service is
    exposed itself, its node may be the one that connects, and no policy refuses that."""
    found: dict[tuple[str, int], tuple[Container, list[str]]] = {}
    for route in (route for other in (stack, *stack.others) for route in other.routes):
        for server, port in _served(route, stack) if route.kind != "Service" else ():
            found.setdefault((server.object.key, port), (server, []))[1].append(f"the {route.kind} {route.name}")
    for (_, port), (server, names) in found.items():
        says = f"what serves {' and '.join(dict.fromkeys(names))}"
        source = Pods("", {}, complete=False, ports=None, says=says)
        yield _Edge(source, pods_of(server), port, _OUTSIDE)


def _served(route: Route, stack: Stack) -> Iterator[tuple[Container, int]]:
    """The servers that a route leads to, each with its pods' port."""
    for backend in route.backends:
        port = backend.port
        for service in stack.all_services if port is not None else ():
            if port is None or (service.name, service.namespace) != (backend.service, backend.namespace):
                continue
            for server in (item for item in backend.containers if item.component == SERVER):
                number = _number(service.port(port), pods_of(server))
                if number is not None:
                    yield server, number


def _number(port: Port | None, target: Pods) -> int | None:
    """The port of pods that a Service's port leads to."""
    wanted = port.target if port is not None else None
    if isinstance(wanted, str):
        return target.ports.get(wanted) if target.ports else None
    return wanted


def _of_server(server: Container, stack: Stack) -> Iterator[_Edge]:
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
            yield _Edge(source, pods_of_cluster(cluster), _POSTGRES, _START)


def _to_service(
    source: Pods, host: str | None, port: int | None, component: str, fails: str, server: Container, stack: Stack
) -> Iterator[_Edge]:
    """The connections through a Service to containers of a component in other pods."""
    wanted = service_host(host, server.namespace) if host else None
    if wanted is None or port is None or not wanted.namespace:
        return
    for service in stack.all_services:
        found = service.port(port)
        if (service.name, service.namespace) != (wanted.name, wanted.namespace) or found is None:
            continue
        for item in containers_behind(service, port):
            number = _number(found, pods_of(item))
            if item.component == component and item.object is not server.object and number is not None:
                yield _Edge(source, pods_of(item), number, fails)
