"""Network policies: which pods they select, and which connections they let through. Kubernetes' own and Cilium's add
up: what no policy that selects a pod lets through is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from immichlint.gitops.manifest import text_at
from immichlint.gitops.named import objects_of
from immichlint.named_tuple import NamedTuple
from immichlint.stack.connections import Connection
from immichlint.stack.pods import Pods
from immichlint.stack.selectors import Verdict, every, matches, some
from immichlint.stack.stack import Stack, may_share
from immichlint.stack.view import View
from immichlint.text.whole import whole
from immichlint.trees.field import look
from immichlint.trees.tree import Leaf, Map, Seq, Tree, get

INGRESS: Final = "ingress"
EGRESS: Final = "egress"
KINDS: Final = {
    "NetworkPolicy": "networking.k8s.io",
    "CiliumNetworkPolicy": "cilium.io",
    "CiliumClusterwideNetworkPolicy": "cilium.io",
}
_OTHERS: Final = ("crd.projectcalico.org", "projectcalico.org", "policy.networking.k8s.io", "crd.antrea.io")
"""Groups whose policies may allow or refuse before these are asked."""
_PEERS: Final = {INGRESS: ("from", "fromEndpoints"), EGRESS: ("to", "toEndpoints")}
_NAMESPACE: Final = "kubernetes.io/metadata.name"
_CILIUM_NAMESPACE: Final = "io.kubernetes.pod.namespace"
_PREFIXES: Final = ("k8s:", "any:")
_RULE_KEYS: Final = frozenset({"from", "to", "ports", "fromEndpoints", "toEndpoints", "toPorts"})


class Ruling(NamedTuple):
    """What the policies of a stack say of a connection at one of its ends. `allowed`: None where nobody can tell.
    `covering`: the policies that certainly select that end."""

    allowed: Verdict
    covering: tuple[View, ...]


def policies(stack: Stack) -> Iterator[View]:
    """All policies of what is applied together."""
    for kind, group in KINDS.items():
        yield from (View(item) for item in stack.everywhere(kind, group))


def are_all_known(stack: Stack, namespace: str) -> bool:
    """Whether no other policy may reach a namespace: none of another kind, and none in a file that is not known to be
    applied."""
    found = (stack, *stack.others)
    if any(item.manifest.group in _OTHERS for other in found for item in other.objects):
        return False
    if any(other.environment.missing for other in found) or stack.around is None:
        return False
    if any(_may_bring(release.values) for other in found for release in other.released):
        return False
    around = stack.around()
    return not any(
        manifest.home not in around.homes and may_share(manifest.namespace, namespace)
        for kind, group in KINDS.items()
        for manifest in objects_of(around.repository, kind, group)
    )


def _may_bring(values: Map) -> bool:
    """Whether the values of a chart ask for policies of its own."""
    return any(key.lower() in ("networkpolicy", "networkpolicies") for key in values.items)


class Network:
    """The network policies of a stack, and what they say of its connections: asked once, not for each policy."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._policies = tuple(policies(stack))
        self._rulings: dict[tuple[str, int], Ruling] = {}

    def ruling(self, direction: str, connection: Connection) -> Ruling:
        """What the policies say of one of the stack's connections, at the end that a direction means."""
        key = (direction, id(connection))  # the stack keeps it
        if key not in self._rulings:
            ends = (connection.target, connection.source)
            selected, other = ends if direction == INGRESS else reversed(ends)
            port = (connection.target, connection.port)
            self._rulings[key] = ruling(self._policies, direction, selected, other, port, self._stack)
        return self._rulings[key]


def ruling(
    found: Iterable[View], direction: str, selected: Pods, other: Pods, port: tuple[Pods, int], stack: Stack
) -> Ruling:
    """What policies say of a connection at the end of the pods `selected`. `port`: whose port it is, and which."""
    covering: list[View] = []
    verdict: Verdict = False
    for policy in found:
        applies = selects(policy, direction, selected)
        if applies is False:
            continue
        lets = some(_lets(policy, rule, direction, other, port, stack) for rule in _rules(policy, direction))
        if applies:
            covering.append(policy)
            verdict = some((verdict, lets))
        elif lets is not False:
            verdict = some((verdict, None))
    return Ruling(verdict if covering else True, tuple(covering))


def _is_cilium(policy: View) -> bool:
    return policy.object.manifest.group == "cilium.io"


def _rules(policy: View, direction: str) -> Iterator[Tree]:
    tree = policy.field("spec", direction).tree
    if isinstance(tree, Seq):
        yield from tree.items
        if tree.open:
            yield Leaf(None, ())


def selects(policy: View, direction: str, pods: Pods) -> Verdict:
    """Whether a policy selects pods and governs a direction."""
    here = _is_where(policy, pods.namespace)
    if here is False:  # as most policies are
        return False
    if not policy.field("specs").absent or policy.field("spec").unknown:
        return None
    if _is_cilium(policy):
        selector = policy.field("spec", "endpointSelector").tree
        return every((here, _endpoint(selector, pods), _governs_cilium(policy, direction)))
    chosen = matches(policy.field("spec", "podSelector").tree, pods.labels, complete=pods.complete)
    return every((here, chosen, _governs(policy, direction)))


def _is_where(policy: View, namespace: str) -> Verdict:
    """Whether a policy speaks of the pods of a namespace, which is empty where it is not known."""
    home = policy.namespace
    if _is_cilium(policy) and (not home or policy.object.manifest.kind == "CiliumClusterwideNetworkPolicy"):
        return True
    return home == namespace if home and namespace else None


def _governs(policy: View, direction: str) -> Verdict:
    types = policy.field("spec", "policyTypes")
    if types.unknown:
        return None
    if types.absent:
        return direction == INGRESS or policy.field("spec", EGRESS).known
    names = [item.value if isinstance(item, Leaf) else None for item in getattr(types.tree, "items", ())]
    return direction.capitalize() in names if all(isinstance(name, str) for name in names) else None


def _governs_cilium(policy: View, direction: str) -> Verdict:
    switch = policy.field("spec", "enableDefaultDeny", direction)
    if not switch.absent:
        return False if switch.value is False else None
    rules, denied = policy.field("spec", direction), policy.field("spec", f"{direction}Deny")
    return None if rules.unknown or not denied.absent else rules.known


def _lets(policy: View, rule: Tree, direction: str, other: Pods, port: tuple[Pods, int], stack: Stack) -> Verdict:
    """Whether a rule lets a connection through."""
    if (
        not isinstance(rule, Map)
        or rule.open
        or set(rule.items) - _RULE_KEYS
        or (_is_cilium(policy) and not rule.items)
    ):
        return None
    key = _PEERS[direction][1 if _is_cilium(policy) else 0]
    peers = rule.items.get(key)
    listed = peers.items if isinstance(peers, Seq) else []
    who: Verdict = True
    if listed:
        who = some(_peer(policy, peer, other, stack) for peer in listed)
    elif peers is not None and not isinstance(peers, Seq):
        who = None
    return every((who, _ports(rule.items.get("toPorts" if _is_cilium(policy) else "ports"), port)))


def _peer(policy: View, peer: Tree, pods: Pods, stack: Stack) -> Verdict:
    if not isinstance(peer, Map) or "ipBlock" in peer.items:
        return None
    if _is_cilium(policy):
        if _names_namespace(peer) or policy.object.manifest.kind == "CiliumClusterwideNetworkPolicy":
            return _endpoint(peer, pods)
        return every((policy.namespace == pods.namespace if pods.namespace else None, _endpoint(peer, pods)))
    chosen = peer.items.get("namespaceSelector")
    if chosen is not None:
        where = matches(chosen, _namespace_labels(pods.namespace, stack), complete=False) if pods.namespace else None
    else:
        where = policy.namespace == pods.namespace if policy.namespace and pods.namespace else None
    selector = peer.items.get("podSelector")
    return every((where, True if selector is None else matches(selector, pods.labels, complete=pods.complete)))


def _namespace_labels(namespace: str, stack: Stack) -> dict[str, str | None]:
    """The labels of a namespace: its name, and those of its manifest."""
    found = stack.find("Namespace", "", "", namespace)
    tree = look(found.manifest.tree, ("metadata", "labels")).tree if found is not None else None
    own = tree.items.items() if isinstance(tree, Map) else ()
    labels = {key: value.value if isinstance(value, Leaf) else None for key, value in own}
    return {**{key: text if isinstance(text, str) else None for key, text in labels.items()}, _NAMESPACE: namespace}


def _endpoint(selector: Tree | None, pods: Pods) -> Verdict:
    """Whether one of Cilium's selectors selects pods: its labels may have a prefix for where they come from."""
    labels: dict[str, str | None] = {**pods.labels, _CILIUM_NAMESPACE: pods.namespace or None}
    for prefix in _PREFIXES:
        labels.update({f"{prefix}{key}": value for key, value in labels.items() if ":" not in key})
    special = f"{_CILIUM_NAMESPACE}.labels"
    if any(special in key or "reserved" in key or "io.cilium" in key for key in _keys(selector)):
        return None
    return matches(selector, labels, complete=pods.complete)


def _names_namespace(selector: Map) -> bool:
    return any(_CILIUM_NAMESPACE in key for key in _keys(selector))


def _keys(selector: Tree | None) -> Iterator[str]:
    labels = get(selector, ("matchLabels",)) if selector is not None else None
    yield from labels.items if isinstance(labels, Map) else ()
    expressions = get(selector, ("matchExpressions",)) if selector is not None else None
    yield from (text_at(item, "key") for item in (expressions.items if isinstance(expressions, Seq) else ()))


def _ports(ports: Tree | None, port: tuple[Pods, int]) -> Verdict:
    if ports is None or (isinstance(ports, Seq) and not ports.items and not ports.open):
        return True
    if not isinstance(ports, Seq) or ports.open:
        return None
    return some(_port(item, port) for item in ports.items)


def _port(item: Tree, port: tuple[Pods, int]) -> Verdict:
    pods, number = port
    inner = get(item, ("ports",))
    if inner is not None:  # Cilium's; what it has besides narrows it further.
        only = isinstance(item, Map) and set(item.items) == {"ports"}
        found = _ports(inner, port)
        return found if only or found is False else None
    protocol, asked = look(item, ("protocol",)), look(item, ("port",))
    if protocol.unknown or asked.unknown:
        return None
    if protocol.text not in (None, "TCP", "ANY"):
        return False
    if asked.absent:
        return True
    last = look(item, ("endPort",))
    first = asked.value if asked.text is None else whole(asked.text)
    if asked.text is not None and first is None:  # It is called by its name.
        return None if pods.ports is None else pods.ports.get(asked.text) == number
    first = first if isinstance(first, int) else -1
    if last.unknown:
        return None
    return first <= number <= last.value if isinstance(last.value, int) else first in (number, 0)
