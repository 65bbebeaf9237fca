"""Checks of the server's workers, and of components that Immich had once (I§1.2, I§2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.image import SERVER, Image, Version
from immichlint.stack.server import API, MICROSERVICES, Server, is_long_running, words
from immichlint.stack.stack import Stack
from immichlint.stack.version_facts import component_gone_at, dead_command, worker_names
from immichlint.trees.pieces import part
from immichlint.trees.tree import Leaf
from immichlint.yamltree.place import Place

_SHARED: Final = ("DB_HOSTNAME", "DB_DATABASE_NAME", "REDIS_HOSTNAME", "REDIS_DBINDEX")
_DEFAULTS: Final = {"DB_HOSTNAME": "database", "DB_DATABASE_NAME": "immich", "REDIS_HOSTNAME": "redis"}
_WHAT: Final = {API: "nothing answers requests", MICROSERVICES: "no job runs: no thumbnails, no faces, no search"}


def removed_component(container: Container, context: Context) -> Iterator[Claim]:
    """IML310: a container that Immich no longer has since the server does its work (I§1.2)."""
    image = container.image
    if image is None or not is_long_running(container):
        return
    if image.component == SERVER and image.version is not None:
        own = words(container)
        dead = dead_command(own, image.version) if own else None
        if dead is not None and dead.component:
            field = container.field("command") if container.field("command").known else container.field("args")
            yield Claim(
                f"{_upper(container.label)} runs `{dead.word}`, which Immich {image.version} no longer has (gone since "
                f"{dead.gone}): it ends at once. The server runs both workers by itself; remove this workload.",
                field.place.key_of() if field.place is not None and field.place.route else container.name_place,
                no_fix="Remove the workload, and what refers to it.",
            )
        return
    label = image.repository.rpartition("/")[2]
    gone = component_gone_at(label)
    if gone is None:
        return
    at, server = _server_version(container, context.stack)
    if at is not None and at >= gone:
        yield Claim(
            f"{_upper(container.label)} runs {label}, which Immich has no use for since {gone}: {at} "
            "does that in the server. Remove this workload, its Service and its routes.",
            _image_place(container, image) or container.name_place,
            related=(Related(server.name_place, "the server"),) if server is not None else (),
            no_fix="Remove the workload, and what refers to it; routes lead to the server.",
        )


def _server_version(container: Container, stack: Stack) -> tuple[Version | None, Container | None]:
    """The version of the only kind of server in a container's namespace."""
    servers = [
        item
        for there in (stack, *stack.others)
        for item in there.components(SERVER)
        if item.namespace == container.namespace
    ]
    versions = {Server(item).version for item in servers}
    return (versions.pop(), servers[0]) if len(versions) == 1 else (None, None)


def _image_place(container: Container, image: Image) -> Place | None:
    leaf = container.field("image").tree
    return part(leaf, 0, len(image.repository)) if isinstance(leaf, Leaf) else None


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def incomplete(container: Container, context: Context) -> Iterator[Claim]:
    """IML312: the workers of a server, taken together, are not all there, or do not share what they work on."""
    siblings = _siblings(container, context.stack)
    if not siblings or siblings[0].container.name_place != container.name_place:
        return
    known = [server.workers for server in siblings]
    runs: frozenset[str] = frozenset()
    for workers in known:
        if workers is None:
            return
        runs |= workers
    place = _worker_place(container)
    wrong = sorted(runs - set(worker_names()))
    if wrong:
        named = " and ".join(f"`{name}`" for name in wrong)
        yield Claim(
            f"{_upper(container.label)} is to run {named}, which is no worker: the server ends with `Invalid worker(s) "
            f"found`. There are `{API}` and `{MICROSERVICES}`.",
            place,
            no_fix="Name workers that there are.",
        )
        return
    for worker in worker_names():
        if worker not in runs and not _may_be_elsewhere(container, context.stack):
            yield Claim(
                f"No server here runs the worker `{worker}`, so {_WHAT[worker]}: {_says(siblings)}.",
                place,
                related=tuple(Related(other.container.name_place, "the other worker") for other in siblings[1:]),
                no_fix=f"Let one of them run `{worker}`, or leave the variables out.",
            )
    yield from _unlike(siblings)


def _siblings(container: Container, stack: Stack) -> list[Server]:
    """The servers of a namespace, where one of them says which workers it runs."""
    found = [
        item
        for there in (stack, *stack.others)
        for item in there.components(SERVER)
        if item.namespace == container.namespace and is_long_running(item)
    ]
    return [Server(item) for item in found] if any(map(_chooses, found)) else []


def _chooses(container: Container) -> bool:
    return any(not container.variable(f"IMMICH_WORKERS_{word}").absent for word in ("INCLUDE", "EXCLUDE"))


def _worker_place(container: Container) -> Place:
    for word in ("INCLUDE", "EXCLUDE"):
        variable = container.variable(f"IMMICH_WORKERS_{word}")
        if variable.is_set and variable.place is not None:
            return variable.place
    return container.name_place


def _says(siblings: list[Server]) -> str:
    return "; ".join(
        f"{server.container.label} runs {', '.join(sorted(server.workers or ())) or 'none'}" for server in siblings
    )


def _may_be_elsewhere(container: Container, stack: Stack) -> bool:
    """Whether something in the namespace that is not computed may be another server."""
    return any(
        item.manifest.kind == "HelmRelease" and item.manifest.namespace in ("", container.namespace)
        for there in (stack, *stack.others)
        for item in there.objects
        if "immich" in item.manifest.name
        and not any(made.source is item.source and made is not item for made in there.objects)
    )


def _unlike(siblings: list[Server]) -> Iterator[Claim]:
    """What the other workers have that the first one has not."""
    first = siblings[0].container
    for other in (server.container for server in siblings[1:]):
        if not first.variable("DB_URL").absent or not other.variable("DB_URL").absent:
            continue
        for name in _SHARED:
            one, two = first.variable(name), other.variable(name)
            values = [item.text or _DEFAULTS.get(name, "") for item in (one, two)]
            if one.unknown or two.unknown or _host(values[0]) == _host(values[1]):
                continue
            yield Claim(
                f"The workers of one server do not share `{name}`: it is `{values[0]}` in {first.label} and "
                f"`{values[1]}` in {other.label}. Jobs of one are never seen by the other.",
                (two.place if two.is_set else None) or other.name_place,
                related=(Related((one.place if one.is_set else None) or first.name_place, "the other worker"),),
                no_fix="Give both the same.",
            )


def _host(name: str) -> str:
    """A host without the part that says in which namespace it is."""
    return name.partition(".")[0]
