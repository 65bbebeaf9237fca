"""Routes: what leads requests from outside to Services (Ingress, the Gateway API's routes, Traefik's IngressRoutes,
and Services of type LoadBalancer and NodePort)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from immichlint.lenses.effective import Effective
from immichlint.named_tuple import NamedTuple
from immichlint.stack.container import Container
from immichlint.stack.services import containers_behind
from immichlint.stack.view import View
from immichlint.trees.field import Field
from immichlint.trees.tree import Leaf, Seq
from immichlint.yamltree.lookup import Route as Steps

if TYPE_CHECKING:
    from immichlint.stack.services import Service
    from immichlint.stack.stack import Stack

_EXPOSED: Final = ("LoadBalancer", "NodePort")


class Backend(NamedTuple):
    """A Service that a route leads to. `port`: its number or name, None where none is written or known. `view`: of
    the entry, whose `name` field is that of the Service. `containers`: those that are certainly reached."""

    service: str
    namespace: str
    port: int | str | None
    view: View
    containers: tuple[Container, ...] = ()


class Route(View):
    """An Ingress, an HTTPRoute, GRPCRoute, TCPRoute or TLSRoute, an IngressRoute or IngressRouteTCP, or a Service
    that is exposed itself. `backends`: the Services that it leads to, those with an unknown name left out."""

    __slots__ = ("backends",)

    def __init__(self, effective: Effective) -> None:
        super().__init__(effective)
        self.backends: tuple[Backend, ...] = ()

    @property
    def kind(self) -> str:
        """The kind of the object."""
        return self.object.manifest.kind

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names that an Ingress or a route of the Gateway API answers to, as far as they are known."""
        names = [self.field("spec", "hostnames", index) for index in _indices(self.field("spec", "hostnames"))]
        names += [self.field("spec", "rules", index, "host") for index in _indices(self.field("spec", "rules"))]
        return tuple(dict.fromkeys(field.text for field in names if field.text))

    @property
    def gateways(self) -> tuple[str, ...]:
        """The names of the Gateways that a route of the Gateway API attaches to, as far as they are known."""
        parents = self.field("spec", "parentRefs")
        names = (self.field("spec", "parentRefs", index, "name").text for index in _indices(parents))
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def containers(self) -> tuple[Container, ...]:
        """The containers that it certainly reaches."""
        return tuple(dict.fromkeys(container for backend in self.backends for container in backend.containers))


def routes(stack: Stack) -> Iterator[Route]:
    """The routes of an environment, with their backends among all that is applied together."""
    for item in stack.objects:
        entries = _ENTRIES.get((item.manifest.group, item.manifest.kind))
        if entries is not None:
            route = Route(item)
            backends = (_backend(View(item, steps), route) for steps in entries(route))
            route.backends = tuple(_reaching(backend, stack) for backend in backends if backend is not None)
            yield route
    for service in stack.services:
        if service.type.text in _EXPOSED:
            route = Route(service.object)
            behind = _behind(service)
            route.backends = (Backend(service.name, service.namespace, None, View(service.object), behind),)
            yield route


def _behind(service: Service) -> tuple[Container, ...]:
    """The containers that a Service certainly leads to by any of its ports."""
    field = service.field("spec", "ports")
    if field.absent:
        return ()
    ports = [port.number or port.name for port in service.ports]
    if field.unknown or None in ports:
        return containers_behind(service, None)
    return tuple(dict.fromkeys(item for port in ports for item in containers_behind(service, port)))


def _reaching(backend: Backend, stack: Stack) -> Backend:
    service = next(stack.services_named(backend.service, backend.namespace), None)
    return backend if service is None else backend._replace(containers=containers_behind(service, backend.port))


def _backend(view: View, route: Route) -> Backend | None:
    kind, group = view.field("kind"), view.field("group")
    if (kind.known and kind.value != "Service") or (group.known and group.value not in ("", "core")):
        return None
    old = view.field("serviceName")
    name = view.field("name").text if old.absent else old.text
    namespace = view.field("namespace")
    if not name or namespace.unknown:
        return None
    port = port_field(view).value
    return Backend(name, namespace.text or route.namespace, port if isinstance(port, (int, str)) else None, view)


def port_field(view: View) -> Field:
    """The field of a backend's entry that has its port, by number or by name."""
    port = view.field("port" if view.field("serviceName").absent else "servicePort")
    for key in ("number", "name") if not isinstance(port.tree, Leaf) else ():
        inner = view.field("port", key)
        port = port if inner.absent else inner
    return port


def _ingress(route: Route) -> Iterator[Steps]:
    yield from _service_of(route, ("spec", "defaultBackend"), ("spec", "backend"))
    for rule in _indices(route.field("spec", "rules")):
        paths = ("spec", "rules", rule, "http", "paths")
        for path in _indices(route.field(*paths)):
            yield from _service_of(route, (*paths, path, "backend"))


def _service_of(route: Route, *backends: Steps) -> Iterator[Steps]:
    for steps in backends:
        if route.field(*steps, "service").known:
            yield (*steps, "service")
        elif route.field(*steps, "serviceName").known:
            yield steps


def _listed(outer: str, inner: str) -> Callable[[Route], Iterator[Steps]]:
    def entries(route: Route) -> Iterator[Steps]:
        for first in _indices(route.field("spec", outer)):
            for second in _indices(route.field("spec", outer, first, inner)):
                yield ("spec", outer, first, inner, second)

    return entries


def _indices(field: Field) -> range:
    return range(len(field.tree.items)) if isinstance(field.tree, Seq) else range(0)


_GATEWAY_KINDS: Final = ("HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute")
_TRAEFIK_GROUPS: Final = ("traefik.io", "traefik.containo.us")
_TRAEFIK_KINDS: Final = ("IngressRoute", "IngressRouteTCP", "IngressRouteUDP")
_ENTRIES: Final[Mapping[tuple[str, str], Callable[[Route], Iterator[Steps]]]] = {
    ("networking.k8s.io", "Ingress"): _ingress,
    ("extensions", "Ingress"): _ingress,
    **{("gateway.networking.k8s.io", kind): _listed("rules", "backendRefs") for kind in _GATEWAY_KINDS},
    **{
        (group, kind): _listed("routes", "services")
        for group in ("traefik.io", "traefik.containo.us")
        for kind in _TRAEFIK_KINDS
    },
}
