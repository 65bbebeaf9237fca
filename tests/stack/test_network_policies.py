"""Network policies: what they certainly let through, what they certainly refuse, and where nobody can tell."""

from __future__ import annotations

import pytest
from stack_files import stack_of

from immichlint.stack.network_policies import EGRESS, INGRESS, policies, ruling
from immichlint.stack.pods import Pods

NAME = "kubernetes.io/metadata.name"
ML = Pods("immich", {"app": "ml", "host": None}, complete=True, ports={"http": 3003}, says="ml")
SERVER = Pods("immich", {"app": "server"}, complete=True, ports={}, says="server")
OUTSIDE = Pods("other", {"app": "server"}, complete=False, ports=None, says="outside")


def policy(spec: str, kind: str = "NetworkPolicy", namespace: str = "immich") -> str:
    group = "networking.k8s.io/v1" if kind == "NetworkPolicy" else "cilium.io/v2"
    return f"{{apiVersion: {group}, kind: {kind}, metadata: {{name: one, namespace: {namespace}}}, spec: {{{spec}}}}}\n"


def verdict(text: str, source: Pods = SERVER, target: Pods = ML, port: int = 3003, direction: str = INGRESS) -> object:
    """What the policies of a file say; `free` where none certainly selects the pods."""
    stack = stack_of("# immich\n" + text)
    selected, other = (target, source) if direction == INGRESS else (source, target)
    found = ruling(policies(stack), direction, selected, other, (target, port), stack)
    return found.allowed if found.covering else "free"


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("podSelector: {}", False),
        ("podSelector: {matchLabels: {app: ml}}, ingress: [{}]", True),
        ("podSelector: {matchLabels: {app: wiki}}", "free"),
        ("podSelector: {matchLabels: {host: nas}}", "free"),
        ("podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [ml]}]}", "free"),
        ("podSelector: {matchExpressions: [{key: app, operator: Exists}]}", False),
        ("podSelector: {}, policyTypes: [Egress]", "free"),
        ("podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: server}}}]}]", True),
        ("podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: wiki}}}]}]", False),
        ("podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]", True),
        ("podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: photos}}}]}]", None),
        (f"podSelector: {{}}, ingress: [{{from: [{{namespaceSelector: {{matchLabels: {{{NAME}: a}}}}}}]}}]", False),
        (f"podSelector: {{}}, ingress: [{{from: [{{namespaceSelector: {{matchLabels: {{{NAME}: immich}}}}}}]}}]", True),
        ("podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]", None),
        ("podSelector: {}, ingress: [{ports: [{port: 2283}]}]", False),
        ("podSelector: {}, ingress: [{ports: [{port: 3000, endPort: 3010}]}]", True),
        ("podSelector: {}, ingress: [{ports: [{port: http}]}]", True),
        ("podSelector: {}, ingress: [{ports: [{port: metrics}]}]", False),
        ("podSelector: {}, ingress: [{ports: [{protocol: UDP, port: 3003}]}]", False),
        ("podSelector: {}, ingress: [{ports: [{protocol: TCP}]}]", True),
    ],
)
def test_what_a_policy_of_kubernetes_lets_in(spec: str, expected: object) -> None:
    assert verdict(policy(spec)) == expected


def test_policies_add_up() -> None:
    deny, allow = policy("podSelector: {}"), policy("podSelector: {}, ingress: [{from: [{podSelector: {}}]}]")
    assert verdict(f"{deny}---\n{allow}") is True
    perhaps = policy("podSelector: {matchLabels: {host: nas}}, ingress: [{}]")
    assert verdict(f"{deny}---\n{perhaps}") is None


def test_a_policy_of_another_namespace_selects_nothing_here() -> None:
    assert verdict(policy("podSelector: {}", namespace="other")) == "free"


def test_what_comes_from_another_namespace() -> None:
    assert verdict(policy("podSelector: {}, ingress: [{from: [{podSelector: {}}]}]"), source=OUTSIDE) is False
    labels = "ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {role: x}}}]}]"
    assert verdict(policy(f"podSelector: {{}}, {labels}"), source=OUTSIDE) is None


def test_the_way_out() -> None:
    assert verdict(policy("podSelector: {}, egress: []"), direction=EGRESS) is False
    only_dns = policy("podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}]}]")
    assert verdict(only_dns, direction=EGRESS) is False
    assert verdict(policy("podSelector: {}, ingress: []"), direction=EGRESS) == "free"


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("endpointSelector: {}, ingress: [{fromEndpoints: [{}]}]", True),
        ("endpointSelector: {}, ingress: [{fromEndpoints: [{matchLabels: {'k8s:app': wiki}}]}]", False),
        ("endpointSelector: {}, ingress: [{fromEntities: [cluster]}]", None),
        ("endpointSelector: {}, ingress: [{}]", None),
        ("endpointSelector: {}, ingress: [{toPorts: [{ports: [{port: '3003'}]}]}]", True),
        ("endpointSelector: {}, ingress: [{toPorts: [{ports: [{port: '2283'}]}]}]", False),
        ("endpointSelector: {}, ingress: [{toPorts: [{ports: [{port: '3003'}], rules: {http: [{}]}}]}]", None),
        ("endpointSelector: {}, egress: [{}]", "free"),
        ("endpointSelector: {}, enableDefaultDeny: {ingress: false}, ingress: [{}]", "free"),
        ("endpointSelector: {matchLabels: {io.kubernetes.pod.namespace: other}}, ingress: [{}]", "free"),
    ],
)
def test_what_a_policy_of_cilium_lets_in(spec: str, expected: object) -> None:
    assert verdict(policy(spec, "CiliumNetworkPolicy")) == expected
