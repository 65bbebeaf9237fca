"""The containers that are Immich's: its own components, and the caches and databases that its servers connect to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from immichlint.facts import load
from immichlint.stack.container import Container
from immichlint.stack.image import CACHE, DATABASE, MACHINE_LEARNING, SERVER
from immichlint.stack.use import database_host
from immichlint.stack.variables import filled

if TYPE_CHECKING:
    from immichlint.stack.stack import Stack
    from immichlint.stack.view import View

_OWN: Final = (SERVER, MACHINE_LEARNING)
_BESIDE: Final = (CACHE, DATABASE)
_REDIS: Final = "redis"
"""The host that Immich takes without REDIS_HOSTNAME (I§3.1)."""
_DATABASE: Final = "database"
"""The one that it takes without DB_HOSTNAME and DB_URL (I§3.1)."""


def parts(stack: Stack) -> Iterator[Container]:
    """The containers of an environment that are Immich's and run as long as their pods."""
    used: set[int] = set()
    if any(item.component in _BESIDE for item in stack.containers):
        used.update(id(container) for server in _servers(stack) for container in _reached(server, stack))
    yield from (item for item in stack.containers if item.runs_on and (item.component in _OWN or id(item) in used))


def is_beside_immich(item: View, stack: Stack) -> bool:
    """Whether an object lies in a namespace of a part of Immich or of a Cluster that it uses, or is named after it."""
    if "immich" in item.name or "immich" in item.namespace:
        return True
    used: tuple[View, ...] = (*stack.parts, *(cluster for cluster in stack.clusters if cluster.use))
    return bool(item.namespace) and any(view.namespace == item.namespace for view in used)


def redis_host(server: Container) -> str | None:
    """The host of the cache that a server connects to; None where it is not known."""
    if not server.variable("REDIS_URL").absent or not server.variable("REDIS_SOCKET").absent:
        return None
    host = server.variable("REDIS_HOSTNAME")
    return _REDIS if host.absent else filled(host.value)


def _servers(stack: Stack) -> tuple[Container, ...]:
    return tuple(item for other in (stack, *stack.others) for item in other.components(SERVER))


def _reached(server: Container, stack: Stack) -> Iterator[Container]:
    """The cache and the database that a server connects to, where they are workloads."""
    from immichlint.stack.services import containers_at

    variables = [server.variable(name) for name in ("DB_URL", "DB_HOSTNAME")]
    host = _DATABASE if all(item.absent for item in variables) else database_host(server)
    for name in (redis_host(server), host):
        yield from (item for item in containers_at(name, server, stack) if item.component in _BESIDE)
    if host is None and any(item.unknown for item in variables):
        yield from _alone(server, stack)


def _alone(server: Container, stack: Stack) -> Iterator[Container]:
    """The database that a server evidently connects to although its host is not known: the only one beside it, with an
    image that is made for Immich, where there is no Cluster."""
    found = [item for item in stack.components(DATABASE) if item.namespace == server.namespace]
    if len(found) == 1 and not any(other.clusters for other in (stack, *stack.others)):
        image = found[0].image
        made_for_it = tuple(load("images")["made_for_immich"]["databases"])
        if image is not None and image.repository.endswith(made_for_it):
            yield found[0]
