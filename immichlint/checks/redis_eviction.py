"""The check that Immich's Redis keeps its keys (I§6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from immichlint.facts import load
from immichlint.findings.change import Change, Effect, Safety
from immichlint.findings.finding import Related
from immichlint.named_tuple import NamedTuple
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.image import SERVER
from immichlint.stack.parts import redis_host
from immichlint.stack.services import containers_at
from immichlint.stack.stack import Stack
from immichlint.trees.pieces import part
from immichlint.trees.tree import Leaf, Seq
from immichlint.yamltree.place import Place

_FLAG: Final = r"maxmemory-policy(?:[ =]+[\"']?(?P<policy>[^\s\"']+))?"
_LINE: Final = r"(?im)^[ \t]*maxmemory-policy[ \t]+[\"']?(?P<policy>[\w-]+)"
_REFERENCE: Final = r"\$\((\w+)\)"


class _Policy(NamedTuple):
    """An eviction policy that is set somewhere. `effect`: what sets another one there."""

    text: str
    place: Place
    effect: Effect


def eviction_policy(container: Container, context: Context) -> Iterator[Claim]:
    """IML319: Immich's Redis may drop keys, and with them its jobs and their locks."""
    servers = _users(container, context.stack)
    last = next(reversed([*_policies(container, context.stack)]), None) if servers else None
    if last is None or last.text.lower() not in load("redis")["evicting"]:
        return
    alone = _is_immichs_alone(container, servers[0])
    yield Claim(
        f"The eviction policy of {container.label} is `{last.text}`: when its memory is full it drops keys, among "
        "them Immich's jobs and their locks, which then are lost or run twice. Use `noeviction`.",
        last.place,
        related=(Related(servers[0].name_place, "the server that uses it"),),
        change=Change(
            f"use `{_keeping()}`",
            Safety.SAFE if alone else Safety.UNSAFE,
            (last.effect,),
            after="" if alone else "See whether others use this Redis as a cache: when it is full, it refuses writes.",
        ),
    )


def _keeping() -> str:
    return str(load("redis")["keeping"])


def _is_immichs_alone(container: Container, server: Container) -> bool:
    """Whether a Redis is evidently for Immich only: by its name or its namespace, or made by the same release."""
    named = any("immich" in name for name in (container.name, container.namespace))
    return named or container.object.source.home == server.object.source.home


def _policies(container: Container, stack: Stack) -> Iterator[_Policy]:
    """The policies that are set, the one that counts last: arguments come after the file that they name."""
    arguments = list(_arguments(container))
    for _, _, leaf in arguments:
        for word in str(leaf.value).split() if isinstance(leaf.value, str) else ():
            if word.startswith("/"):
                yield from _in_file(container, word, stack)
    for index, (field, at, leaf) in enumerate(arguments):
        following = arguments[index + 1] if index + 1 < len(arguments) else None
        yield from _in_argument(container, (field, at, leaf), following)
    yield from _in_variables(container)


def _arguments(container: Container) -> Iterator[tuple[str, int, Leaf]]:
    for field in ("command", "args"):
        tree = container.field(field).tree
        for index, item in enumerate(tree.items if isinstance(tree, Seq) else ()):
            if isinstance(item, Leaf):
                yield field, index, item


def _in_argument(
    container: Container, argument: tuple[str, int, Leaf], following: tuple[str, int, Leaf] | None
) -> Iterator[_Policy]:
    field, at, leaf = argument
    for found in re.finditer(_FLAG, leaf.value) if isinstance(leaf.value, str) else ():
        policy, start, end = found["policy"], *found.span("policy")
        if policy is None:
            if following is None or not isinstance(following[2].value, str) or found.end() != len(str(leaf.value)):
                continue
            field, at, leaf = following
            policy, start, end = str(leaf.value), 0, len(str(leaf.value))
        variable = re.fullmatch(_REFERENCE, policy)
        if variable is not None:
            yield from _in_variable(container, variable[1])
            continue
        place = part(leaf, start, end)
        text = str(leaf.value)
        if place is not None:
            effect = container.effect(field, at, value=f"{text[:start]}{_keeping()}{text[end:]}")
            yield _Policy(policy, place, effect)


def _in_variable(container: Container, name: str) -> Iterator[_Policy]:
    """The policy that is the value of a variable."""
    variable = container.variable(name)
    if variable.known and variable.place is not None:
        effect = container.effect("env", f"[name={name}]", "value", value=_keeping())
        yield _Policy(variable.text, variable.place, effect)


def _in_variables(container: Container) -> Iterator[_Policy]:
    """The policies among the flags that images take from a variable."""
    image = container.image
    for row in load("redis")["flag_variables"]:
        variable = container.variable(row["variable"])
        named = image is not None and image.repository.rpartition("/")[2] == row["image"]
        if not named or not variable.known or variable.place is None or variable.source != "env":
            continue
        for found in re.finditer(_FLAG, variable.text):
            if found["policy"] is not None:
                start, end = found.span("policy")
                text = f"{variable.text[:start]}{_keeping()}{variable.text[end:]}"
                effect = container.effect("env", f"[name={row['variable']}]", "value", value=text)
                yield _Policy(found["policy"], variable.place, effect)


def _in_file(container: Container, path: str, stack: Stack) -> Iterator[_Policy]:
    """The policy of a configuration file that a ConfigMap holds."""
    from immichlint.stack.mounted import mounted_file

    file = mounted_file(container, path, stack)
    for found in re.finditer(_LINE, str(file.text.value)) if file is not None else ():
        start, end = found.span("policy")
        place = part(file.text, start, end) if file is not None else None
        if file is not None and place is not None:
            text = str(file.text.value)
            effect = Effect(file.config_map.key, ("data", file.key), f"{text[:start]}{_keeping()}{text[end:]}")
            yield _Policy(found["policy"], place, effect)


def _users(container: Container, stack: Stack) -> list[Container]:
    """The servers that connect to a Redis: in its own pod, or through a Service that leads to it."""
    servers = (item for there in (stack, *stack.others) for item in there.components(SERVER))
    return [
        server
        for server in servers
        if any(_same(item, container) for item in containers_at(redis_host(server), server, stack))
    ]


def _same(one: Container, other: Container) -> bool:
    return one.object.key == other.object.key and one.route == other.route
