"""ScheduledBackups whose Cluster is not there, and which one was meant."""

from __future__ import annotations

import re
from typing import Final

from immichlint.gitops.manifest import text_at
from immichlint.named_tuple import NamedTuple
from immichlint.stack.backups import CNPG, Cluster, ScheduledBackup
from immichlint.stack.stack import Stack, may_share
from immichlint.trees.field import look

_ALL_BUT_THE_SAME: Final = 0.9
"""How alike two names are that differ by a letter or two: of 1."""


class Dangling(NamedTuple):
    """A ScheduledBackup that names no Cluster. `meant`: the Cluster that was probably meant, None where none is
    like it."""

    backup: ScheduledBackup
    meant: Cluster | None


def dangling(backup: ScheduledBackup, stack: Stack) -> Dangling | None:
    """What is known of a ScheduledBackup whose Cluster is certainly nowhere; None where it may be."""
    if backup.cluster is not None or not backup.cluster_name:
        return None
    there = [
        cluster
        for other in (stack, *stack.others)
        for cluster in other.clusters
        if may_share(cluster.namespace, backup.namespace)
    ]
    # Where the namespace has no Cluster at all, they are made by something else than this repository.
    if not there:
        return None
    from immichlint.stack.sought import Absent, Elsewhere, Found
    from immichlint.text.nearest import nearest

    sought = stack.seek("Cluster", CNPG, backup.namespace, backup.cluster_name)
    if isinstance(sought, (Found, Elsewhere)):
        return None
    for clusters in ([item for item in there if item.use], there):
        name = nearest(backup.cluster_name, [cluster.name for cluster in clusters])
        if name is not None and (isinstance(sought, Absent) or _is_a_slip(backup, name, stack)):
            return Dangling(backup, next(cluster for cluster in clusters if cluster.name == name))
    return Dangling(backup, None) if isinstance(sought, Absent) else None


def _is_a_slip(backup: ScheduledBackup, meant: str, stack: Stack) -> bool:
    """Whether the name of its Cluster is nowhere else in the repository, and all but the name of one that is there:
    no chart and no generator composes that."""
    from difflib import SequenceMatcher

    name = backup.cluster_name
    repository = stack.repository
    if repository is None or SequenceMatcher(None, name, meant).ratio() < _ALL_BUT_THE_SAME:
        return False
    own = backup.object.source.home.document.path
    word = re.compile(rb"(?<![\w.-])" + re.escape(name.encode()) + rb"(?![\w-])")
    return all(path == own or not word.search(repository.raw(path)) for path in repository.containing(name.encode()))


def may_be_backed_up(cluster: Cluster, stack: Stack) -> bool:
    """Whether a ScheduledBackup is there that may be this Cluster's: applied or not, with a name that is not known,
    or with one that was probably meant to be its own."""
    if stack.backups_of(cluster) or any(other.environment.missing for other in (stack, *stack.others)):
        return True
    for other in (stack, *stack.others):
        for backup in other.scheduled_backups:
            if not may_share(backup.namespace, cluster.namespace):
                continue
            found = dangling(backup, stack)
            if not backup.cluster_name or (found is not None and found.meant in (None, cluster)):
                return True
    return stack.around is not None and _drafted(cluster, stack)


def _drafted(cluster: Cluster, stack: Stack) -> bool:
    """Whether a file that nothing is known to apply holds one for it, or one that could not be read may."""
    from immichlint.gitops.named import objects_of

    assert stack.around is not None
    around = stack.around()
    for manifest in objects_of(around.repository, "ScheduledBackup", CNPG):
        name = look(manifest.tree, ("spec", "cluster", "name"))
        applied = manifest.home in around.homes
        if not applied and (name.unknown or text_at(manifest.tree, "spec", "cluster", "name") == cluster.name):
            return True
    for path in around.repository.containing(b"ScheduledBackup"):
        raw = around.repository.raw(path)
        if around.repository.read(path).trouble is not None and cluster.name.encode() in raw:
            return True
    return False


def commented_out(cluster: Cluster, stack: Stack) -> str:
    """The file with a ScheduledBackup of a Cluster in a comment; empty where there is none."""
    named = (f"name: {cluster.name}", f'name: "{cluster.name}"', f"name: '{cluster.name}'")
    repository = stack.repository
    if repository is None:
        return ""
    for path in repository.containing(b"ScheduledBackup", cluster.name.encode()):
        inside = False
        for line in repository.raw(path).decode("utf-8", "replace").splitlines():
            said = line.strip()
            text = said.lstrip("# ")
            if not said.startswith("#") or text == "---":
                inside = False
            elif text == "kind: ScheduledBackup":
                inside = True
            elif inside and text in named:
                return path
    return ""
