"""What belongs to a CNPG Cluster besides its backups: poolers, databases, image catalogs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.lenses.effective import Effective
from immichlint.stack.backups import CNPG, Cluster
from immichlint.stack.stack import Stack, may_share
from immichlint.stack.view import View

_NAMING: Final = ("Backup", "Database", "DatabaseRole", "Pooler", "Publication", "Subscription")
"""The kinds that name their Cluster in `spec.cluster.name`."""
_CATALOGS: Final = ("ImageCatalog", "ClusterImageCatalog")


class Member(View):
    """An object that names a Cluster, or that a Cluster names. `cluster`: that, None where it is not known."""

    __slots__ = ("cluster",)

    def __init__(self, effective: Effective, cluster: Cluster | None) -> None:
        super().__init__(effective)
        self.cluster = cluster


def members(stack: Stack) -> Iterator[Member]:
    """The objects of a stack that belong to Clusters, each with its Cluster where that is applied too."""
    clusters = [cluster for each in (stack, *stack.others) for cluster in each.clusters]
    for kind in _NAMING:
        for item in stack.of(kind, CNPG):
            yield Member(item, _named(View(item), clusters))
    for kind in _CATALOGS:
        for item in stack.of(kind, CNPG):
            yield Member(item, next((cluster for cluster in clusters if _takes(cluster, View(item), kind)), None))


def _named(view: View, clusters: list[Cluster]) -> Cluster | None:
    name = view.field("spec", "cluster", "name").text
    return next((item for item in clusters if item.name == name and may_share(item.namespace, view.namespace)), None)


def _takes(cluster: Cluster, catalog: View, kind: str) -> bool:
    reference = View(cluster.object, ("spec", "imageCatalogRef"))
    return reference.field("name").text == catalog.name and reference.field("kind").text == kind
