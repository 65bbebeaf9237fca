"""Upgrades that Immich does not make: down, or over a version that has to run in between (IML605)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from immichlint.facts import load
from immichlint.findings.finding import Related, Severity
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.image import MACHINE_LEARNING, SERVER, Version
from immichlint.stack.stack import Stack
from immichlint.stack.version_facts import variable_facts, version


def path(container: Container, context: Context) -> Iterator[Claim]:
    """IML605: an earlier revision ran a server that this one cannot follow (I§1.4). Exact versions only."""
    if context.before is None or container.component != SERVER:
        return
    earlier = former(container, context.before, context.stack)
    old, new = _version(earlier), _version(container)
    place = container.tag_place or container.name_place
    if old is None or new is None:
        return
    if new < old:
        why = load("immich_releases")["downgrades"]["why"]
        yield Claim(
            f"This takes the server from {old} down to {new}. Immich supports no downgrade, not even of a patch "
            f"release: {why}. Keep {old} or a later one; the way back is to restore a backup from before the upgrade.",
            place,
            no_fix=f"write {old} again, or restore the database from before",
        )
        return
    for gate in load("immich_releases")["gates"]:
        if new >= version(gate["since"]) and old < version(gate["through"]):
            yield Claim(
                f"This takes the server from {old} to {new} in one step, and {gate['why']}: the server does not "
                f"start. Go to {_between(gate)} first, let it start once, and then on.",
                place,
                no_fix=f"write {_between(gate)}, let the server start once, and then on",
            )
            return
    if old.major < new.major:
        yield from _lost(container, old, new, context.stack)


def _lost(container: Container, old: Version, new: Version, stack: Stack) -> Iterator[Claim]:
    """What a new major version no longer reads of what the stack sets (I§1.5)."""
    gone = [fact for fact in variable_facts().values() if fact.is_gone(new) and not fact.is_gone(old)]
    related: dict[str, Related] = {}
    for item in (item for each in (stack, *stack.others) for item in each.containers):
        for fact in gone if item.component in (SERVER, MACHINE_LEARNING) else ():
            place = item.variable(fact.name).place
            if place is not None:
                instead = f"`{fact.successor}` takes its place" if fact.successor else fact.advice
                related.setdefault(fact.name, Related(place, instead or "nothing takes its place"))
    if related:
        names = ", ".join(f"`{name}`" for name in related)
        yield Claim(
            f"This takes the server from {old} to {new}, a new major version, which no longer reads what this stack "
            f"sets: {names}. Read its release notes, and take a backup of the database first: there is no way back.",
            container.tag_place or container.name_place,
            severity=Severity.WARNING,
            related=tuple(related.values()),
            no_fix="IML306 mends the variables",
        )


def former(container: Container, before: Iterable[Stack], stack: Stack) -> Container | None:
    """What a container was at an earlier revision: the one of its name in its workload, first in the environment of
    the same name; else the only container of the component there was. None where that is not certain."""
    stacks = sorted(before, key=lambda item: item.name != stack.name)
    alike = [item for each in stacks for item in each.containers if _identity(item) == _identity(container)]
    if alike:
        same = [item for item in alike if item.object.environment == container.object.environment]
        versions = {_version(item) for item in alike}
        return same[0] if same else alike[0] if len(versions) == 1 else None
    others = [item for each in stacks for item in each.components(container.component)]
    now = [item for each in (stack, *stack.others) for item in each.components(container.component)]
    return others[0] if len(others) == len(now) == 1 else None


def _identity(container: Container) -> tuple[str, str, str, str]:
    manifest = container.object.manifest
    return manifest.kind, manifest.namespace, manifest.name, container.label


def _version(container: Container | None) -> Version | None:
    image = container.image if container is not None else None
    return image.version if image is not None else None


def _between(gate: dict[str, Any]) -> str:
    until = gate["until"]
    return f"a version from v{gate['through']} on" + (f" that is older than v{until}" if until else "")
