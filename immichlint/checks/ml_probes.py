"""The check of machine learning's probes: what they ask, and where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.facts import load
from immichlint.findings.change import Change, Effect, Safety
from immichlint.findings.finding import Related
from immichlint.named_tuple import NamedTuple
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.listening import listening_port, port_index, ports_known
from immichlint.stack.probes import LIVENESS, READINESS, STARTUP, probes
from immichlint.stack.stack import Stack
from immichlint.stack.view import View
from immichlint.text.in_words import in_words
from immichlint.text.whole import whole
from immichlint.yamltree.place import Place

_PROBES: Final = {STARTUP: "restarted", LIVENESS: "restarted", READINESS: "never ready"}
_ACTIONS: Final = ("httpGet", "tcpSocket")
_PING: Final = "/ping"


class _Flaw(NamedTuple):
    """What is wrong with a probe."""

    probe: str
    says: str
    place: Place
    effect: Effect


def wrong_probe(container: Container, context: Context) -> Iterator[Claim]:
    """IML210: a probe asks for a path that machine learning does not serve, or at a port where it does not listen."""
    flaws = [flaw for probe in _PROBES for flaw in _flaws(container, probe, context.stack)]
    if not flaws:
        return
    by_probe: dict[str, list[str]] = {}
    for flaw in flaws:
        by_probe.setdefault(flaw.probe, []).append(flaw.says)
    by_words: dict[str, list[str]] = {}
    for probe, says in by_probe.items():
        by_words.setdefault(" and ".join(says), []).append(f"the `{probe}`")
    asks = ", and ".join(f"{in_words(who)} {'ask' if who[1:] else 'asks'} {says}" for says, who in by_words.items())
    outcome = " and ".join(dict.fromkeys(_PROBES[probe] for probe in by_probe))
    label, port = container.label, listening_port(container)
    yield Claim(
        f"In {label}, {asks}. That fails, so it is {outcome}: ask `{_PING}` at port {port}.",
        flaws[0].place,
        related=tuple(Related(flaw.place, flaw.probe) for flaw in flaws[1:] if flaw.place != flaws[0].place),
        change=Change("ask where it answers", Safety.SAFE, tuple(flaw.effect for flaw in flaws)),
    )


def _flaws(container: Container, probe: str, stack: Stack) -> Iterator[_Flaw]:
    listening = listening_port(container)
    if listening is None:
        return
    for item in probes(container):
        view = View(item.view.object, (*item.view.route, item.action))
        if item.kind != probe or item.action not in _ACTIONS or not view.field("host").absent:
            continue
        if _perhaps_another(container, stack):
            return
        where = _elsewhere(container, item.port.value, listening)
        if where and item.port.place is not None:
            yield _Flaw(probe, where, item.port.place, view.effect("port", value=listening))
        path = item.path
        if path.text is not None and path.place is not None and not _is_served(path.text):
            says = f"for `{path.text}`, which it does not serve"
            yield _Flaw(probe, says, path.place, view.effect("path", value=_PING))


def _elsewhere(container: Container, port: object, listening: int) -> str:
    """What a message says of a port at which nothing answers; empty where something does, or may. A name whose
    container port is another one is IML214's."""
    number = whole(port) if isinstance(port, str) else port
    if isinstance(number, int):
        return f"at port {number}, where nothing answers" if number != listening else ""
    missing = isinstance(port, str) and ports_known(container) and port_index(container, port) is None
    return f"at the port `{port}`, which the container does not have" if missing else ""


def _perhaps_another(container: Container, stack: Stack) -> bool:
    """Whether another container of the pod may answer: a probe reaches the pod."""
    return any(
        item.object is container.object and item.runs_on and item.route != container.route for item in stack.containers
    )


def _is_served(path: str) -> bool:
    served: list[str] = load("machine_learning")["served"]["paths"]
    return f"/{path.partition('?')[0].removeprefix('/')}" in served
