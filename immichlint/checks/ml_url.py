"""The check of where the server looks for machine learning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.findings.change import Change, Effect, Safety
from immichlint.findings.finding import Confidence, Severity
from immichlint.named_tuple import NamedTuple
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.image import MACHINE_LEARNING
from immichlint.stack.services import Service, containers_behind, service_host
from immichlint.stack.sought import Absent, Elsewhere, Found
from immichlint.stack.stack import Stack
from immichlint.stack.url import parse_url
from immichlint.stack.view import View
from immichlint.trees.field import look
from immichlint.trees.tree import Map, Seq
from immichlint.yamltree.place import Place

_URL: Final = "IMMICH_MACHINE_LEARNING_URL"
_ENABLED: Final = "IMMICH_MACHINE_LEARNING_ENABLED"
_CONFIG_FILE: Final = "IMMICH_CONFIG_FILE"
_DEFAULT: Final = "http://immich-machine-learning:3003"
_PORTS: Final = {"http": 80, "https": 443}
_WHICH: Final = "see which Service leads to machine learning, and write its name and port"
_NO_SERVICE: Final = "make a Service `immich-machine-learning` that selects it, with the port 3003"


class _Asked(NamedTuple):
    """A URL that a server asks. `name`: what says so; `written`: whether a file does."""

    url: str
    place: Place
    name: str
    written: bool = True


def unresolved(server: Container, context: Context) -> Iterator[Claim]:
    """IML211: the server asks for machine learning where it is not (I§4.1)."""
    stack = context.stack
    if not any(other.components(MACHINE_LEARNING) for other in (stack, *stack.others)):
        return
    targets = [service for service in stack.all_services if _leads_to_ml(service, None)]
    for asked in _asked(server, stack):
        wrong = _wrong(asked.url, server.namespace, stack)
        alone = not targets and _is_without_service(server, stack)
        if not wrong or not (targets or asked.written or alone):
            continue
        right = _url(targets[0], server.namespace) if len(targets) == 1 else ""
        known = f" Machine learning is at `{right}`." if right else ""
        says = f"`{asked.name}` is `{asked.url}`" if asked.written else f"Nothing sets `{_URL}`, so it is `{asked.url}`"
        yield Claim(
            f"{says}, but {wrong}: searching by content, faces and text recognition fail.{known}",
            asked.place,
            severity=None if asked.written else Severity.WARNING,
            # What an administrator has saved in the web page wins over the default.
            confidence=None if asked.written else Confidence.MEDIUM,
            change=Change(f"ask `{right}`", Safety.UNSAFE, effects)
            if right and (effects := _effects(server, asked, right))
            else None,
            no_fix="" if right else _NO_SERVICE if alone else _WHICH,
        )


def _is_without_service(server: Container, stack: Stack) -> bool:
    """Whether certainly no Service leads to machine learning, which is neither in the server's pod nor on its node's
    network."""
    found = [item for other in (stack, *stack.others) for item in other.components(MACHINE_LEARNING)]
    if any(item.shares_pod(server) or not item.pod.field("hostNetwork").absent for item in found):
        return False
    workloads = {item.object.key for item in found}
    services = list(stack.all_services)
    return not any(each.object.key in workloads for item in services for each in (*item.workloads, *item.perhaps))


def _effects(server: Container, asked: _Asked, right: str) -> tuple[Effect, ...]:
    if asked.name != _URL or server.variable(_URL).source not in ("env", ""):
        return ()
    return (server.effect("env", f"[name={_URL}]", "value", value=right),)


def _asked(server: Container, stack: Stack) -> Iterator[_Asked]:
    """The URLs that a server certainly asks: those of its configuration file, else its variable, else the default."""
    url, enabled = server.variable(_URL), server.variable(_ENABLED)
    if enabled.unknown or enabled.text == "false":
        return
    if not server.variable(_CONFIG_FILE).absent:
        yield from _configured(server, stack)
    elif url.known and url.text:
        yield _Asked(url.text, url.place or server.name_place, _URL)
    elif url.absent:
        yield _Asked(_DEFAULT, server.name_place, _URL, written=False)


def _configured(server: Container, stack: Stack) -> Iterator[_Asked]:
    from immichlint.stack.config_file import configurations

    for volume in server.volumes:
        name = volume.view.field("name").text if volume.kind == "configMap" else None
        found = stack.find("ConfigMap", "", server.namespace, name) if name else None
        for tree, _ in configurations(View(found), stack) if found is not None else ():
            yield from _urls(tree)


def _urls(tree: Map) -> Iterator[_Asked]:
    if look(tree, ("machineLearning", "enabled")).value is False:
        return
    urls = look(tree, ("machineLearning", "urls")).tree
    for index in range(len(urls.items)) if isinstance(urls, Seq) else ():
        field = look(tree, ("machineLearning", "urls", index))
        if field.text and field.place is not None:
            yield _Asked(field.text, field.place, "machineLearning.urls")


def _wrong(url: str, namespace: str, stack: Stack) -> str:
    """What a message says of a URL that certainly does not lead to machine learning; empty where it may."""
    parts = parse_url(url)
    host = service_host(parts.hostname, namespace) if parts is not None and parts.hostname else None
    if parts is None or host is None or not host.namespace:
        return ""
    sought = stack.seek("Service", "", host.namespace, host.name)
    if isinstance(sought, Found):
        return "" if sought.made else _misled(sought.view, parts.port or _PORTS.get(parts.scheme, 0), stack)
    if not host.certain:
        return ""
    if isinstance(sought, Elsewhere):
        there = sought.view.namespace
        return f"the Service {host.name} is in the namespace {there}, where it is called `{host.name}.{there}`"
    return f"there is no Service {host.name} in {host.namespace}" if isinstance(sought, Absent) else ""


def _misled(view: View, port: int, stack: Stack) -> str:
    service = next((item for item in stack.all_services if item.object is view.object), None)
    if service is None or not service.is_complete or not service.workloads:
        return ""
    if service.port(port) is None:
        if any(item.number is None for item in service.ports) or not service.ports:
            return ""
        numbers = ", ".join(str(item.number) for item in service.ports)
        return f"the Service {service.name} has no port {port} (it has {numbers})"
    behind = containers_behind(service, port)
    components = {item.component for item in behind}
    if not behind or MACHINE_LEARNING in components or "" in components:
        return ""
    return f"the Service {service.name} leads to {behind[0].label}"


def _leads_to_ml(service: Service, port: int | None) -> bool:
    return any(item.component == MACHINE_LEARNING for item in containers_behind(service, port))


def _url(service: Service, namespace: str) -> str:
    """The URL of machine learning behind a Service; empty where it is not certain."""
    ports = [port.number for port in service.ports if port.number is not None and _leads_to_ml(service, port.number)]
    if len(ports) != 1:
        return ""
    host = service.name if service.namespace == namespace else f"{service.name}.{service.namespace}"
    return f"http://{host}:{ports[0]}"
