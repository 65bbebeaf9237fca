"""Checks of the server's Redis: whether it is there, and lets Immich's scripts run (I§6)."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.facts import load
from immichlint.findings.change import Change, Effect, Safety
from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.image import CACHE
from immichlint.stack.server import is_long_running
from immichlint.stack.services import ServiceHost, containers_behind, service_host
from immichlint.stack.sought import Absent, Elsewhere, Found
from immichlint.stack.stack import Stack
from immichlint.stack.variables import Variable, filled
from immichlint.stack.view import View
from immichlint.trees.tree import Hole, Leaf, Seq

_DEFAULT = "redis"
_SCHEME = "ioredis://"
_DRAGONFLY = "dragonflydb.io"
_SCRIPTS = "--default_lua_flags=allow-undeclared-keys"


def unresolved(container: Container, context: Context) -> Iterator[Claim]:
    """IML313: the Redis host names no Service, or the URL is of a kind that is not read (I§6, I§3.1)."""
    url = container.variable("REDIS_URL")
    if not is_long_running(container) or (url.unknown and not url.known):
        return
    if url.known and url.text and "$(" not in url.text:
        if not url.text.startswith(_SCHEME) and url.place is not None:
            scheme = url.text.partition("://")[0] if "://" in url.text else ""
            what = f"begins with `{scheme}://`" if scheme else f"does not begin with `{_SCHEME}`"
            yield Claim(
                f"`REDIS_URL` {what} in {container.label}: Immich reads only `{_SCHEME}` with its options as base64, "
                "and takes any other URL for none, without a word. It connects to `REDIS_HOSTNAME`, "
                f"{_named(container)}.",
                url.place,
                no_fix="Set `REDIS_HOSTNAME`, `REDIS_PORT` and `REDIS_PASSWORD` in its place.",
            )
        return
    variable = container.variable("REDIS_HOSTNAME")
    host = _wanted(container, variable)
    if host is None or (variable.absent and not _has_cache(container, context.stack)):
        return
    found = context.stack.seek("Service", "", host.namespace, host.name)
    if not isinstance(found, Absent) and not (isinstance(found, Elsewhere) and host.certain):
        return
    given = f"`REDIS_HOSTNAME` is `{variable.value}`" if variable.known and variable.text else (
        f"`REDIS_HOSTNAME` is not set, so it is `{_DEFAULT}`")  # fmt: skip
    where = f" in the namespace {host.namespace}" if host.namespace else ""
    there = f": it is in {found.view.namespace}" if isinstance(found, Elsewhere) and found.view.namespace else ""
    yield Claim(
        f"{given} in {container.label}, and no Service of that name is applied{where}{there}. The server waits for it "
        "and does not start.",
        variable.place if variable.is_set and variable.place is not None else container.name_place,
        change=_only_cache(container, variable, host, context.stack),
        no_fix="Name the Service of the Redis or Valkey that is meant, or apply one.",
    )


def _has_cache(container: Container, stack: Stack) -> bool:
    """Whether a Redis or Valkey runs in a container's namespace: where none does, what was left out may be set, and
    applied, by someone else."""
    return any(
        item.namespace == container.namespace for there in (stack, *stack.others) for item in there.components(CACHE)
    )


def _named(container: Container) -> str:
    variable = container.variable("REDIS_HOSTNAME")
    if variable.known and variable.text:
        return f"which is `{variable.text}`"
    return f"by default `{_DEFAULT}`" if variable.absent else "if that is set"


def _wanted(container: Container, variable: Variable) -> ServiceHost | None:
    """The Service that a server connects to; None where that is not known, or no Service."""
    host = filled(variable.value or _DEFAULT)
    if not container.variable("REDIS_SOCKET").absent or variable.unknown or host is None:
        return None
    return service_host(host, container.namespace)


def _only_cache(container: Container, variable: Variable, host: ServiceHost, stack: Stack) -> Change | None:
    """The change to the only Service of the namespace that leads to a Redis."""
    if variable.expanded or (variable.is_set and variable.source != "env"):
        return None
    found = {
        service.name
        for service in stack.all_services
        if service.namespace == container.namespace
        and any(item.component == CACHE for item in containers_behind(service, None))
    }
    if len(found) != 1:
        return None
    name = found.pop()
    return Change(
        f"connect to `{name}`",
        Safety.UNSAFE,
        (container.effect("env", "[name=REDIS_HOSTNAME]", "value", value=name),),
        after=f"See that `{name}` is the one that is meant, and whether it wants a password.",
    )


def dragonfly_flags(container: Container, context: Context) -> Iterator[Claim]:
    """IML320: Dragonfly refuses scripts that touch keys which they do not declare, as Immich's queues do."""
    host = _wanted(container, container.variable("REDIS_HOSTNAME"))
    if host is None or not container.variable("REDIS_URL").absent:
        return
    found = context.stack.seek("Service", "", host.namespace, host.name)
    if not isinstance(found, Found):
        return
    views = [found.view] if found.made and found.view.object.manifest.group == _DRAGONFLY else []
    for view in views:
        yield from _without_flag(view, View(view.object, ("spec",)), container)
    for service in context.stack.all_services:
        if service.object.key == found.view.object.key:
            for item in containers_behind(service, None):
                image = item.image
                if image is not None and image.repository.rpartition("/")[2] == "dragonfly":
                    yield from _without_flag(item, item, container)


def _without_flag(named: View, flags: View, server: Container) -> Iterator[Claim]:
    field = flags.field("args")
    command = flags.field("command")
    if field.unknown or command.unknown:
        return
    texts = []
    for tree in (field.tree, command.tree):
        for item in tree.items if isinstance(tree, Seq) else ():
            if not isinstance(item, Leaf) or isinstance(item.value, Hole):
                return
            texts.append(str(item.value).replace("-", "_"))
    allowed: list[str] = load("dragonfly")["flags"]
    if any(flag in text for text in texts for flag in allowed) or _is_flagfile(flags, texts):
        return
    count = len(field.tree.items) if isinstance(field.tree, Seq) else 0
    effect: Effect | None = (
        flags.effect("args", count, value=_SCRIPTS) if count else flags.effect("args", value=[_SCRIPTS])
    )
    yield Claim(
        f"The Dragonfly {named.name} runs without `{_SCRIPTS}`: it refuses scripts that touch keys which they do not "
        "declare, and Immich's job queues are made of such scripts. Jobs fail with `script tried accessing undeclared "
        "key`.",
        flags.nearest("args", 0) if count else named.object.name_place,
        related=(Related(server.name_place, "the server that uses it"),),
        change=Change(f"add `{_SCRIPTS}`", Safety.SAFE, (effect,)) if effect is not None else None,
    )


def _is_flagfile(flags: View, texts: list[str]) -> bool:
    """Whether flags may come from elsewhere: a file, or variables that begin with `DFLY_`."""
    env = flags.field("env")
    names = [flags.field("env", index, "name").text or "" for index in range(len(env.tree.items))] if isinstance(
        env.tree, Seq) else []  # fmt: skip
    return any("flagfile" in text for text in texts) or any(name.startswith("DFLY_") for name in names)
