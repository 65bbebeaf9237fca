"""The check that a Service leads to the port that the server or machine learning listens on."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.checks import backend_ports
from immichlint.findings.change import REMOVED, Change, Effect, Safety
from immichlint.findings.finding import Related
from immichlint.named_tuple import NamedTuple
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.image import MACHINE_LEARNING, SERVER
from immichlint.stack.listening import PORT, default_port, listening_port, port_index, ports_known
from immichlint.stack.services import Port, Service
from immichlint.stack.version_facts import other_ports, telemetry_ports
from immichlint.stack.workload import Workload
from immichlint.yamltree.place import Place


class _Miss(NamedTuple):
    """A port of a Service that leads nowhere. `leads_to`: the port of the container, None for a name that it does
    not have. `place`: what decides that; `effect`: what mends it."""

    service: Service
    leads_to: int | None
    says: str
    place: Place
    effect: Effect


def mismatch(container: Container, context: Context) -> Iterator[Claim]:
    """IML214: a Service's target, the container's port and `IMMICH_PORT` disagree, or a route with its Service."""
    if container.component not in (SERVER, MACHINE_LEARNING):
        return
    if container.component == SERVER:
        yield from backend_ports.claims(container, context.stack)
    listening = listening_port(container)
    if listening is None:
        return
    behind = _services(container, context)
    found = [miss for service, pod in behind for miss in _misses(service, pod, container, listening)]
    if not found:
        return
    first = found[0]
    variable, default = container.variable(PORT), default_port(container)
    moved = variable.known and variable.source == "env" and all(miss.leads_to == default for miss in found)
    related = [Related(miss.place, f"the Service {miss.service.name}") for miss in found]
    place, change = first.place, Change(f"lead to {listening}", Safety.SAFE, tuple(miss.effect for miss in found))
    if moved and variable.place is not None:
        from immichlint.checks.service_links import fills

        place = variable.place
        if fills(container, context.stack, PORT):
            written = container.effect("env", f"[name={PORT}]", "value", value=str(default))
            change = Change(f"set `{PORT}` to {default}", Safety.SAFE, (written,))
        else:
            removed = container.effect("env", f"[name={PORT}]", value=REMOVED)
            change = Change(f"remove `{PORT}`", Safety.SAFE, (removed,))
    else:
        related = related[1:]
        if variable.place is not None:
            related.append(Related(variable.place, PORT))
    why = f", as `{PORT}` says" if variable.is_set else ""
    yield Claim(
        f"{container.subject} listens on port {listening}{why}, but the Service {first.service.name} leads to "
        f"{first.says}: nothing answers there.",
        place,
        related=tuple(related),
        change=change,
    )


def _services(container: Container, context: Context) -> Iterator[tuple[Service, Workload]]:
    """The Services that certainly select a container's pod."""
    for service in context.stack.all_services:
        for workload in service.workloads:
            if workload.object is container.object:
                yield service, workload


def _misses(service: Service, pod: Workload, container: Container, listening: int) -> Iterator[_Miss]:
    """The port of a Service that is meant for the container and misses it; none where another port reaches it."""
    image = container.image
    version = image.version if image is not None else None
    former = other_ports(version)
    ignored = (*telemetry_ports(), *former) if container.component == SERVER else ()
    found: list[_Miss] = []
    for port in service.ports:
        target = _number(port, container)
        if target == listening or target in ignored or _may_be_other(port, container, pod):
            return
        miss = _miss(service, port, container, target, listening)
        if miss is not None:
            found.append(miss)
    yield from found[:1]


def _number(port: Port, container: Container) -> int | None:
    if not isinstance(port.target, str):
        return port.target
    index = port_index(container, port.target)
    number = container.field("ports", index, "containerPort").value if index is not None else None
    return number if isinstance(number, int) else None


def _may_be_other(port: Port, container: Container, pod: Workload) -> bool:
    """Whether the port may be another container's of the pod, or its target is not known."""
    others = any(item.route != container.route for item in pod.running)
    return port.target is None or others or not ports_known(container)


def _miss(service: Service, port: Port, container: Container, target: int | None, listening: int) -> _Miss | None:
    field = port.view.field("targetPort")
    written = (port.view.field("port") if field.absent else field).place or service.object.name_place
    here = port.view.effect("targetPort", value=listening)
    if not isinstance(port.target, str):
        return _Miss(service, target, f"{target}", written, here)
    index = port_index(container, port.target)
    if index is None:
        return _Miss(service, None, f"the port `{port.target}`, which its pods do not have", written, here)
    number = container.field("ports", index, "containerPort")
    if target is None or number.place is None:
        return None
    effect = container.effect("ports", index, "containerPort", value=listening)
    return _Miss(service, target, f"its port `{port.target}`, which is {target}", number.place, effect)
