"""Checks of tools that copy volumes: how many copies they keep, and that they keep off the database's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import Cluster
from immichlint.stack.image import CACHE, DATABASE, MACHINE_LEARNING, SERVER
from immichlint.stack.stack import Stack, may_share
from immichlint.stack.view import View
from immichlint.trees.tree import Map
from immichlint.yamltree.lookup import Data

_RETAIN: Final[dict[str, Data]] = {"daily": 7, "weekly": 4, "monthly": 6}
_OURS: Final = (SERVER, MACHINE_LEARNING, DATABASE, CACHE)
_NUMBERED: Final = r"-\d+(?:-wal|-tbs-.+)?"
"""C§10: CNPG calls its claims `<cluster>-<number>`, those of the WAL and of tablespaces with an ending."""


def retain_missing(source: View, context: Context) -> Iterator[Claim]:
    """IML127: restic keeps a single snapshot unless `retain` says how many (C§10)."""
    claim = source.field("spec", "sourcePVC").text
    restic, retain = source.field("spec", "restic"), source.field("spec", "restic", "retain")
    is_empty = isinstance(retain.tree, Map) and not retain.tree.items and not retain.tree.open
    if not restic.known or not (retain.absent or is_empty) or claim is None or restic.place is None:
        return
    if "immich" not in f"{source.name} {claim}" and claim not in _claims(source.namespace, context.stack):
        return
    yield Claim(
        f"The ReplicationSource {source.name} has no `retain`, and then VolSync keeps a single snapshot: what was "
        f"deleted or damaged yesterday is gone with today's copy. Write how many to keep, such as `daily: 7`.",
        source.nearest("spec", "restic", "retain"),
        change=Change(
            "write `retain` with 7 daily, 4 weekly and 6 monthly snapshots",
            Safety.UNSAFE,
            (source.effect("spec", "restic", "retain", value=_RETAIN),),
            after="The repository grows: make sure that there is room.",
        ),
    )


def _claims(namespace: str, stack: Stack) -> set[str]:
    """The claims that Immich's containers mount in a namespace."""
    found: set[str] = set()
    for container in stack.containers:
        if container.component in _OURS and may_share(container.namespace, namespace):
            for mount in container.mounts:
                if mount.volume is not None and mount.volume.kind == "persistentVolumeClaim":
                    found.add(mount.volume.view.field("claimName").text or "")
    return found - {""}


def database_copied(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML133: a copy of a running database's files is no backup, and CNPG's claims change their names (C§10)."""
    for item in context.stack.everywhere("ReplicationSource", "volsync.backube"):
        source = View(item)
        field = source.field("spec", "sourcePVC")
        if field.text is None or field.place is None or not may_share(source.namespace, cluster.namespace):
            continue
        if not field.text.startswith(cluster.name) or not re.fullmatch(_NUMBERED, field.text[len(cluster.name) :]):
            continue
        yield Claim(
            f"The ReplicationSource {source.name} copies `{field.text}`, a volume of the Cluster {cluster.name}: after "
            "a failover or a new instance the data are in a claim of another name, and a copy of files cannot go back "
            "to a point in time. Let CNPG back the database up (a ScheduledBackup with the barman-cloud plugin), and "
            "take this away.",
            field.place,
            object=source.ref,
            related=(Related(cluster.object.name_place, "the Cluster"),),
            no_fix="take it away when CNPG's own backup works",
        )
    yield from _velero(cluster)


def _velero(cluster: Cluster) -> Iterator[Claim]:
    """Velero is asked to copy the files of the instances' volumes."""
    name = "backup.velero.io/backup-volumes"
    field = cluster.field("spec", "inheritedMetadata", "annotations", name)
    if field.text and field.place is not None:
        yield Claim(
            f"`{name}: {field.text}` lets Velero copy the files of the Cluster {cluster.name} while PostgreSQL writes "
            "them: such a copy may not start, and cannot go back to a point in time. Let CNPG back the database up, "
            "and take the annotation away.",
            field.place,
            no_fix="take it away when CNPG's own backup works",
        )
