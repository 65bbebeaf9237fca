"""The check of rollouts: a new pod waits for a volume that the old one holds (I§2.8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.findings.change import Change, Effect, Safety
from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.server import is_long_running
from immichlint.stack.stack import Stack
from immichlint.stack.storage import BLOCK, claim_of, kind_of_class
from immichlint.stack.view import View
from immichlint.trees.tree import Leaf, Seq
from immichlint.yamltree.place import Place

_POD_ONLY: Final = "ReadWriteOncePod"
_NO_SURGE: Final = (0, "0", "0%")


def rolling_update(container: Container, context: Context) -> Iterator[Claim]:
    """IML309: a Deployment starts a second pod beside the one that holds a volume of one node."""
    if container.object.manifest.kind != "Deployment" or not is_long_running(container):
        return
    held = _held(container, context.stack)
    if held is None:
        return
    claim, mode = held
    view = View(container.object)
    replicas = view.field("spec", "replicas")
    strategy = view.field("spec", "strategy", "type")
    surge = view.field("spec", "strategy", "rollingUpdate", "maxSurge")
    related = (Related(claim.object.name_place, "the claim"),)
    what = f"the claim {claim.name}, which is {mode}"
    if isinstance(replicas.value, int) and replicas.value > 1 and replicas.place is not None:
        yield Claim(
            f"The Deployment {container.name} has {replicas.value} replicas that share {what}: pods on other nodes "
            "wait for it forever.",
            replicas.place,
            related=related,
            no_fix="Run one replica, or use a volume that several nodes can mount (ReadWriteMany).",
        )
        return
    if strategy.unknown or surge.unknown or strategy.text not in (None, "RollingUpdate"):
        return
    if strategy.absent and view.field("spec", "strategy").unknown:
        return
    if surge.value in _NO_SURGE or replicas.unknown or replicas.value == 0:
        return
    by_default = "" if strategy.known else ", which is the default"
    yield Claim(
        f"The Deployment {container.name} is updated by RollingUpdate{by_default}: the new pod starts before the old "
        f"one ends and waits for {what}. On another node it waits forever (`Multi-Attach error`), and the rollout is "
        "stuck. Let it end first.",
        strategy.place or _place(view),
        related=related,
        change=Change("end the old pod first", Safety.SAFE, _one_after_the_other(view, by_default=not strategy.known)),
    )


def _place(view: View) -> Place:
    found = view.field("spec").place
    return found.key_of() if found is not None and found.route and view.object.source is view.object.manifest else (
        view.object.name_place)  # fmt: skip


def _one_after_the_other(view: View, *, by_default: bool) -> tuple[Effect, ...]:
    kind = (view.effect("spec", "strategy", "type", value="RollingUpdate"),) if by_default else ()
    return (
        *kind,
        view.effect("spec", "strategy", "rollingUpdate", "maxSurge", value=0),
        view.effect("spec", "strategy", "rollingUpdate", "maxUnavailable", value=1),
    )


def _held(container: Container, stack: Stack) -> tuple[View, str] | None:
    """A mounted claim that only one node, or one pod, can have."""
    for mount in container.mounts:
        claim = claim_of(mount, container, stack)
        if claim is None or not claim.field("spec", "volumeName").absent:
            continue
        modes = claim.field("spec", "accessModes").tree
        known = [item.value for item in modes.items if isinstance(item, Leaf)] if isinstance(modes, Seq) else []
        if len(known) != 1 or (isinstance(modes, Seq) and modes.open):
            continue
        name = claim.field("spec", "storageClassName").text
        if known == [_POD_ONLY]:
            return claim, _POD_ONLY
        if known == ["ReadWriteOnce"] and name and kind_of_class(name, stack) == BLOCK:
            return claim, f"ReadWriteOnce on the class {name}"
    return None
