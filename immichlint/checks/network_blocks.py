"""The check that network policies let Immich's own connections through."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.findings.finding import Confidence, Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.network_policies import EGRESS, INGRESS, are_all_known, selects
from immichlint.stack.view import View
from immichlint.yamltree.place import Place


def blocked(policy: View, context: Context) -> Iterator[Claim]:
    """IML710: a policy selects one of Immich's parts, and none lets through what it needs."""
    stack = context.stack
    said: dict[str, None] = {}
    others: dict[str, View] = {}
    for edge in stack.connections:
        ends = ((INGRESS, edge.target), (EGRESS, edge.source))
        for direction, own in ends if edge.source.namespace else ends[:1]:
            if not selects(policy, direction, own):
                continue
            found = stack.network.ruling(direction, edge)
            mine = found.allowed is False and found.covering[0].object is policy.object
            if mine and are_all_known(stack, own.namespace):
                verb = "reach" if direction == INGRESS else "get out to"
                way = f"{edge.source.says} cannot {verb} {edge.target.says} at port {edge.port}"
                said[f"{way} ({edge.fails})"] = None
                others.update({item.object.key: item for item in found.covering[1:]})
    if said:
        yield Claim(
            f"The {policy.object.manifest.kind} {policy.name} selects pods of Immich's, and no policy lets through "
            f"what they need: {'; '.join(said)}. {_enforced(policy)}Add a rule that lets it through.",
            _selector_place(policy),
            confidence=Confidence.MEDIUM,
            related=tuple(Related(item.object.name_place, "this policy selects them too") for item in others.values()),
            no_fix="which rule fits depends on what else these policies are for",
        )


def _enforced(policy: View) -> str:
    """What the claim rests on: not every network plugin looks at Kubernetes' own policies."""
    if policy.object.manifest.kind != "NetworkPolicy":
        return ""
    return "So it is where the network plugin enforces policies, as Cilium and Calico do and Flannel alone does not. "


def _selector_place(policy: View) -> Place:
    """The key of the selector, else what is written around it."""
    for name in ("podSelector", "endpointSelector"):
        place = policy.field("spec", name).place
        if place is not None:
            return place.key_of()
    return policy.nearest("spec", "podSelector")
