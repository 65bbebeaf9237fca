"""Stacks: what is applied together, as workloads, clusters and backups that refer to each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING

from immichlint.gitops.environment import Environment
from immichlint.gitops.picture import Picture, picture
from immichlint.gitops.stand_in import CHART, VALUES
from immichlint.lenses.effective import Effective
from immichlint.repo.repository import Repository
from immichlint.stack.applied import Applied, applied
from immichlint.stack.backups import BARMAN, CNPG, Cluster, ObjectStore, ScheduledBackup
from immichlint.stack.container import Container
from immichlint.stack.external_secret import GROUP as EXTERNAL_SECRETS
from immichlint.stack.external_secret import ExternalSecret
from immichlint.stack.use import use_of
from immichlint.stack.variables import Lookup
from immichlint.stack.view import View
from immichlint.stack.workload import Workload, is_workload

if TYPE_CHECKING:
    from immichlint.stack.connections import Connection
    from immichlint.stack.network_policies import Network
    from immichlint.stack.releases import ChartRelease
    from immichlint.stack.routes import Route
    from immichlint.stack.services import Service
    from immichlint.stack.sought import Sought
    from immichlint.stack.surroundings import Surroundings


class Stack:
    """One environment's objects. `environment`: what applies them and how; its name, engine and cluster are here
    too. `applied`: what it comes to by itself; its objects and releases are here too. `others`: the environments that
    may be applied beside it. `repository`: what it is made of, and `around`: gives what surrounds it there; None of a
    stack that stands alone."""

    def __init__(self, environment: Environment, applied: Applied) -> None:
        self.environment = environment
        self.name = environment.name
        self.engine = environment.engine
        self.cluster = environment.cluster
        self.applied = applied
        self.objects = applied.objects
        self.released = applied.released
        self.others: tuple[Stack, ...] = ()
        self.around: Callable[[], Surroundings] | None = None
        self.repository: Repository | None = None
        self._sought: dict[tuple[str, str, str, str], Sought] = {}
        self._inhabitants: dict[str, tuple[Workload, ...]] = {}

    def of(self, kind: str, group: str) -> Iterable[Effective]:
        """The objects of a kind."""
        return self.applied.of(kind, group)

    @cached_property
    def connections(self) -> tuple[Connection, ...]:
        """The connections that Immich needs, as far as they are certain."""
        from immichlint.stack.connections import connections

        return tuple(connections(self))

    @cached_property
    def network(self) -> Network:
        """The network policies of what is applied together."""
        from immichlint.stack.network_policies import Network

        return Network(self)

    @cached_property
    def custom(self) -> tuple[Effective, ...]:
        """The objects of kinds whose groups have a domain, without CNPG's."""
        kinds = {key for key in self.applied.by_kind if "." in key[1] and key[1] not in (CNPG, BARMAN)}
        return tuple(item for item in self.objects if (item.manifest.kind, item.manifest.group) in kinds)

    @property
    def namespaces(self) -> frozenset[str]:
        """The namespaces of the objects, as far as they are known."""
        return self.applied.namespaces

    def everywhere(self, kind: str, group: str) -> Iterator[Effective]:
        """The objects of a kind in this environment, then those in the environments that may be applied beside it."""
        return (item for stack in (self, *self.others) for item in stack.of(kind, group))

    def find(self, kind: str, group: str, namespace: str, name: str) -> Effective | None:
        """The object of this name: here, else in the only other environment that has it."""
        here = self._named(kind, group, namespace, name)
        if here:
            return here[0]
        there = [found for other in self.others for found in other._named(kind, group, namespace, name)]
        return there[0] if len(there) == 1 else None

    def seek(self, kind: str, group: str, namespace: str, name: str) -> Sought:
        """Whether the object of this name is there: `Found`, `Elsewhere`, `Absent` or `Unknown`. `namespace` is
        empty where it is not known."""
        key = (kind, group, namespace, name)
        if key not in self._sought:
            from immichlint.stack.seek import seek

            self._sought[key] = seek(self, *key)
        return self._sought[key]

    def _named(self, kind: str, group: str, namespace: str, name: str) -> list[Effective]:
        found = self.applied.named(kind, group, name)
        return [item for item in found if may_share(item.manifest.namespace, namespace)]

    @cached_property
    def workloads(self) -> tuple[Workload, ...]:
        """What runs pods."""
        return tuple(Workload(item, self._lookup(item)) for item in self.objects if is_workload(item))

    def _workloads_near(self, namespace: str) -> Iterator[Workload]:
        """The workloads that may be in a namespace: here, then elsewhere."""
        return (item for stack in (self, *self.others) for item in stack._workloads_in(namespace))

    def _workloads_in(self, namespace: str) -> tuple[Workload, ...]:
        if namespace not in self._inhabitants:
            found = tuple(item for item in self.workloads if may_share(item.namespace, namespace))
            self._inhabitants[namespace] = found
        return self._inhabitants[namespace]

    def _lookup(self, item: Effective) -> Lookup:
        def find(kind: str, name: str) -> View | None:
            namespace = item.manifest.namespace
            found = self.find(kind, "", namespace, name)
            if found is not None:
                return View(found)
            return self._external_secret(namespace, name) if kind == "Secret" else None

        return find

    def _external_secret(self, namespace: str, name: str) -> ExternalSecret | None:
        """The ExternalSecret that makes a Secret, where there is exactly one: here, else elsewhere."""
        for stacks in ((self,), self.others):
            made = [
                view
                for stack in stacks
                for item in stack.of("ExternalSecret", EXTERNAL_SECRETS)
                if (view := ExternalSecret(item)).secret_name == name and may_share(view.namespace, namespace)
            ]
            if made:
                return made[0] if len(made) == 1 else None
        return None

    @cached_property
    def containers(self) -> tuple[Container, ...]:
        """All containers of all workloads."""
        return tuple(container for workload in self.workloads for container in workload.containers)

    def components(self, component: str) -> tuple[Container, ...]:
        """The containers of a component that run as long as their pod."""
        return self._by_component.get(component, ())

    @cached_property
    def _by_component(self) -> dict[str, tuple[Container, ...]]:
        found: dict[str, tuple[Container, ...]] = {}
        for item in self.containers:
            if item.runs_on:
                found[item.component] = (*found.get(item.component, ()), item)
        return found

    @cached_property
    def services(self) -> tuple[Service, ...]:
        """The Services that are manifests or that charts make, each with the workloads that it selects."""
        found = self.of("Service", "")
        if not found:
            return ()
        from immichlint.stack.services import Service

        return tuple(Service(item, self._workloads_near) for item in found)

    def services_named(self, name: str, namespace: str) -> Iterator[Service]:
        """The Services of a name and a namespace: here, then elsewhere."""
        return (item for stack in (self, *self.others) for item in stack._services_by_name.get((name, namespace), ()))

    @cached_property
    def _services_by_name(self) -> dict[tuple[str, str], list[Service]]:
        found: dict[tuple[str, str], list[Service]] = {}
        for item in self.services:
            found.setdefault((item.name, item.namespace), []).append(item)
        return found

    @property
    def all_services(self) -> Iterator[Service]:
        """The Services here, then those of the environments that may be applied beside it."""
        return (service for stack in (self, *self.others) for service in stack.services)

    @cached_property
    def parts(self) -> tuple[Container, ...]:
        """The containers that are Immich's: its components, and the cache and the database that they use."""
        if not self.containers:
            return ()
        from immichlint.stack.parts import parts

        return tuple(parts(self))

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """What leads requests from outside to Services."""
        from immichlint.stack.routes import routes

        return tuple(routes(self))

    @cached_property
    def uncomputed(self) -> frozenset[str]:
        """The objects, by identity, that a lens tells from an older version of their chart, or that are uncertain."""
        return frozenset(item.key for stack in (self, *self.others) for item in stack.objects if not item.computed)

    @cached_property
    def releases(self) -> tuple[ChartRelease, ...]:
        """The releases of charts, each with the containers that it makes."""
        if not self.released:
            return ()
        from immichlint.stack.releases import ChartRelease

        return tuple(ChartRelease(item, self) for item in self.released)

    @cached_property
    def unreleased(self) -> frozenset[str]:
        """The files of Immich's charts and values that nothing in the repository is seen to release."""
        found = [release for release in self.released if release.manifest.kind in (CHART, VALUES)]
        if not found:
            return frozenset()
        from immichlint.stack.releases import ChartRelease

        return frozenset(item.manifest.home.document.path for item in found if ChartRelease(item, self).runs_immich)

    @cached_property
    def clusters(self) -> tuple[Cluster, ...]:
        """The CNPG Clusters, each with its use by Immich; a patch or a health check is none."""
        found = tuple(Cluster(item) for item in self.of("Cluster", CNPG) if View(item).field("spec").known)
        if not found:
            return ()
        containers = [item for stack in (self, *self.others) for item in stack.containers]
        clusters = [Cluster(item) for item in self.everywhere("Cluster", CNPG)]
        databases = [View(item) for item in self.everywhere("Database", CNPG)]
        for cluster in found:
            cluster.use = use_of(cluster, containers, clusters, databases)
        return found

    @cached_property
    def scheduled_backups(self) -> tuple[ScheduledBackup, ...]:
        """The ScheduledBackups, each with its Cluster where that is applied too."""
        found = tuple(ScheduledBackup(item) for item in self.of("ScheduledBackup", CNPG))
        for backup in found:
            backup.cluster = self._cluster(backup)
        return found

    def _cluster(self, backup: ScheduledBackup) -> Cluster | None:
        found = (
            item for stack in (self, *self.others) for item in stack._clusters_by_name.get(backup.cluster_name, ())
        )
        return next((item for item in found if may_share(item.namespace, backup.namespace)), None)

    @cached_property
    def _clusters_by_name(self) -> dict[str, list[Cluster]]:
        found: dict[str, list[Cluster]] = {}
        for item in self.clusters:
            found.setdefault(item.name, []).append(item)
        return found

    @cached_property
    def object_stores(self) -> tuple[ObjectStore, ...]:
        """The ObjectStores, each with the Clusters that write to it."""
        found = tuple(ObjectStore(item) for item in self.of("ObjectStore", BARMAN))
        known = {(item.manifest.namespace, item.manifest.name) for item in self.everywhere("ObjectStore", BARMAN)}
        for store in found:
            writers = (item for stack in (self, *self.others) for item in stack._writers.get(store.name, ()))
            # A store that may be anywhere is not that of a Cluster with one in its own namespace.
            store.clusters = tuple(
                item
                for item in writers
                if item.namespace == store.namespace
                or (may_share(item.namespace, store.namespace) and (item.namespace, store.name) not in known)
            )
        return found

    @cached_property
    def _writers(self) -> dict[str, list[Cluster]]:
        """The Clusters by the name of the ObjectStore that their plugin writes to."""
        found: dict[str, list[Cluster]] = {}
        for item in self.clusters:
            name = _store_name(item)
            if name is not None:
                found.setdefault(name, []).append(item)
        return found

    def backups_of(self, cluster: Cluster) -> tuple[ScheduledBackup, ...]:
        """The ScheduledBackups of a Cluster."""
        return tuple(
            backup
            for stack in (self, *self.others)
            for backup in stack.scheduled_backups
            if backup.cluster_name == cluster.name and _is_of(backup, cluster)
        )

    def takes_backup(self, backup: ScheduledBackup) -> bool:
        """Whether a Backup of the same Cluster is applied too: it takes a base backup when it is created."""
        return any(
            View(item).field("spec", "cluster", "name").text == backup.cluster_name
            and may_share(item.manifest.namespace, backup.namespace)
            for item in self.everywhere("Backup", CNPG)
        )

    def store_of(self, cluster: Cluster) -> ObjectStore | None:
        """The ObjectStore that a Cluster's plugin writes to, where it is applied too: one that is certainly in its
        namespace comes first."""
        name = _store_name(cluster)
        if name is None:
            return None
        stores = [item for stack in (self, *self.others) for item in stack.object_stores if item.name == name]
        same = (item for item in stores if item.namespace == cluster.namespace)
        return next(same, None) or next((item for item in stores if may_share(cluster.namespace, item.namespace)), None)


def _store_name(cluster: Cluster) -> str | None:
    """The name of the ObjectStore that a Cluster's plugin writes to; None where none is known."""
    plugin = cluster.barman_plugin
    return plugin.store.text if plugin is not None and plugin.enabled else None


def _is_of(backup: ScheduledBackup, cluster: Cluster) -> bool:
    """Whether a ScheduledBackup that has a Cluster's name is that Cluster's, or may be: where nothing says in which
    namespace it is, one that is applied with it comes first."""
    beside = backup.cluster
    if backup.namespace == cluster.namespace or beside is None or beside.namespace != backup.namespace:
        return may_share(backup.namespace, cluster.namespace)
    return beside.object.key == cluster.object.key


def may_share(one: str, other: str) -> bool:
    """Whether two namespaces may be one: the same, or one that nothing in the repository says."""
    return one == other or not one or not other


def stacks(repository: Repository, given: Mapping[str, str] = {}) -> tuple[Picture, tuple[Stack, ...]]:
    """What a repository applies, and its stacks; `given`: variables that the configuration defines."""
    seen = picture(repository, given)
    return seen, stacks_of(seen, repository)


def stacks_of(seen: Picture, repository: Repository) -> tuple[Stack, ...]:
    """The stacks of what a repository applies."""
    found = tuple(Stack(item, applied(item, repository)) for item in seen.environments)
    _surround(repository, seen, found)
    if len(found) > 1:
        from immichlint.stack.beside import neighbours

        for stack, indices in zip(found, neighbours(seen.environments), strict=True):
            stack.others = tuple(found[index] for index in indices)
    return found


def _surround(repository: Repository, seen: Picture, found: tuple[Stack, ...]) -> None:
    @cache
    def around() -> Surroundings:
        from immichlint.stack.surroundings import Surroundings

        return Surroundings(repository, seen)

    for stack in found:
        stack.around, stack.repository = around, repository
