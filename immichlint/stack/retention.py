"""Where the retention of a Cluster's backups counts, and how far apart its base backups lie (C§3.3, C§4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from immichlint.findings.change import Effect
from immichlint.named_tuple import NamedTuple
from immichlint.schedules import cnpg
from immichlint.schedules.schedule import Schedule, read_with
from immichlint.schedules.several import longest_gap_of
from immichlint.stack.backups import Cluster, ObjectStore
from immichlint.stack.stack import Stack
from immichlint.stack.view import View
from immichlint.trees.field import Field
from immichlint.yamltree.lookup import Route

IN_TREE: Route = ("spec", "backup", "retentionPolicy")
PLUGIN: Route = ("spec", "retentionPolicy")


class Home(NamedTuple):
    """The one field that says how long the backups of a destination are kept.

    `view`: the Cluster itself, or the ObjectStore of the plugin. `method`: of the ScheduledBackups that write
    there. `clusters`: all that write there.
    """

    view: View
    route: Route
    method: str
    clusters: tuple[Cluster, ...]

    @property
    def field(self) -> Field:
        """The field."""
        return self.view.field(*self.route)

    def effect(self, value: str) -> Effect:
        """The effect of writing it."""
        return self.view.effect(*self.route, value=value)

    @property
    def owner(self) -> str:
        """The object that holds it, for people."""
        return f"{self.view.object.manifest.kind} {self.view.name}"


def homes(cluster: Cluster, stack: Stack) -> Iterator[Home]:
    """Where retention counts for a Cluster: its own for the in-tree backup, its ObjectStore's for the plugin.

    None for an ObjectStore that is not in the repository, and for volume snapshots, which nothing expires.
    """
    if cluster.in_tree.known:
        yield Home(cluster, IN_TREE, "barmanObjectStore", (cluster,))
    store = stack.store_of(cluster)
    if store is not None:
        yield home_of(store)


def home_of(store: ObjectStore) -> Home:
    """Where retention counts for an ObjectStore."""
    return Home(store, PLUGIN, "plugin", store.clusters)


def longest_gap(home: Home, stack: Stack) -> timedelta | None:
    """The longest time between two scheduled base backups of any Cluster there; None where it is not known."""
    gaps = [_gap(cluster, home.method, stack) for cluster in home.clusters]
    return max((gap for gap in gaps if gap is not None), default=None)


def only_snapshots(cluster: Cluster, stack: Stack) -> bool:
    """Whether all base backups of a Cluster are volume snapshots."""
    methods = {backup.method for backup in stack.backups_of(cluster)}
    return methods == {"volumeSnapshot"}


def _gap(cluster: Cluster, method: str, stack: Stack) -> timedelta | None:
    schedules: list[Schedule] = []
    for backup in stack.backups_of(cluster):
        suspended = backup.field("spec", "suspend")
        if not backup.method or suspended.unknown or backup.schedule.text is None:
            return None
        if backup.method != method or suspended.value is True:
            continue
        if cnpg.has_five_fields(backup.schedule.text) and _is_meant_otherwise(backup.schedule.text):
            return None
        schedule, _ = read_with(cnpg.parse, backup.schedule.text)
        if schedule is not None:
            schedules.append(schedule)
    return longest_gap_of(schedules)


def _is_meant_otherwise(five_fields: str) -> bool:
    from immichlint.schedules.judgement import judge_five_fields

    judged = judge_five_fields(five_fields)
    return judged is not None and judged.severity == "error"
