"""The servers of Immich that have their database in a Cluster, and what they say of it."""

from __future__ import annotations

from typing import Final

from immichlint.stack.backups import Cluster
from immichlint.stack.container import Container
from immichlint.stack.image import SERVER, Version
from immichlint.stack.stack import Stack, may_share
from immichlint.stack.url import parse_url
from immichlint.stack.use import connection, database_host
from immichlint.stack.variables import Variable, filled

VECTOR_EXTENSION: Final = "DB_VECTOR_EXTENSION"
_DATABASE: Final = "immich"
"""The database without DB_DATABASE_NAME (I§3.1)."""


def clients(cluster: Cluster, stack: Stack) -> tuple[Container, ...]:
    """The servers that connect to a Cluster: those whose variables say so, else, where their host is not known, all
    those of its namespace, or all that there are, if it is the only Cluster that Immich uses."""
    stacks = (stack, *stack.others)
    servers = [item for other in stacks for item in other.components(SERVER)]
    certain = tuple(server for server in servers if connection(server, cluster))
    if certain or not cluster.use:
        return certain
    unsaid = [server for server in servers if database_host(server) is None]
    near = tuple(server for server in unsaid if may_share(server.namespace, cluster.namespace))
    used = [item for other in stacks for item in other.clusters if item.use]
    return near if len(used) > 1 else near or tuple(unsaid)


def version_of(server: Container) -> Version | None:
    """The exact version of a server; None where it is not known."""
    return server.image.version if server.image is not None else None


def database_name(server: Container) -> str | None:
    """The database that a server uses; None where it is not known."""
    url, name = server.variable("DB_URL"), server.variable("DB_DATABASE_NAME")
    if url.known and url.text:
        parts = parse_url(url.value)
        return filled(parts.path.strip("/")) if parts is not None else None
    if url.unknown or name.unknown:
        return None
    return filled(name.value or _DATABASE)


def comes_from(variable: Variable, secret: str) -> bool:
    """Whether a variable is a key of a Secret."""
    return variable.reference is not None and variable.reference[0] == secret
