"""The check of rollouts: a new pod waits for a volume that the old one holds (I§2.8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.findings.change import Change, Safety
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
_NODE: Final = "kubernetes.io/hostname"
_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
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
    stays = mode != _POD_ONLY and _stays_on_a_node(container)
    if isinstance(replicas.value, int) and replicas.value > 1 and replicas.place is not None and not stays:
        yield Claim(
            f"The Deployment {container.name} has {replicas.value} replicas that share {what}: pods on other nodes "
            "wait for it forever.",
            replicas.place,
            related=related,
            no_fix="Run one replica, or use a volume that several nodes can mount (ReadWriteMany).",
        )
        return
    other = _sharing(container, claim, context.stack)
    if other is not None:
        yield Claim(
            f"The Deployments {container.name} and {other.name} both mount {what}: where their pods are on two nodes, "
            "one of them waits for the volume forever (`Multi-Attach error`).",
            container.name_place,
            related=(*related, Related(other.name_place, "the other Deployment")),
            no_fix="Use a volume that several nodes can mount (ReadWriteMany), or keep both pods on one node "
            "(podAffinity).",
        )
    if stays or strategy.unknown or surge.unknown or strategy.text not in (None, "RollingUpdate"):
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
        change=_recreated(view) if _is_made(view) else _one_after_the_other(view, by_default=not strategy.known),
    )


def _sharing(container: Container, claim: View, stack: Stack) -> Container | None:
    """A container of another Deployment, later in order of names, that mounts the same claim and may run on another
    node."""
    if not _may_go_anywhere(container):
        return None
    for other in (item for there in (stack, *stack.others) for item in there.containers):
        later = other.object.manifest.kind == "Deployment" and other.name > container.name
        if later and other.namespace == container.namespace and _may_go_anywhere(other):
            claims = (claim_of(mount, other, stack) for mount in other.mounts)
            if any(item is not None and item.object.key == claim.object.key for item in claims):
                return other
    return None


def _may_go_anywhere(container: Container) -> bool:
    """Whether nothing says on which node the pod runs."""
    return all(container.pod.field(name).absent for name in ("affinity", "nodeSelector", "nodeName"))


def _stays_on_a_node(container: Container) -> bool:
    """Whether each pod certainly or perhaps goes to the node of the one before it, which may mount the volume twice:
    a node is named, or other pods whose node it has to share."""
    pod = container.pod
    if not pod.field("nodeName").absent or not pod.field("nodeSelector", _NODE).absent:
        return True
    from immichlint.stack.makers import holds

    nodes = pod.field("affinity", "nodeAffinity", _REQUIRED)
    pods = pod.field("affinity", "podAffinity", _REQUIRED)
    return nodes.unknown or pods.unknown or any(holds(tree, _NODE) for tree in (nodes.tree, pods.tree) if tree)


def _is_made(view: View) -> bool:
    """Whether a release makes the Deployment: what it says of a rolling update is not all of what reaches it."""
    return view.object.source is not view.object.manifest


def _place(view: View) -> Place:
    found = view.field("spec").place
    return view.object.name_place if found is None or not found.route or _is_made(view) else found.key_of()


def _one_after_the_other(view: View, *, by_default: bool) -> Change:
    kind = (view.effect("spec", "strategy", "type", value="RollingUpdate"),) if by_default else ()
    effects = (
        *kind,
        view.effect("spec", "strategy", "rollingUpdate", "maxSurge", value=0),
        view.effect("spec", "strategy", "rollingUpdate", "maxUnavailable", value=1),
    )
    return Change("end the old pod first", Safety.SAFE, effects)


def _recreated(view: View) -> Change:
    return Change(
        "recreate the pod",
        Safety.UNSAFE,
        (view.effect("spec", "strategy", "type", value="Recreate"),),
        after="With server-side apply the API server refuses this once, because the Deployment that exists still has "
        "the defaults of a rolling update: delete it, without its claim, and let it be made anew.",
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
