"""The check that objects which must share a namespace do."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import BARMAN, CNPG, ScheduledBackup
from immichlint.stack.image import MACHINE_LEARNING, SERVER
from immichlint.stack.stack import Stack
from immichlint.stack.view import View
from immichlint.yamltree.place import Place


def mismatch(stack: Stack, context: Context) -> Iterator[Claim]:
    """IML804: a name that is looked up in its object's own namespace is that of an object in another one."""
    spaces = (space for each in (stack, *stack.others) for space in each.namespaces)
    first = next(spaces, "")
    if all(space == first for space in spaces):
        return
    from immichlint.stack.needs import needs_of

    for backup in stack.scheduled_backups:
        place = backup.field("spec", "cluster", "name").place
        if place is not None:
            own = _own_clusters(backup, stack)
            yield from _judged(stack, backup, "Cluster", CNPG, backup.cluster_name, place, instead=own)
    for cluster in stack.clusters:
        plugin = cluster.barman_plugin
        if plugin is not None and plugin.store.text and plugin.store.place is not None:
            yield from _judged(stack, cluster, "ObjectStore", BARMAN, plugin.store.text, plugin.store.place)
        yield from _secrets(stack, cluster)
    for store in stack.object_stores:
        yield from _secrets(stack, store)
    for workload in stack.workloads:
        if any(container.component in (SERVER, MACHINE_LEARNING) for container in workload.containers):
            for need in needs_of(workload):
                yield from _judged(stack, workload, need.kind, "", need.name, need.place)


def _secrets(stack: Stack, view: View) -> Iterator[Claim]:
    from immichlint.stack.needs import secrets_of

    for need in secrets_of(view):
        yield from _judged(stack, view, "Secret", "", need.name, need.place)


def _own_clusters(backup: ScheduledBackup, stack: Stack) -> str:
    """The Clusters of a ScheduledBackup's own namespace, one of which may be meant; empty where there is none."""
    known = (cluster for each in (stack, *stack.others) for cluster in each.clusters)
    names = {cluster.name for cluster in known if cluster.namespace == backup.namespace}
    return " or ".join(f"`{name}`" for name in sorted(names))


def _judged(
    stack: Stack, view: View, kind: str, group: str, name: str, place: Place, *, instead: str = ""
) -> Iterator[Claim]:
    from immichlint.stack.sought import Elsewhere

    found = stack.seek(kind, group, view.namespace, name)
    if not isinstance(found, Elsewhere) or (kind == "Secret" and found.made and _is_cnpg(found.view)):
        return
    there, own = found.view.namespace, f"{view.object.manifest.kind} {view.name}"
    made = f" (made by the {found.view.object.manifest.kind} {found.view.name})" if found.made else ""
    remedy, no_fix = (
        "Put both into one namespace.",
        "decide which of the two changes its namespace: a move makes the object anew",
    )
    if instead:
        remedy = f"Name the one of {view.namespace} that is meant ({instead}), or put both into one namespace."
        no_fix = f"decide which {kind} is meant; newer CNPG refuses another `cluster` under one name: rename it too"
    yield Claim(
        f"The {own} is in the namespace {view.namespace} and names the {kind} {name}{made}, which is in {there}: the "
        f"name is looked up in {view.namespace} only, where nothing makes it. {remedy}",
        place,
        related=(Related(found.view.object.name_place, f"this {found.view.object.manifest.kind} is in {there}"),),
        no_fix=no_fix,
        object=view.ref,
    )


def _is_cnpg(view: View) -> bool:
    """Whether IML402 speaks about it: the Secret that CNPG makes for applications."""
    return (view.object.manifest.group, view.object.manifest.kind) == (CNPG, "Cluster")
