"""The check that a ScheduledBackup and its Cluster agree on the method."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from immichlint.findings.change import REMOVED, Change, Effect, Safety
from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.backup_methods import IN_TREE, PLUGIN, SNAPSHOT, methods_of
from immichlint.stack.backups import BARMAN_PLUGIN, Cluster, ScheduledBackup
from immichlint.yamltree.place import Place

if TYPE_CHECKING:
    from immichlint.findings.undecided import Undecided

_ONLINE: Final = ("online", "onlineConfiguration")
_DECISION: Final = "backup_method"
_WHERE: Final = f"`{_DECISION}` under `decisions` in .immichlint.yaml says which, and `--fix` on a terminal asks"
_NEEDS: Final = {IN_TREE: "`spec.backup.barmanObjectStore`", SNAPSHOT: "`spec.backup.volumeSnapshot`"}


def mismatch(backup: ScheduledBackup, context: Context) -> Iterator[Claim]:
    """IML110: the method needs something that the Cluster does not have, so every Backup fails (C§2)."""
    cluster = backup.cluster
    methods = methods_of(cluster) if cluster is not None else None
    if cluster is None or not methods or not backup.method:
        return
    found = _wrong(backup, cluster, methods)
    if found is not None:
        message, place = found
        decided = context.decisions.get(_DECISION) if len(methods) > 1 else methods[0]
        change = _agreeing(backup, str(decided)) if decided in methods else None
        advice = f"decide for one of the methods that the Cluster is prepared for: {_listed(methods)}"
        advice = change.title if change is not None else advice
        yield Claim(
            f"{message} {advice[0].upper()}{advice[1:]}.",
            place,
            related=(Related(cluster.object.name_place, f"the Cluster is prepared for {_listed(methods)}"),),
            change=change,
            no_fix="" if change is not None else f"{advice}; {_WHERE}",
            undecided=None if change is not None else _choice(backup, methods),
        )
    elif backup.method == IN_TREE:
        yield from _online(backup)


def _wrong(backup: ScheduledBackup, cluster: Cluster, methods: tuple[str, ...]) -> tuple[str, Place] | None:
    """What is wrong with the method, and where."""
    field = backup.field("spec", "method")
    place = field.place or backup.nearest("spec", "method")
    who = f"The ScheduledBackup {backup.name}"
    if backup.method == PLUGIN:
        return _wrong_plugin(backup, cluster, who)
    if backup.method in _NEEDS and backup.method not in methods:
        if backup.method == IN_TREE and not cluster.in_tree.absent:
            return None
        written = "has no `method`, which means `barmanObjectStore`" if field.absent else f"has `{backup.method}`"
        return (
            f"{who} {written}, but the Cluster {cluster.name} has no {_NEEDS[backup.method]}: every Backup fails, and "
            "no base backup is taken.",
            place,
        )
    return None


def _wrong_plugin(backup: ScheduledBackup, cluster: Cluster, who: str) -> tuple[str, Place] | None:
    name = backup.field("spec", "pluginConfiguration", "name")
    if name.unknown:
        return None
    plugins = {plugin.name: plugin for plugin in cluster.plugins}
    if not plugins:
        return (
            f"{who} has `method: plugin`, but the Cluster {cluster.name} has no `spec.plugins`: every Backup fails, "
            "and no base backup is taken.",
            backup.field("spec", "method").place or backup.nearest("spec", "method"),
        )
    if name.absent:
        return (
            f"{who} has `method: plugin` without `pluginConfiguration.name`: it is accepted, and then the API server "
            "refuses every Backup that it makes.",
            backup.field("spec", "method").place or backup.nearest("spec", "method"),
        )
    if name.text is None or name.place is None or "" in plugins:
        return None
    if name.text not in plugins:
        return (
            f"{who} asks for the plugin `{name.text}`, which the Cluster {cluster.name} does not have (it has "
            f"{_listed(tuple(plugins))}): every Backup fails.",
            name.place,
        )
    if not plugins[name.text].enabled:
        return (
            f"{who} asks for the plugin `{name.text}`, which the Cluster {cluster.name} switches off "
            "(`enabled: false`): every Backup fails.",
            name.place,
        )
    return None


def _choice(backup: ScheduledBackup, methods: tuple[str, ...]) -> Undecided:
    changes = {method: _agreeing(backup, method) for method in methods}
    from immichlint.findings.undecided import Choice, Prompt, Undecided

    choices = tuple(Choice(method, change.title) for method, change in changes.items())
    prompt = Prompt(_DECISION, f"With which method shall the ScheduledBackup {backup.name} back up?", choices)
    return Undecided((prompt,), lambda answers: changes[answers[_DECISION]])


def _agreeing(backup: ScheduledBackup, method: str) -> Change:
    """The change to a method that the Cluster is prepared for."""
    effects: list[Effect] = [backup.effect("spec", "method", value=method)]
    title = f"write `method: {method}`"
    if method == PLUGIN:
        effects.append(backup.effect("spec", "pluginConfiguration", "name", value=BARMAN_PLUGIN))
        title += f" and `pluginConfiguration.name: {BARMAN_PLUGIN}`"
    elif not backup.field("spec", "pluginConfiguration").absent:
        effects.append(backup.effect("spec", "pluginConfiguration", value=REMOVED))
    if method != SNAPSHOT:
        effects += [
            backup.effect("spec", name, value=REMOVED) for name in _ONLINE if not backup.field("spec", name).absent
        ]
    return Change(title, Safety.SAFE, tuple(effects))


def _online(backup: ScheduledBackup) -> Iterator[Claim]:
    """`online` and `onlineConfiguration` are for volume snapshots: with barmanObjectStore the webhook refuses them."""
    written = [name for name in _ONLINE if backup.field("spec", name).known]
    place = backup.field("spec", written[0]).place if written else None
    if place is None:
        return
    names = " and ".join(f"`{name}`" for name in written)
    yield Claim(
        f"The ScheduledBackup {backup.name} has {names}, which only volume snapshots take: with the method "
        f"`barmanObjectStore` the operator refuses the object. Remove {names}.",
        place,
        change=Change(
            f"remove {names}",
            Safety.SAFE,
            tuple(backup.effect("spec", name, value=REMOVED) for name in written),
        ),
    )


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(f"`{name}`" for name in names)
