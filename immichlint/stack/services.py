"""Services: which ports they have, and which workloads they select.

What CNPG and other operators make has no manifest: `Stack.seek("Service", "", namespace, name)` answers with the
Cluster that makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from immichlint.lenses.effective import Effective
from immichlint.named_tuple import NamedTuple
from immichlint.stack.container import Container
from immichlint.stack.view import View
from immichlint.stack.workload import Workload
from immichlint.trees.field import Field, look
from immichlint.trees.tree import Map, Seq

if TYPE_CHECKING:
    from immichlint.stack.stack import Stack

_SVC: Final = "svc"


class ServiceHost(NamedTuple):
    """A host name that is a Service's. `namespace`: empty where it is not known. `certain`: whether it cannot be a
    name outside of the cluster: `redis` and `redis.cache.svc` are Services, `redis.cache` may be anything."""

    name: str
    namespace: str
    certain: bool


class Port(NamedTuple):
    """A port of a Service. `number`, `name` and `target` (a number, or the name of a container's port) are None
    where they are not known; `target` is `number` where none is written."""

    number: int | None
    name: str | None
    target: int | str | None
    view: View


class Service(View):
    """A Service. `near`: gives the workloads that may be in a namespace; which of them it selects is found when it is
    asked for."""

    def __init__(self, effective: Effective, near: Callable[[str], Iterable[Workload]]) -> None:
        super().__init__(effective)
        self._near = near

    @property
    def workloads(self) -> tuple[Workload, ...]:
        """The workloads that it certainly selects."""
        return self._selected[0]

    @property
    def perhaps(self) -> tuple[Workload, ...]:
        """The workloads whose labels, or whose place in its namespace, are not all known."""
        return self._selected[1]

    @cached_property
    def _selected(self) -> tuple[tuple[Workload, ...], tuple[Workload, ...]]:
        verdicts = [(workload, selects(self, workload)) for workload in self._near(self.namespace)]
        return (
            tuple(workload for workload, verdict in verdicts if verdict is True),
            tuple(workload for workload, verdict in verdicts if verdict is None),
        )

    @property
    def type(self) -> Field:
        """`spec.type`; absent is `ClusterIP`."""
        return self.field("spec", "type")

    @property
    def selector(self) -> Field:
        """`spec.selector`; without one it selects nothing, and its endpoints are made otherwise."""
        return self.field("spec", "selector")

    @property
    def ports(self) -> tuple[Port, ...]:
        """The ports that are written; others may exist where the list is open."""
        tree = self.field("spec", "ports").tree
        found = range(len(tree.items)) if isinstance(tree, Seq) else ()
        return tuple(_port(View(self.object, ("spec", "ports", index))) for index in found)

    def port(self, wanted: int | str) -> Port | None:
        """The port of a number or a name; a number may be written as a text."""
        return next((port for port in self.ports if wanted in (port.number, port.name, str(port.number))), None)

    @property
    def is_complete(self) -> bool:
        """Whether `workloads` is all that it selects, as far as what is applied together tells."""
        return self.selector.known and not self.perhaps


def selects(service: Service, workload: Workload) -> bool | None:
    """Whether a Service selects a workload's pods; None where that is not known."""
    selector = service.selector
    if selector.absent or not isinstance(selector.tree, Map):
        return None if selector.unknown else False
    if service.namespace != workload.namespace and service.namespace and workload.namespace:
        return False
    labels = (*workload.pod.route[:-1], "metadata", "labels")
    sure = service.namespace == workload.namespace and not selector.tree.open
    for key in selector.tree.items:
        wanted, label = look(selector.tree, (key,)), look(workload.tree, (*labels, key))
        if wanted.unknown or label.unknown:
            sure = False
        elif wanted.value != label.value:
            return False
    return True if sure and selector.tree.items else None if not sure else False


def containers_behind(service: Service, port: int | str | None) -> tuple[Container, ...]:
    """The running containers that a port of a Service leads to: those that declare its target, else a workload's
    only one. None of them for a port that the Service does not have; all of them where `port` is None."""
    running = [container for workload in service.workloads for container in workload.running]
    if port is None:
        return tuple(running)
    found = service.port(port)
    if found is None or found.target is None:
        return ()
    declaring = tuple(container for container in running if _declares(container, found.target))
    alone = tuple(workload.running[0] for workload in service.workloads if len(workload.running) == 1)
    return declaring or (alone if isinstance(found.target, int) else ())


def _declares(container: Container, target: int | str) -> bool:
    tree = container.field("ports").tree
    for index in range(len(tree.items)) if isinstance(tree, Seq) else ():
        key = "containerPort" if isinstance(target, int) else "name"
        if container.field("ports", index, key).value == target:
            return True
    return False


def containers_at(host: str | None, client: Container, stack: Stack) -> Iterator[Container]:
    """The containers that a host means for a container: those behind the Services of that name, and those of its own
    pod for a loopback address."""
    if host is not None and is_loopback(host):
        yield from (item for item in stack.containers if item.runs_on and client.shares_pod(item))
        return
    for service in services_at(host, client.namespace, stack):
        yield from containers_behind(service, None)


def services_at(host: str | None, namespace: str, stack: Stack) -> Iterator[Service]:
    """The Services that a host means for a pod in a namespace, of all that is applied together; none for what is no
    Service."""
    wanted = service_host(host, namespace) if host else None
    return stack.services_named(wanted.name, wanted.namespace) if wanted is not None else iter(())


def service_host(host: str, namespace: str) -> ServiceHost | None:
    """The Service that a host name means for a pod in a namespace; None for localhost, an address, and a name that
    is certainly outside of the cluster."""
    labels = host.rstrip(".").lower().split(".")
    if is_loopback(host) or not all(labels) or _is_address(host):
        return None
    if _SVC in labels[2:4]:
        index = labels.index(_SVC, 2)
        return ServiceHost(labels[index - 2], labels[index - 1], certain=True)
    if len(labels) == 1:
        return ServiceHost(labels[0], namespace, certain=True)
    return ServiceHost(labels[0], labels[1], certain=False) if len(labels) == 2 else None


def is_loopback(host: str) -> bool:
    """Whether a host is the own pod's: what listens there is another container of it, native sidecars included."""
    return host.lower() == "localhost" or (_is_address(host) and ip_address(host.strip("[]")).is_loopback)


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _port(view: View) -> Port:
    number = view.field("port").value
    target = view.field("targetPort")
    name = view.field("name").text
    known = number if isinstance(number, int) else None
    value = known if target.absent else target.value
    return Port(known, name, value if isinstance(value, (int, str)) else None, view)
