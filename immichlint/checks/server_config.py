"""The check of Immich's configuration file (I§3.4)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.image import SERVER
from immichlint.stack.server import Server, is_long_running
from immichlint.stack.stack import Stack
from immichlint.stack.variables import Variable
from immichlint.stack.view import View
from immichlint.text import SourceText
from immichlint.trees.tree import Leaf, Map
from immichlint.yamltree.compose import compose
from immichlint.yamltree.errors import YamlError
from immichlint.yamltree.nodes import MappingNode
from immichlint.yamltree.place import Place

_FILE: Final = "IMMICH_CONFIG_FILE"


def invalid(container: Container, context: Context) -> Iterator[Claim]:
    """IML314: the configuration file is not there, cannot be read, or is there for one worker only."""
    variable = container.variable(_FILE)
    if not is_long_running(container):
        return
    if variable.absent:
        yield from _missing_here(container, context.stack)
        return
    server = Server(container)
    path = variable.text
    if not variable.known or not path.startswith("/") or "$(" in path or not server.mounts_known:
        return
    place = variable.place or container.name_place
    mount = container.mount_of(path)
    if mount is None:
        yield Claim(
            f"`{_FILE}` is `{path}` in {container.label}, and nothing is mounted there: the server cannot load its "
            "configuration and does not start.",
            place,
            no_fix=f"Mount the ConfigMap or Secret with the file at `{posixpath.dirname(path)}`.",
        )
        return
    if mount.volume is None or mount.volume.kind != "configMap":
        return
    name = mount.volume.view.field("name").text
    found = context.stack.find("ConfigMap", "", container.namespace, name) if name else None
    from immichlint.stack.mounted import key_of

    key = key_of(path, mount)
    if found is None or key is None:
        return
    data = View(found).field("data").tree
    if not isinstance(data, Map) or data.open or not View(found).field("binaryData").absent:
        return
    if key not in data.items:
        yield Claim(
            f"`{_FILE}` is `{path}` in {container.label}, and the ConfigMap {name} has no `{key}`: the server cannot "
            "load its configuration and does not start.",
            place,
            related=(Related(found.name_place, "the ConfigMap"),),
            no_fix=f"The ConfigMap has {', '.join(f'`{item}`' for item in data.items) or 'no keys'}.",
        )
        return
    text = data.items[key]
    why = _trouble(text.value) if isinstance(text, Leaf) and isinstance(text.value, str) else ""
    if why and text.writes and text.writes[-1].place is not None:
        yield Claim(
            f"The configuration file `{key}` of the ConfigMap {name} is {why}: the server refuses it and does "
            "not start.",
            text.writes[-1].place.key_of(),
            related=(Related(place, f"`{_FILE}`"),),
            no_fix="Mend it; the server reads JSON and YAML.",
        )


def _trouble(text: str) -> str:
    """Why a text is no configuration; empty where it may be one."""
    if "${" in text or "{{" in text.replace("{{y}}", ""):
        return ""
    try:
        documents = compose(SourceText.decode(text.encode()))
    except YamlError as error:
        return f"neither YAML nor JSON ({error.message})"
    if not documents:
        return ""
    return "" if isinstance(documents[0].root, MappingNode) else "no mapping of settings"


def _missing_here(container: Container, stack: Stack) -> Iterator[Claim]:
    """The file that another worker of the same server has."""
    for there in (stack, *stack.others):
        for other in there.components(SERVER):
            same = other.namespace == container.namespace and is_long_running(other)
            variable: Variable = other.variable(_FILE)
            if same and variable.known and variable.text and _is_split(other, container):
                yield Claim(
                    f"{other.label[0].upper()}{other.label[1:]} has the configuration file `{variable.text}`, and "
                    f"{container.label} has none: the two workers of one server go by different settings.",
                    container.name_place,
                    related=(Related(_place(variable, other), f"`{_FILE}`"),),
                    no_fix="Mount the same file in every worker.",
                )
                return


def _place(variable: Variable, container: Container) -> Place:
    return variable.place or container.name_place


def _is_split(one: Container, other: Container) -> bool:
    """Whether two servers are workers of one: each says which workers it runs."""
    names = ("IMMICH_WORKERS_INCLUDE", "IMMICH_WORKERS_EXCLUDE")
    return all(any(item.variable(name).is_set for name in names) for item in (one, other))
