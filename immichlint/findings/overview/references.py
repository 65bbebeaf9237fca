"""The references between the objects of a stack: what they name, and whether it is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from immichlint.findings.overview.located import Locator
from immichlint.findings.overview.model import Reference, References
from immichlint.named_tuple import NamedTuple
from immichlint.stack.backups import BARMAN, CNPG, Cluster
from immichlint.stack.container import Container
from immichlint.stack.image import SERVER
from immichlint.stack.needs import needs_of, secrets_of
from immichlint.stack.sought import Absent, Elsewhere, Found
from immichlint.stack.stack import Stack
from immichlint.yamltree.place import Place

MISSING = "missing"
UNKNOWN = "unknown"


class _Named(NamedTuple):
    stack: Stack
    kind: str
    group: str
    namespace: str
    name: str
    of: str
    place: Place | None


def references(
    stacks: Iterable[Stack], parts: Iterable[Container], clusters: Iterable[Cluster], at: Locator
) -> References:
    """What components and Clusters name, each object once."""
    found, open_ = 0, []
    seen: set[tuple[str, str, str]] = set()
    for item in _named(tuple(stacks), tuple(parts), tuple(clusters)):
        identity = (item.kind, item.namespace, item.name)
        if identity in seen:
            continue
        seen.add(identity)
        sought = item.stack.seek(item.kind, item.group, item.namespace, item.name)
        if isinstance(sought, Found):
            found += 1
        elif isinstance(sought, Absent):
            why = "nothing in the repository makes it"
            if item.kind == "Secret":
                why += "; Secrets are often made by hand"
            open_.append(Reference(MISSING, item.kind, item.name, item.of, why, at.at(item.place)))
        elif isinstance(sought, Elsewhere):
            why = f"it is in the namespace {sought.view.namespace}"
            open_.append(Reference(MISSING, item.kind, item.name, item.of, why, at.at(item.place)))
        else:
            open_.append(Reference(UNKNOWN, item.kind, item.name, item.of, sought.why, at.at(item.place)))
    return References(found, tuple(sorted(open_, key=lambda item: (item.state, item.kind, item.name))))


def _named(stacks: tuple[Stack, ...], parts: tuple[Container, ...], clusters: tuple[Cluster, ...]) -> Iterator[_Named]:
    keys = {item.object.key for item in parts}
    for stack in stacks:
        for workload in stack.workloads:
            if workload.object.key in keys:
                of = f"{workload.object.manifest.kind} {workload.name}"
                for need in needs_of(workload):
                    yield _Named(stack, need.kind, "", workload.namespace, need.name, of, need.place)
        for server in (item for item in parts if item.component == SERVER and item in stack.containers):
            yield from _hosts(server, stack)
        for cluster in (item for item in clusters if item in stack.clusters):
            yield from _of_cluster(cluster, stack)


def _hosts(server: Container, stack: Stack) -> Iterator[_Named]:
    from immichlint.stack.parts import redis_host
    from immichlint.stack.services import service_host
    from immichlint.stack.use import database_host

    for host, variable in ((database_host(server), "DB_HOSTNAME"), (redis_host(server), "REDIS_HOSTNAME")):
        wanted = service_host(host, server.namespace) if host else None
        if wanted is not None and wanted.certain:
            place = server.variable(variable).place
            of = f"{server.object.manifest.kind} {server.name}"
            yield _Named(stack, "Service", "", wanted.namespace, wanted.name, of, place or server.name_place)


def _of_cluster(cluster: Cluster, stack: Stack) -> Iterator[_Named]:
    of = f"Cluster {cluster.name}"
    for need in secrets_of(cluster):
        yield _Named(stack, need.kind, "", cluster.namespace, need.name, of, need.place)
    plugin = cluster.barman_plugin
    if plugin is not None and plugin.enabled and plugin.store.text:
        yield _Named(stack, "ObjectStore", BARMAN, cluster.namespace, plugin.store.text, of, plugin.store.place)
    store = stack.store_of(cluster)
    if store is not None:
        for need in secrets_of(store):
            yield _Named(stack, need.kind, "", cluster.namespace, need.name, f"ObjectStore {store.name}", need.place)
    for backup in stack.backups_of(cluster):
        place = backup.field("spec", "cluster", "name").place
        name = f"ScheduledBackup {backup.name}"
        yield _Named(stack, "Cluster", CNPG, backup.namespace, backup.cluster_name, name, place)
