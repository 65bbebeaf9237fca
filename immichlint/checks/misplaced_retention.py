"""Retention that is written where nothing reads it (IML114)."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.findings.change import CLEARED, REMOVED, Change, Effect, Safety
from immichlint.findings.finding import Related, Severity
from immichlint.named_tuple import NamedTuple
from immichlint.rules.model import Claim, Context
from immichlint.schedules.retention import parse_window, repair_retention
from immichlint.stack.backups import Cluster
from immichlint.stack.retention import IN_TREE, Home, homes
from immichlint.stack.stack import Stack
from immichlint.stack.view import View
from immichlint.trees.field import Field
from immichlint.yamltree.lookup import Route


class Dead(NamedTuple):
    """A retention without effect. `method`: of the backups that it was meant for; `why`: it is not read there."""

    view: View
    route: Route
    method: str
    why: str

    @property
    def field(self) -> Field:
        """The field."""
        return self.view.field(*self.route)

    @property
    def value(self) -> str:
        """What it says."""
        return str(self.field.value)


def misplaced(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML114: `retentionPolicy` where it has no effect (C§3.3, C§4, C§8)."""
    for dead in _dead(cluster, context.stack):
        home = _home(dead, cluster, context.stack)
        place = dead.field.place
        if place is None:
            continue
        change = _change(dead, home, context.stack) if home is not None else None
        yield Claim(
            f"`retentionPolicy: {dead.value}` has no effect here: {dead.why}. {_consequence(home)}",
            place,
            # A leftover that says what the right place says breaks nothing.
            severity=Severity.WARNING if _is_leftover(dead, home) else None,
            object=dead.view.ref,
            related=_right_place(home),
            change=change,
            no_fix="" if change is not None else _advice(dead, home, cluster),
        )


def misplaced_for(cluster: Cluster, home: Home, stack: Stack) -> bool:
    """Whether a Cluster has a retention without effect that was meant for a home."""
    return any(
        found is not None and found.view.object.key == home.view.object.key
        for found in (_home(dead, cluster, stack) for dead in _dead(cluster, stack))
    )


def unread_on(cluster: Cluster, stack: Stack) -> bool:
    """Whether nothing reads the retention of a Cluster's `spec.backup`."""
    return any(dead.route == IN_TREE for dead in _dead(cluster, stack))


def _dead(cluster: Cluster, stack: Stack) -> Iterator[Dead]:
    """The retentions of a Cluster, its ScheduledBackups and its ObjectStore that nothing reads."""
    return (item for item in _candidates(cluster, stack) if item.field.value is not None)


def _candidates(cluster: Cluster, stack: Stack) -> Iterator[Dead]:
    in_tree = "barmanObjectStore"
    plugin = cluster.barman_plugin
    uses_plugin = plugin is not None and plugin.enabled
    yield Dead(
        cluster,
        ("spec", "backup", in_tree, "retentionPolicy"),
        in_tree,
        "`barmanObjectStore` has no such field, it belongs beside it, in `spec.backup`",
    )
    yield Dead(
        cluster,
        ("spec", "retentionPolicy"),
        "",
        "a Cluster's `spec` has no such field",
    )
    if uses_plugin and cluster.in_tree.absent:
        yield Dead(cluster, IN_TREE, "plugin", "the barman-cloud plugin reads only the ObjectStore's")
    elif cluster.in_tree.absent and cluster.snapshots.known and not cluster.plugins:
        yield Dead(cluster, IN_TREE, "volumeSnapshot", "CNPG does not expire volume snapshots")
    if plugin is not None:
        yield Dead(
            cluster,
            (*plugin.view.route, "parameters", "retentionPolicy"),
            "plugin",
            "the plugin has no such parameter, it reads the ObjectStore's `spec.retentionPolicy`",
        )
    for backup in stack.backups_of(cluster):
        yield Dead(backup, ("spec", "retentionPolicy"), backup.method, "a ScheduledBackup has no such field")
    store = stack.store_of(cluster)
    if store is not None:
        yield Dead(
            store,
            ("spec", "configuration", "retentionPolicy"),
            "plugin",
            "it belongs in the ObjectStore's `spec`, beside `configuration`",
        )


def _home(dead: Dead, cluster: Cluster, stack: Stack) -> Home | None:
    """Where it should stand; None where no object of the repository is that place."""
    found = list(homes(cluster, stack))
    meant = [home for home in found if home.method == dead.method]
    if meant or dead.method == "volumeSnapshot":
        return meant[0] if meant else None
    # What the wrong method was written beside is meant for the only destination there is.
    return found[0] if len(found) == 1 or (found and not dead.method) else None


def _is_leftover(dead: Dead, home: Home | None) -> bool:
    """Whether the right place says the same."""
    return home is not None and home.field.known and str(home.field.value) == dead.value


def _consequence(home: Home | None) -> str:
    if home is None:
        return "Nothing deletes old backups, whatever it says."
    field = home.field
    if field.absent:
        return f"Nothing deletes old backups; write it as `{'.'.join(map(str, home.route))}` of the {home.owner}."
    if field.value is None:
        return f"Only `{'.'.join(map(str, home.route))}` of the {home.owner} counts."
    return f"The {home.owner} says `{field.value}`, and only that counts."


def _right_place(home: Home | None) -> tuple[Related, ...]:
    if home is None:
        return ()
    place = home.view.nearest(*home.route) if home.field.absent else home.field.place
    return (Related(place, "where it counts"),) if place is not None else ()


def _change(dead: Dead, home: Home, stack: Stack) -> Change | None:
    """To take it away where the right place has one, else to move it there, if it is certain what goes there."""
    if not home.field.absent:
        return Change(f"remove `retentionPolicy: {dead.value}`", Safety.SAFE, (_removal(dead),))
    value = dead.value if parse_window(dead.value) is not None else repair_retention(dead.value)
    if value is None or len(_meant_for(home, stack)) > 1:
        return None
    return Change(
        f"move `retentionPolicy: {value}` to the {home.owner}",
        Safety.UNSAFE,
        (_removal(dead), home.effect(value)),
        after=f"It starts to delete backups: all that no restore to any time of the last {value} needs.",
    )


def _removal(dead: Dead) -> Effect:
    """The effect that takes it away, with the `backup` that would be left empty."""
    return dead.view.effect(*dead.route, value=CLEARED if dead.route == IN_TREE else REMOVED)


def _meant_for(home: Home, stack: Stack) -> set[str]:
    """The different values that were meant for a home."""
    return {
        dead.value
        for cluster in home.clusters
        for dead in _dead(cluster, stack)
        if (found := _home(dead, cluster, stack)) is not None and found.view.object.key == home.view.object.key
    }


def _advice(dead: Dead, home: Home | None, cluster: Cluster) -> str:
    if home is not None:
        return (
            f"several values are meant for the {home.owner}: decide on one"
            if parse_window(dead.value) or repair_retention(dead.value)
            else f"`{dead.value}` is no window: write one such as `30d` in the {home.owner}"
        )
    if dead.method == "volumeSnapshot":
        return "remove it, and delete old snapshots with the tool that your storage has for it"
    if cluster.barman_plugin is not None:
        return "move it to `spec.retentionPolicy` of the ObjectStore, which is not in this repository"
    return "remove it, or add the backup destination that it is meant for"
