"""The ports that Immich's containers listen on."""

from __future__ import annotations

from typing import Final

from immichlint.facts import load
from immichlint.stack.container import Container
from immichlint.stack.image import MACHINE_LEARNING, SERVER
from immichlint.stack.server import Server
from immichlint.stack.version_facts import server_port
from immichlint.text.whole import whole
from immichlint.trees.tree import Seq

PORT: Final = "IMMICH_PORT"


def listening_port(container: Container) -> int | None:
    """The port that a server or machine learning answers on; None where it is not known."""
    if container.component == SERVER:
        server = Server(container)
        return server.port if server.serves is True else None
    if container.component != MACHINE_LEARNING or not _starts_itself(container):
        return None
    variable = container.variable(PORT)
    if variable.known and variable.text:
        return whole(variable.text)
    return int(load("machine_learning")["port"]) if variable.absent else None


def _starts_itself(container: Container) -> bool:
    """Whether the image's own start certainly runs, and no variable of former versions moves the port."""
    own = container.field("command").absent and container.field("args").absent
    return own and container.variable("MACHINE_LEARNING_PORT").absent


def default_port(container: Container) -> int | None:
    """The port without IMMICH_PORT; None where the version decides and is not known."""
    if container.component == MACHINE_LEARNING:
        return int(load("machine_learning")["port"])
    version = Server(container).version
    return server_port(version) if version is not None else None


def port_index(container: Container, name: str) -> int | None:
    """Which of the container's ports has a name; None where none has."""
    tree = container.field("ports").tree
    indices = range(len(tree.items)) if isinstance(tree, Seq) else range(0)
    return next((index for index in indices if container.field("ports", index, "name").text == name), None)


def ports_known(container: Container) -> bool:
    """Whether all ports that a container declares are known."""
    field = container.field("ports")
    return field.absent or (isinstance(field.tree, Seq) and not field.tree.open)
