"""Where the variables of Immich's containers come from: a container's own `env`, or a ConfigMap or Secret that may
serve several."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.findings.change import CLEARED, REMOVED, Effect
from immichlint.named_tuple import NamedTuple
from immichlint.stack.container import Container
from immichlint.stack.image import MACHINE_LEARNING, SERVER
from immichlint.stack.stack import Stack
from immichlint.stack.variables import Variable
from immichlint.trees.tree import Seq, texts
from immichlint.yamltree.place import Place

ENV: Final = "env"
_OURS: Final = (SERVER, MACHINE_LEARNING)


class Source(NamedTuple):
    """What gives variables to a container. `label`: `env`, or the ConfigMap or Secret by kind and name."""

    container: Container
    label: str
    variables: tuple[Variable, ...]

    @property
    def name(self) -> str:
        """How a message names it."""
        if self.label == ENV:
            label = self.container.label
            return f"{label[0].upper()}{label[1:]}"
        return f"The {self.called}"

    @property
    def called(self) -> str:
        """The ConfigMap or Secret by kind and name, without the hash of its data."""
        return self.variables[0].called or self.label

    def place_of(self, variable: Variable) -> Place | None:
        """Where the name of a variable stands; None where no file says it."""
        if self.label != ENV:
            return variable.name_place
        index = _index(self.container, variable.name)
        return self.container.field("env", index, "name").place if index is not None else None


def sources(container: Container) -> Iterator[Source]:
    """The sources of a container's variables."""
    groups: dict[str, list[Variable]] = {}
    for variable in container.variables.found.values():
        label = ENV if variable.reference is not None else variable.source
        groups.setdefault(label, []).append(variable)
    for label, variables in groups.items():
        yield Source(container, label, tuple(variables))


def sharing(source: Source, stack: Stack) -> list[Source]:
    """A source that others may have too, as each of Immich's containers of its namespace has it: servers first, then
    by their names."""
    found = [
        other
        for there in (stack, *stack.others)
        for container in there.containers
        if _is_ours(container) and container.namespace == source.container.namespace
        for other in sources(container)
        if other.label == source.label
    ]
    return sorted(found, key=lambda other: (other.container.component != SERVER, other.container.label))


def _is_ours(container: Container) -> bool:
    return container.runs_on and container.component in _OURS


def is_used(source: Source, variable: Variable, stack: Stack) -> bool:
    """Whether something besides Immich may read a variable: another variable or a command that refers to it, or, of
    a shared source, a container that is not Immich's, or a volume."""
    if source.label == ENV:
        return _refers(source.container, variable.name)
    for other in (stack, *stack.others):
        for container in other.containers:
            if container.namespace == source.container.namespace and _shares(container, source.label, variable.name):
                return True
    return False


def _shares(container: Container, label: str, name: str) -> bool:
    kind, _, resource = label.partition(" ")
    field = {"ConfigMap": "name", "Secret": "secretName"}.get(kind, "")
    if any(volume.kind == kind[:1].lower() + kind[1:] and volume.view.field(field).text == resource
           for volume in container.volumes):  # fmt: skip
        return True
    given = any(item.source == label and item.name == name for item in container.variables.found.values())
    referred = any(item.reference == (resource, name) for item in container.variables.found.values())
    return referred or (given and (not _is_ours(container) or _refers(container, name)))


def _refers(container: Container, name: str) -> bool:
    """Whether a text of the container names a variable to be put in its place."""
    marks = (f"$({name})", f"${{{name}", f"${name}")
    said = [*texts(container.field("command").tree), *texts(container.field("args").tree)]
    said += [item.text for item in container.variables.found.values() if item.name != name]
    return any(mark in text for text in said for mark in marks)


def _index(container: Container, name: str) -> int | None:
    tree = container.field("env").tree
    indices = range(len(tree.items)) if isinstance(tree, Seq) else range(0)
    return next((index for index in indices if container.field("env", index, "name").text == name), None)


def renamed(source: Source, variable: Variable, name: str, value: str, stack: Stack) -> tuple[Effect, ...]:
    """The effects that give a variable another name, and perhaps value; none where its source is not to be changed."""
    if source.label == ENV:
        if variable.source != ENV:
            return ()
        own = source.container
        step = f"[name={variable.name}]"
        changed = (own.effect("env", step, "value", value=value),) if value != variable.text else ()
        return (*changed, own.effect("env", step, "name", value=name))
    key = _data_key(source, variable, stack)
    if not key:
        return ()
    return Effect(key, ("data", variable.name), REMOVED), Effect(key, ("data", name), value)


def removed(source: Source, variable: Variable, stack: Stack) -> tuple[Effect, ...]:
    """The effect that takes a variable away; none where its source is not to be changed."""
    if source.label == ENV:
        return (source.container.effect("env", f"[name={variable.name}]", value=CLEARED),)
    key = _data_key(source, variable, stack)
    return (Effect(key, ("data", variable.name), REMOVED),) if key else ()


def _data_key(source: Source, variable: Variable, stack: Stack) -> str:
    """The identity of the ConfigMap whose data has the variable under its own name; empty where there is none."""
    kind, _, name = source.label.partition(" ")
    found = stack.find("ConfigMap", "", source.container.namespace, name) if kind == "ConfigMap" else None
    data = found.manifest.tree.items.get("data") if found is not None else None
    return found.key if found is not None and variable.name in getattr(data, "items", {}) else ""
