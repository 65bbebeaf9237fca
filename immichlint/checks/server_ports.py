"""Checks of the server's port and of the path that its probes ask for: both changed with version 1.118 (I§2.1)."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.checks.backend_ports import dead_ends
from immichlint.findings.change import Change, Effect, Safety
from immichlint.findings.finding import Related, Severity
from immichlint.gitops.manifest import Manifest
from immichlint.named_tuple import NamedTuple
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.image import Version
from immichlint.stack.probes import Probe, port_number, probes
from immichlint.stack.server import Server
from immichlint.stack.services import Service
from immichlint.stack.stack import Stack
from immichlint.stack.version_facts import (
    dead_path,
    other_ports,
    ping_path,
    port_since,
    server_port,
    telemetry_ports,
)
from immichlint.text.in_words import in_words
from immichlint.trees.field import Field
from immichlint.trees.tree import Seq, leaves
from immichlint.yamltree.place import Place

_EXPOSED = ("LoadBalancer", "NodePort")
_POLICIES = ("NetworkPolicy", "CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy")


class _Stale(NamedTuple):
    """Something that names the `port` of another version. `needed`: whether something fails because of it."""

    what: str
    place: Place
    effect: Effect
    port: int
    needed: bool = True


def legacy_port(container: Container, context: Context) -> Iterator[Claim]:
    """IML301: a port that the server of this version does not listen on."""
    server = Server(container)
    if server.version is None or not container.variable("IMMICH_PORT").absent or server.serves is False:
        return
    listens, others = server_port(server.version), other_ports(server.version)
    stale = list(_stale(container, context.stack, others, listens))
    if not stale or not any(item.needed for item in stale):
        return
    first, *rest = stale
    old = first.port
    exposed = _is_exposed(container, context.stack, old)
    yield Claim(
        f"Immich {server.version} listens on port {listens}{_since(server.version)}, but {_and(stale)} "
        f"{'names' if len(stale) == 1 else 'name'} {_ports(stale)}: nothing answers there.",
        first.place,
        related=tuple(Related(item.place, item.what) for item in rest),
        change=Change(
            f"use port {listens}",
            Safety.UNSAFE if exposed else Safety.SAFE,
            tuple(item.effect for item in stale),
            after=f"See whether {exposed} still names {old}." if exposed else "",
        ),
    )


def _since(version: Version) -> str:
    port, first = port_since(version)
    return f" (since {first})" if version >= first else f" ({port} came with {first})"


def _ports(stale: list[_Stale]) -> str:
    return " and ".join(dict.fromkeys(str(item.port) for item in stale))


def _and(stale: list[_Stale]) -> str:
    return in_words(list(dict.fromkeys(item.what for item in stale)))


def _stale(container: Container, stack: Stack, others: tuple[int, ...], listens: int) -> Iterator[_Stale]:
    found = tuple(_own(container, others, listens))
    yield from found
    if _is_other_containers(container, others):
        return
    for service in stack.all_services:
        if any(workload.object.key == container.object.key for workload in service.workloads):
            yield from _targets(service, others, listens)
    for end in dead_ends(container, stack):
        if end.is_former and end.effect is not None:
            yield _Stale(end.says, end.place, end.effect, int(end.backend.port or 0))


def _own(container: Container, others: tuple[int, ...], listens: int) -> Iterator[_Stale]:
    for index in _indices(container.field("ports")):
        field = container.field("ports", index, "containerPort")
        if field.value in others:
            name = container.field("ports", index, "name").text
            effect = container.effect("ports", index, "containerPort", value=listens)
            place = _place(field, container)
            yield _Stale("the container's port", place, effect, int(field.value), needed=name is not None)
    for item in probes(container):
        if item.port.value in others or (item.port.text or "") in map(str, others):
            effect = container.effect(*item.steps, "port", value=listens)
            place, port = _place(item.port, container), int(str(item.port.value))
            yield _Stale(f"its {_kind(item)} probe", place, effect, port)


def _targets(service: Service, others: tuple[int, ...], listens: int) -> Iterator[_Stale]:
    for port in service.ports:
        if port.target in others:
            field = port.view.field("targetPort")
            place = (port.view.field("port") if field.absent else field).place or service.object.name_place
            effect = port.view.effect("targetPort", value=listens)
            yield _Stale(f"the Service {service.name}", place, effect, int(port.target))


def _is_other_containers(container: Container, ports: tuple[int, ...]) -> bool:
    """Whether another container of the pod declares one of the ports."""
    for section in ("containers", "initContainers"):
        for index in _indices(container.pod.field(section)):
            if (*container.pod.route, section, index) == container.route:
                continue
            for number in _indices(container.pod.field(section, index, "ports")):
                if container.pod.field(section, index, "ports", number, "containerPort").value in ports:
                    return True
    return False


def _is_exposed(container: Container, stack: Stack, port: int) -> str:
    """What outside of the workload may name the port too; empty where nothing does."""
    for there in (stack, *stack.others):
        for service in there.services:
            mine = any(workload.object.key == container.object.key for workload in service.workloads)
            if mine and service.type.text in _EXPOSED:
                return f"who uses the {service.type.text} {service.name}"
        for item in there.objects:
            here = item.manifest.namespace == container.namespace
            if here and item.manifest.kind in _POLICIES and _names(item.manifest, port):
                return f"the {item.manifest.kind} {item.manifest.name}"
    return ""


def _names(manifest: Manifest, port: int) -> bool:
    return any(str(leaf.value) == str(port) for leaf in leaves(manifest.tree))


def _indices(field: Field) -> range:
    return range(len(field.tree.items)) if isinstance(field.tree, Seq) else range(0)


def _place(field: Field, container: Container) -> Place:
    """Where a value is written, or where what has it as a default is named."""
    return field.place or container.object.name_place


def _kind(item: Probe) -> str:
    return item.kind.removesuffix("Probe")


def probe_path(container: Container, context: Context) -> Iterator[Claim]:
    """IML302: a probe asks for a path that the server of this version does not serve."""
    server = Server(container)
    if server.version is None or server.serves is False:
        return
    stale: list[tuple[Probe, str, bool]] = []
    for item in probes(container):
        path = item.path.text
        dead = dead_path(path, server.version) if path is not None else None
        if dead is not None and path is not None and port_number(container, item.port) not in telemetry_ports():
            stale.append((item, path, dead.web))
    if not stale:
        return
    first, path, web = stale[0]
    names = in_words(list(dict.fromkeys(_kind(item) for item, *_ in stale)))
    ping = ping_path(server.version)
    what = (
        "there the web page answers with 200 whatever becomes of the API, so the probe tests nothing"
        if web
        else "it answers 404, so the container is never ready or is killed again and again"
    )
    yield Claim(
        f"The {names} {'probe asks' if len(stale) == 1 else 'probes ask'} for `{path}`, which Immich {server.version} "
        f"no longer serves: {what}. The path is `{ping}`.",
        _place(first.path, container),
        severity=Severity.WARNING if web else Severity.ERROR,
        related=tuple(Related(_place(item.path, container), f"the {_kind(item)} probe") for item, *_ in stale[1:]),
        change=Change(
            f"ask for `{ping}`",
            Safety.SAFE,
            tuple(container.effect(*item.steps, "path", value=ping) for item, *_ in stale),
        ),
    )
