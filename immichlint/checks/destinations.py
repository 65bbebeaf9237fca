"""Checks of where backups go: compression, credentials, and who archives the WAL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.facts import load
from immichlint.findings.change import Change, Effect, Safety
from immichlint.findings.finding import Severity
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import Cluster, ObjectStore
from immichlint.stack.release import Running, has, since
from immichlint.stack.retention import only_snapshots
from immichlint.stack.stack import Stack
from immichlint.yamltree.lookup import Route

IN_TREE: Final[Route] = ("spec", "backup", "barmanObjectStore")
PLUGIN: Final[Route] = ("spec", "configuration")
_PARTS: Final = ("wal", "data")
_WHAT: Final = {"wal": "WAL files", "data": "base backups"}
_SIZES: Final = {
    "wal": "A WAL file is 16 MiB, even if it is almost empty.",
    "data": "A base backup is as large as the database.",
}
_ARCHIVER: Final = "wal-archiver-plugin"
"""C§4: `isWALArchiver` (CNPG #6593)."""


def configuration(destination: Cluster | ObjectStore) -> Route:
    """Where the destination of an object is written: the same fields in a Cluster and in an ObjectStore."""
    return PLUGIN if isinstance(destination, ObjectStore) else IN_TREE


def compression(destination: Cluster | ObjectStore, context: Context) -> Iterator[Claim]:
    """IML117: no compression, or one that is not allowed for this part (C§3.1)."""
    route = configuration(destination)
    if not destination.field(*route).known:
        return
    yield from _not_allowed(destination, route, context)
    parts = [
        part
        for part in _written_parts(destination, context.stack)
        if destination.field(*route, part, "compression").absent
    ]
    if not parts:
        return
    effects: tuple[Effect, ...] = tuple(destination.effect(*route, part, "compression", value="gzip") for part in parts)
    fields = " and ".join(f"`{part}.compression`" for part in parts)
    what = " and ".join(_WHAT[part] for part in parts)
    yield Claim(
        f"The {destination.object.manifest.kind} {destination.name} stores {what} as they are: {fields} "
        f"{'is' if len(parts) == 1 else 'are'} not set. "
        f"{' '.join(_SIZES[part] for part in parts)} Write `compression: gzip`.",
        destination.nearest(*route, parts[0], "compression"),
        severity=Severity.INFO,
        change=Change(f"write `compression: gzip` for {' and '.join(parts)}", Safety.SAFE, effects),
    )


def _not_allowed(destination: Cluster | ObjectStore, route: Route, context: Context) -> Iterator[Claim]:
    # The ObjectStore's values are those of the plugin, whose release says nothing about the operator's.
    for part in _PARTS:
        field = destination.field(*route, part, "compression")
        value, since = field.value, load("compression")[part]
        if value is None or field.place is None or since.get(value) == []:
            continue
        running = context.running("cnpg") if isinstance(destination, Cluster) else Running()
        release = running.release
        if value in since and (release is None or has(release, since[value])):
            continue
        allowed = [name for name, first in since.items() if release is None or has(release, first)]
        who = "CNPG" if release is None else f"CNPG {running.version}"
        yield Claim(
            f"{who} does not take `{value}` for `{part}.compression`, and the API server refuses the "
            f"{destination.object.manifest.kind}: {_WHAT[part]} may be compressed with {_listed(allowed)}. "
            "Write `gzip`.",
            field.place,
            severity=Severity.ERROR,
            change=Change(
                f"write `{part}.compression: gzip`",
                Safety.SAFE,
                (destination.effect(*route, part, "compression", value="gzip"),),
            ),
        )


def _written_parts(destination: Cluster | ObjectStore, stack: Stack) -> Iterator[str]:
    """What is written to a destination, as far as a Cluster is known to write there."""
    clusters = destination.clusters if isinstance(destination, ObjectStore) else (destination,)
    if clusters:
        yield "wal"
    if any(not only_snapshots(cluster, stack) for cluster in clusters):
        yield "data"


def _listed(names: list[str]) -> str:
    return f"{', '.join(f'`{name}`' for name in names[:-1])} or `{names[-1]}`"


def not_archiver(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML122: the barman-cloud plugin without `isWALArchiver: true` (C§4)."""
    plugin = cluster.barman_plugin
    if plugin is None:
        return
    archiver, enabled = plugin.view.field("isWALArchiver"), plugin.view.field("enabled")
    if archiver.unknown or enabled.unknown or archiver.value is True:
        return
    place = plugin.view.field("name").place if archiver.place is None else archiver.place
    if place is None:
        return
    others = [item.name for item in cluster.plugins if item.view.field("isWALArchiver").value is True and item.enabled]
    in_tree = not cluster.in_tree.absent
    if not plugin.enabled and (in_tree or others):
        return
    reason = ""
    running = context.running("cnpg")
    release = running.release
    if not plugin.enabled:
        reason = "the plugin is switched off (`enabled: false`): switch it on, or take it away"
    elif in_tree:
        reason = (
            "CNPG refuses a plugin that archives WAL beside `spec.backup.barmanObjectStore`: remove that in the same "
            "change"
        )
    elif others:
        reason = f"the plugin {others[0]} archives WAL already, and there can be one: decide which"
    elif release is not None and not has(release, since(_ARCHIVER)):
        reason = f"CNPG {running.version} does not know the field: it came with 1.24.3 and 1.25.1"
    # Who writes `false` has decided so, and may have a reason that is not seen here.
    safety = Safety.SAFE if archiver.absent else Safety.UNSAFE
    yield Claim(
        f"The barman-cloud plugin of the Cluster {cluster.name} is not its WAL archiver: `isWALArchiver` is "
        f"{'absent, which means false' if archiver.absent else 'false'}. CNPG then sees no error where the plugin is "
        "missing: the WAL goes nowhere, and what happened after the last base backup cannot be restored. "
        "Write `isWALArchiver: true`.",
        place,
        change=None
        if reason
        else Change("write `isWALArchiver: true`", safety, (plugin.view.effect("isWALArchiver", value=True),)),
        no_fix=reason,
    )
