"""Checks of how the server starts: the time it is given, its command, and what it is told to skip."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from immichlint.checks.variable_sources import removed, sources
from immichlint.facts import load
from immichlint.findings.change import REMOVED, Change, Effect, Safety
from immichlint.findings.finding import Severity
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.probes import LIVENESS, STARTUP, Probe, probe
from immichlint.stack.server import Server, words
from immichlint.stack.version_facts import dead_command
from immichlint.trees.tree import is_settled, plain
from immichlint.yamltree.lookup import Data
from immichlint.yamltree.place import Place

_SKIPS: Final = {
    "IMMICH_IGNORE_MOUNT_CHECK_ERRORS": "the server starts although the photos are not where its database says, and "
    "writes new ones beside them. It is meant for repairs",
    "DB_SKIP_MIGRATIONS": "the database stays as it is when the version changes, and the server fails on what it "
    "misses. It is meant for restoring a dump",
}
_TRUE: Final = ("true", "1", "yes", "on")
_MOST: Final = 30


def no_startup_probe(container: Container, context: Context) -> Iterator[Claim]:
    """IML303: the liveness probe kills a server that still migrates its database (I§2.9)."""
    least = load("immich_server")["startup_seconds"]["least"]
    liveness = probe(container, LIVENESS)
    startup = probe(container, STARTUP)
    if liveness is None or container.field(STARTUP).unknown or not liveness.action:
        return
    judged = startup or liveness
    seconds = judged.seconds
    if seconds is None or seconds >= least:
        return
    what = "startup probe gives" if startup is not None else "liveness probe, without a startup probe, gives"
    change = _longer(container, startup, least) if startup is not None else _startup(container, liveness)
    threshold = judged.view.field("failureThreshold")
    place = threshold.place or container.field(judged.kind).place or container.object.name_place
    if startup is None:
        place = _key(container, LIVENESS)
    yield Claim(
        f"The {what} {container.label} {seconds} seconds to start. Migrations after an upgrade, and new indexes over "
        f"many photos, take minutes: the kubelet kills the server in the middle of them, and they begin anew. Give it "
        f"{least} seconds with a startup probe.",
        place,
        change=change,
        no_fix="" if change else "Set `failureThreshold` and `periodSeconds` of the startup probe.",
    )


def _key(container: Container, kind: str) -> Place:
    place = container.field(kind).place
    if place is None:
        return container.object.name_place
    return place.key_of() if place.route and isinstance(place.route[-1], str) else place


def _startup(container: Container, liveness: Probe) -> Change | None:
    node = liveness.view.field(liveness.action).tree
    if node is None:
        return None
    if not is_settled(node):
        return None
    action: dict[str, Any] = {liveness.action: plain(node)}
    timeout = liveness.view.field("timeoutSeconds").value
    times = {"periodSeconds": 10, "failureThreshold": _MOST}
    value: Data = {
        **action,
        **times,
        **({"timeoutSeconds": timeout} if isinstance(timeout, int) and timeout != 1 else {}),
    }
    return Change("add a startup probe of 300 seconds", Safety.SAFE, (container.effect(STARTUP, value=value),))


def _longer(container: Container, startup: Probe, least: int) -> Change | None:
    period = startup.view.field("periodSeconds")
    every = 10 if period.absent else period.value
    if not isinstance(every, int) or every < 1:
        return None
    failures = -(-least // every)
    return Change(
        f"let the startup probe fail {failures} times",
        Safety.SAFE,
        (container.effect(STARTUP, "failureThreshold", value=failures),),
    )


def checks_disabled(container: Container, context: Context) -> Iterator[Claim]:
    """IML316: the server is told to skip its checks of the mounts, or its migrations (I§2.2, I§3.1)."""
    for source in sources(container):
        for variable in source.variables:
            if variable.name not in _SKIPS or not variable.known or variable.text.lower() not in _TRUE:
                continue
            place = variable.place or source.place_of(variable) or container.name_place
            effects = removed(source, variable, context.stack)
            yield Claim(
                f"`{variable.name}` is `{variable.text}` in {container.label}: {_SKIPS[variable.name]}, and not to "
                "stay.",
                place,
                change=Change(
                    f"remove `{variable.name}`",
                    Safety.UNSAFE,
                    effects,
                    after="The next start may end at the check, or run migrations that cannot be undone: see its log, "
                    "and have a backup.",
                )
                if effects
                else None,
                no_fix="" if effects else f"Remove `{variable.name}` when what it was set for is done.",
            )


def command_override(container: Container, context: Context) -> Iterator[Claim]:
    """IML311: a command that the image's start script does not know, or that goes round it (I§2.3)."""
    server = Server(container)
    found = words(container)
    if not found or server.version is None:
        return
    dead = dead_command(found, server.version)
    field = container.field("command") if container.field("command").known else container.field("args")
    place = field.place.key_of() if field.place is not None and field.place.route else container.name_place
    effects: tuple[Effect, ...] = tuple(
        container.effect(name, value=REMOVED) for name in ("command", "args") if container.field(name).known
    )
    change = Change(
        "start the image's own command",
        Safety.UNSAFE,
        effects,
        after="See that nothing else than the server was started by it.",
    )
    if dead is not None and not dead.component:
        yield Claim(
            f"The command of {container.label} has `{dead.word}`, which the image knows no longer since {dead.gone}: "
            "the container ends at once. The image starts the server by itself; leave `command` and `args` out.",
            place,
            severity=Severity.ERROR,
            change=change,
        )
    elif dead is None and any(word.startswith("dist/main") or word.endswith("/dist/main.js") for word in found):
        yield Claim(
            f"The command of {container.label} starts Node itself and skips the image's `start.sh`, which reads the "
            "`*_FILE` variables, sets the number of cores and loads its allocator. Leave `command` and `args` out.",
            place,
            change=change,
        )
