"""The check of annotations that switch protection off."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.facts import load
from immichlint.findings.change import CLEARED, Change, Safety
from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import BARMAN_PLUGIN, Cluster
from immichlint.stack.view import View
from immichlint.trees.field import Field


def disabled(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML125: annotations of a Cluster that take away what protects its data, and hibernation with a schedule (C§5)."""
    for name, row in load("guards")["cluster"].items():
        field = _annotation(cluster, name)
        value = field.text
        if not value or value in ("[]", '""') or (row["values"] and value not in row["values"]):
            continue
        if row.get("barman") and _archives_otherwise(cluster):
            continue
        yield from _claim(
            cluster, field, f"`{name}: {_quoted(value)}` on the Cluster {cluster.name}: {row['does']}.", row
        )
    yield from _hibernated(cluster, context)
    for backup in context.stack.backups_of(cluster):
        name, row = "cnpg.io/validation", load("guards")["cluster"]["cnpg.io/validation"]
        if _annotation(backup, name).text in row["values"]:
            does = row["does"].replace("this Cluster", "this ScheduledBackup")
            message = f"`{name}: disabled` on the ScheduledBackup {backup.name}: {does}."
            yield from _claim(backup, _annotation(backup, name), message, row)


def _hibernated(cluster: Cluster, context: Context) -> Iterator[Claim]:
    row = load("guards")["hibernation"]
    field = _annotation(cluster, row["annotation"])
    backups = [
        backup
        for backup in context.stack.backups_of(cluster)
        if backup.field("spec", "suspend").absent or backup.field("spec", "suspend").value is False
    ]
    if field.text != row["on"] or field.place is None or not backups:
        return
    yield Claim(
        f'The Cluster {cluster.name} is hibernated (`{row["annotation"]}: "on"`), but the ScheduledBackup '
        f"{backups[0].name} goes on: each of its Backups fails. Write `suspend: true` there as long as the Cluster "
        "sleeps.",
        field.place,
        related=(Related(backups[0].object.name_place, "the ScheduledBackup"),),
        no_fix="whether the Cluster shall wake up, or the schedule rest, is for you to decide",
    )


def _archives_otherwise(cluster: Cluster) -> bool:
    """Whether a plugin other than barman-cloud archives the WAL: what it does with an archive of another history is
    its own affair."""
    return cluster.in_tree.absent and any(
        plugin.name not in ("", BARMAN_PLUGIN) and plugin.enabled and plugin.view.field("isWALArchiver").value is True
        for plugin in cluster.plugins
    )


def is_hibernated(cluster: Cluster) -> bool:
    """Whether a Cluster is put to sleep, or may be."""
    row = load("guards")["hibernation"]
    field = _annotation(cluster, row["annotation"])
    return field.text == row["on"] or field.unknown


def _annotation(view: View, name: str) -> Field:
    return view.field("metadata", "annotations", name)


def _claim(view: View, field: Field, message: str, row: dict[str, str]) -> Iterator[Claim]:
    if field.place is not None:
        name = str(field.route[-1])
        yield Claim(
            f"{message} Remove the annotation.",
            field.place,
            object=view.ref,
            change=Change(
                f"remove the annotation `{name}`",
                Safety.UNSAFE,
                (view.effect("metadata", "annotations", name, value=CLEARED),),
                after=row["after"],
            ),
        )


def _quoted(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
