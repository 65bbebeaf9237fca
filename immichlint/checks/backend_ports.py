"""Routes that name a port which the Service of the server does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.findings.change import Change, Effect, Safety
from immichlint.findings.finding import Related
from immichlint.named_tuple import NamedTuple
from immichlint.rules.model import Claim
from immichlint.stack.container import Container
from immichlint.stack.image import SERVER
from immichlint.stack.listening import listening_port, port_index
from immichlint.stack.routes import Backend, Route, port_field
from immichlint.stack.server import Server
from immichlint.stack.services import Port, Service
from immichlint.stack.stack import Stack
from immichlint.stack.version_facts import other_ports
from immichlint.trees.tree import Seq
from immichlint.yamltree.place import Place

_ALIAS: Final = "ExternalName"


class DeadEnd(NamedTuple):
    """A backend whose port its Service does not have. `place`: where that port is written. `effect`: what leads to the
    port that reaches the server; None where that is not certain. `is_former`: whether it is the port that servers of
    other versions listen on."""

    route: Route
    backend: Backend
    service: Service
    place: Place
    effect: Effect | None
    is_former: bool

    @property
    def says(self) -> str:
        """The route by kind and name."""
        return f"the {self.route.kind} {self.route.name}"


def dead_ends(container: Container, stack: Stack) -> Iterator[DeadEnd]:
    """The dead ends on the way to a server, given for the first container of its Service."""
    for service in _services(container, stack):
        for route in (route for other in (stack, *stack.others) for route in other.routes):
            for backend in route.backends if route.kind != "Service" and route.object.computed else ():
                place = port_field(backend.view).place
                here = (backend.service, backend.namespace) == (service.name, service.namespace)
                if here and place is not None and backend.port is not None and service.port(backend.port) is None:
                    effect = _effect(backend, _reaching(service, container))
                    yield DeadEnd(route, backend, service, place, effect, _is_former(container, backend))


def _services(container: Container, stack: Stack) -> Iterator[Service]:
    """The Services that certainly select a server's pod, with all of their ports known, and none of their name."""
    for service in stack.all_services:
        servers = [item for pod in service.workloads for item in pod.running if item.component == SERVER]
        first = servers[0] if servers else None
        mine = first is not None and (first.object.key, first.route) == (container.object.key, container.route)
        if mine and service.object.computed and _are_ports_known(service) and _is_only_one(service, stack):
            yield service


def _is_only_one(service: Service, stack: Stack) -> bool:
    return len(list(stack.services_named(service.name, service.namespace))) == 1


def _are_ports_known(service: Service) -> bool:
    tree = service.field("spec", "ports").tree
    kind = service.type
    if not isinstance(tree, Seq) or tree.open or kind.unknown or kind.value == _ALIAS:
        return False
    named = (port.view.field("name") for port in service.ports)
    return all(port.number is not None for port in service.ports) and not any(field.unknown for field in named)


def _reaching(service: Service, container: Container) -> Port | None:
    """The port that leads to the server: the only one, else the only one that does."""
    if len(service.ports) == 1:
        return service.ports[0]
    listening = listening_port(container)
    found = [port for port in service.ports if listening is not None and _number(port, container) == listening]
    return found[0] if len(found) == 1 else None


def _number(port: Port, container: Container) -> int | str | None:
    index = port_index(container, port.target) if isinstance(port.target, str) else None
    value = container.field("ports", index, "containerPort").value if index is not None else port.target
    return value if isinstance(value, int) else None


def _effect(backend: Backend, port: Port | None) -> Effect | None:
    if port is None:
        return None
    view = backend.view
    old = view.field("serviceName").known
    if old or not view.field("port", "name").known:
        steps = ("servicePort",) if old else ("port", "number") if view.field("port", "number").known else ("port",)
        return view.effect(*steps, value=port.number)
    if port.name is not None:
        return view.effect("port", "name", value=port.name)
    return view.effect("port", value={"number": port.number})


def _is_former(container: Container, backend: Backend) -> bool:
    version = Server(container).version
    if version is None or not container.variable("IMMICH_PORT").absent:
        return False
    return str(backend.port) in map(str, other_ports(version))


def claims(container: Container, stack: Stack) -> Iterator[Claim]:
    """What IML214 says of them: one claim for each route and Service. Former ports are IML301's."""
    found: dict[tuple[str, str], list[DeadEnd]] = {}
    for item in dead_ends(container, stack):
        if not item.is_former or item.effect is None:
            found.setdefault((item.route.object.key, item.service.object.key), []).append(item)
    for first, *others in found.values():
        service = first.service
        ports = " and ".join(f"{port.number}" + (f" (`{port.name}`)" if port.name else "") for port in service.ports)
        effects = [item.effect for item in (first, *others) if item.effect is not None]
        complete = len(effects) == 1 + len(others)
        yield Claim(
            f"T{first.says[1:]} leads to port `{first.backend.port}` of the Service {service.name}, which has no such "
            f"port, only {ports}: nobody reaches Immich this way.",
            first.place,
            related=(
                *(Related(item.place, "here too") for item in others),
                Related(service.object.name_place, f"the Service {service.name}"),
            ),
            change=Change("lead to the port of the Service", Safety.SAFE, tuple(effects)) if complete else None,
            no_fix="" if complete else "name the port of the Service that is meant",
        )
