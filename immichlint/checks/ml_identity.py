"""The user and the groups that machine learning is given when it no longer runs as root."""

from __future__ import annotations

from typing import Final

from immichlint.named_tuple import NamedTuple
from immichlint.rules.model import Context
from immichlint.stack.container import Container
from immichlint.stack.image import SERVER
from immichlint.trees.field import Field

_DEFAULT: Final = 1000


class Identity(NamedTuple):
    """User and group ids, all above 0. `origin`: whose they are, as a message goes on; empty for the default."""

    uid: int
    gid: int
    fs_group: int
    origin: str = ""


def identity(container: Container, context: Context) -> Identity:
    """What the server beside it runs as, where the manifests say it; else what the configuration decides; else 1000.

    A group that is already the container's, and is not root's, stays.
    """
    made = _of_server(container, context) or decided(context)
    group = above_root(container.security("runAsGroup"))
    fs_group = above_root(container.pod.field("securityContext", "fsGroup"))
    return made._replace(gid=group or made.gid, fs_group=fs_group or made.fs_group)


def decided(context: Context) -> Identity:
    """What the configuration decides, else the default."""
    uid = context.decisions.get("uid")
    gid = context.decisions.get("gid", uid or _DEFAULT)
    return Identity(uid or _DEFAULT, gid, gid, ", as the configuration decides" if uid else "")


def _of_server(container: Container, context: Context) -> Identity | None:
    """What all servers of the stack in the container's namespace agree on."""
    servers = [item for item in context.stack.components(SERVER) if item.namespace == container.namespace]
    found = {_ids(item) for item in servers}
    uid, gid, fs_group = found.pop() if len(found) == 1 else (None, None, None)
    if uid is None:
        return None
    gid = gid or context.decisions.get("gid") or uid
    return Identity(uid, gid, fs_group or gid, ", as the server has it")


def _ids(server: Container) -> tuple[int | None, int | None, int | None]:
    user, group = server.security("runAsUser"), server.security("runAsGroup")
    return above_root(user), above_root(group), above_root(server.pod.field("securityContext", "fsGroup"))


def above_root(field: Field) -> int | None:
    """The id in a field; None where it is not known or root's."""
    value = field.value
    return value if isinstance(value, int) and value > 0 and not isinstance(value, bool) else None
