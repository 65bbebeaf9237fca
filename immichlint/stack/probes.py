"""Probes of a container: where they look, and for how long."""

from __future__ import annotations

from typing import Final

from immichlint.named_tuple import NamedTuple
from immichlint.stack.container import Container
from immichlint.stack.listening import port_index
from immichlint.stack.view import View
from immichlint.text.whole import whole
from immichlint.trees.field import Field

STARTUP: Final = "startupProbe"
LIVENESS: Final = "livenessProbe"
READINESS: Final = "readinessProbe"
_PERIOD: Final = 10
_FAILURES: Final = 3


class Probe(NamedTuple):
    """A probe that a container certainly has. `kind`: the name of its field. `action`: `httpGet`, `tcpSocket`, …;
    empty where it is not known."""

    kind: str
    action: str
    view: View

    @property
    def port(self) -> Field:
        """The port, a number or the name of one of the container's ports."""
        return self.view.field(self.action, "port")

    @property
    def path(self) -> Field:
        """The path of an `httpGet`."""
        return self.view.field(self.action, "path")

    @property
    def steps(self) -> tuple[str, str]:
        """The way from the container to the action."""
        return self.kind, self.action

    @property
    def seconds(self) -> int | None:
        """How long it may fail from the start of the container on before that has consequences: the delay, and so
        many failures in a row. None where that is not known."""
        delay = _number(self.view.field("initialDelaySeconds"), 0)
        period = _number(self.view.field("periodSeconds"), _PERIOD)
        failures = _number(self.view.field("failureThreshold"), _FAILURES)
        return delay + period * failures if delay is not None and period is not None and failures is not None else None


def probe(container: Container, kind: str) -> Probe | None:
    """A probe of a container; None where it has none, or that is not known."""
    view = View(container.object, (*container.route, kind))
    if not container.field(kind).known:
        return None
    actions = ("httpGet", "tcpSocket", "exec", "grpc")
    return Probe(kind, next((name for name in actions if view.field(name).known), ""), view)


def probes(container: Container) -> tuple[Probe, ...]:
    """The probes that a container certainly has."""
    found = (probe(container, kind) for kind in (STARTUP, LIVENESS, READINESS))
    return tuple(item for item in found if item is not None)


def port_number(container: Container, port: Field) -> int | None:
    """The number of a port that is given as a number or by the name of one that the container declares."""
    if isinstance(port.value, int) and not isinstance(port.value, bool):
        return port.value
    index = port_index(container, port.text) if port.text else None
    if index is not None:
        number = container.field("ports", index, "containerPort").value
        return number if isinstance(number, int) else None
    return whole(port.text or "")


def _number(field: Field, default: int) -> int | None:
    if field.absent:
        return default
    return field.value if isinstance(field.value, int) else None
