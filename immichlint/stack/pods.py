"""Pods as network policies see them: where they are, which labels they have, which ports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from immichlint.gitops.manifest import text_at
from immichlint.named_tuple import NamedTuple
from immichlint.stack.backups import Cluster
from immichlint.stack.container import Container
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, get

_STATUS_PORT: Final = 8000
_CLUSTER_PORTS: Final = {"postgresql": 5432, "metrics": 9187, "status": _STATUS_PORT}


class Pods(NamedTuple):
    """Some pods. `labels`: those that are known, None for a value that is not. `complete`: whether there are no
    others. `ports`: the numbers of the named ports; None where others may exist. `says`: how a message names them."""

    namespace: str
    labels: Mapping[str, str | None]
    complete: bool
    ports: Mapping[str, int] | None
    says: str


def pods_of(container: Container) -> Pods:
    """The pods that a container runs in."""
    tree = get(container.tree, (*container.pod.route[:-1], "metadata", "labels"))
    labels = {key: _text(value) for key, value in tree.items.items()} if isinstance(tree, Map) else {}
    complete = tree is None or (isinstance(tree, Map) and not tree.open)
    return Pods(container.namespace, labels, complete, _ports(container), container.label)


def pods_of_cluster(cluster: Cluster) -> Pods:
    """The instances of a Cluster: CNPG labels them with its name, and may add others (C§6)."""
    labels = {"cnpg.io/cluster": cluster.name, "cnpg.io/podRole": "instance"}
    says = f"the instances of the Cluster {cluster.name}"
    return Pods(cluster.namespace, labels, complete=False, ports=_CLUSTER_PORTS, says=says)


def _text(leaf: Tree) -> str | None:
    value = leaf.value if isinstance(leaf, Leaf) and not isinstance(leaf.value, Hole) else None
    return value if isinstance(value, str) else None


def _ports(container: Container) -> dict[str, int] | None:
    section = get(container.tree, (*container.pod.route, "containers"))
    found: dict[str, int] = {}
    for item in section.items if isinstance(section, Seq) else ():
        ports = item.items.get("ports") if isinstance(item, Map) else None
        if isinstance(ports, (Map, Seq)) and ports.open:
            return None
        for port in ports.items if isinstance(ports, Seq) else ():
            number = get(port, ("containerPort",))
            if isinstance(number, Leaf) and isinstance(number.value, int):
                found[text_at(port, "name")] = number.value
    return found
