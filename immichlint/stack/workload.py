"""Workloads: what runs pods, and the containers in them."""

from __future__ import annotations

from typing import Final

from immichlint.lenses.effective import Effective
from immichlint.stack.container import Container
from immichlint.stack.variables import Lookup, variables
from immichlint.stack.view import View
from immichlint.trees.tree import Seq
from immichlint.yamltree.lookup import Route

POD_ROUTES: Final[dict[str, Route]] = {
    "Deployment": ("spec", "template", "spec"),
    "StatefulSet": ("spec", "template", "spec"),
    "DaemonSet": ("spec", "template", "spec"),
    "ReplicaSet": ("spec", "template", "spec"),
    "Job": ("spec", "template", "spec"),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
    "Pod": ("spec",),
}


class Workload(View):
    """An object that runs pods. `pod`: the view of its pod spec. `containers`: all of them, init containers
    included."""

    __slots__ = ("containers", "pod")

    def __init__(self, effective: Effective, find: Lookup) -> None:
        super().__init__(effective)
        route = POD_ROUTES[effective.manifest.kind]
        self.pod = View(effective, route)
        self.containers = tuple(
            Container(effective, (*route, section, index), self.pod, lambda view: variables(view, find))
            for section in ("containers", "initContainers")
            for index in range(_count(self.pod, section))
        )

    @property
    def running(self) -> tuple[Container, ...]:
        """The containers that run as long as the pod, native sidecars included."""
        return tuple(container for container in self.containers if container.runs_on)


def _count(pod: View, section: str) -> int:
    tree = pod.field(section).tree
    return len(tree.items) if isinstance(tree, Seq) else 0


def is_workload(effective: Effective) -> bool:
    """Whether an object runs pods."""
    return effective.manifest.kind in POD_ROUTES and effective.manifest.group in ("", "apps", "batch")
