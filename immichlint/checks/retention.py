"""Checks of how long backups are kept: missing, without effect, invalid, too short."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from immichlint.checks.misplaced_retention import misplaced_for, unread_on
from immichlint.checks.schedules import used_at
from immichlint.findings.change import Change, Safety
from immichlint.rules.model import Claim, Context
from immichlint.schedules.retention import parse_window, repair_retention
from immichlint.stack.backups import Cluster, ObjectStore
from immichlint.stack.retention import IN_TREE, PLUGIN, Home, homes, longest_gap, only_snapshots

_USUAL: Final = timedelta(days=14)
_DAY: Final = timedelta(days=1)
_WHO: Final = {"barmanObjectStore": "CNPG", "plugin": "the plugin"}


def missing(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML113: nothing says how long backups are kept, so they are kept for ever (C§3.3, C§4)."""
    if _is_replica(cluster):
        return
    for home in homes(cluster, context.stack):
        sharing = [item for item in home.clusters if item is cluster or item.use]
        if not home.field.absent or any(misplaced_for(item, home, context.stack) for item in sharing):
            continue
        if only_snapshots(cluster, context.stack):
            continue  # CNPG applies retention with backups to the object store only, so it would do nothing.
        window = _suggested(home, context)
        yield Claim(
            f"The {home.owner} has no `retentionPolicy`: {_WHO[home.method]} deletes no base backup and no WAL, "
            f"and the bucket grows. Write `retentionPolicy: {window}`; a lifecycle rule of the bucket is no "
            "substitute, because it cuts the chain of WAL that a restore needs.",
            home.view.nearest(*home.route),
            object=home.view.ref,
            change=Change(
                f"write `retentionPolicy: {window}`",
                Safety.SAFE if window == _decided(context) else Safety.UNSAFE,
                (home.effect(window),),
                after=f"Backups that no restore to any time of the last {window} needs are deleted.",
                decision="retention",
            ),
        )


def _is_replica(cluster: Cluster) -> bool:
    """Whether it may follow another Cluster, whose backups are those that count."""
    return (
        not cluster.field("spec", "replica").absent and cluster.field("spec", "replica", "enabled").value is not False
    )


def _decided(context: Context) -> str | None:
    """The window that the configuration decides, where it is one."""
    decided = context.decisions.get("retention")
    return decided if isinstance(decided, str) and parse_window(decided) is not None else None


def _suggested(home: Home, context: Context) -> str:
    gap = longest_gap(home, context.stack) or timedelta()
    return _decided(context) or _window(max(_USUAL, 2 * gap))


def invalid(destination: Cluster | ObjectStore, context: Context) -> Iterator[Claim]:
    """IML115: a window that the API server refuses (C§3.3)."""
    route = PLUGIN if isinstance(destination, ObjectStore) else IN_TREE
    field = destination.field(*route)
    if field.value is None or field.place is None or parse_window(text := str(field.value)) is not None:
        return
    if isinstance(destination, Cluster) and unread_on(destination, context.stack):
        return
    fixed = repair_retention(text)
    yield Claim(
        f"`retentionPolicy: {text}` is not a window that CNPG knows, so the API server refuses the "
        f"{destination.object.manifest.kind}: it takes a number and `d`, `w` or `m` without a space (`30d`, `4w`, "
        f"`6m`). Write `{fixed or '30d'}`" + ("." if fixed else ", if days were meant, or what you need."),
        field.place,
        related=used_at(field),
        change=Change(f"write `{fixed}`", Safety.SAFE, (destination.effect(*route, value=fixed),)) if fixed else None,
        no_fix="" if fixed else "the unit that was meant is not certain",
    )


def too_short(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML116: a window shorter than the minimum, or than the time between two base backups (C§3.3)."""
    least = parse_window(str(context.parameters["minimum"])) or timedelta()
    for home in homes(cluster, context.stack):
        field = home.field
        window = parse_window(field.text) if field.text is not None else None
        if window is None or field.text is None or field.place is None:
            continue
        gap = longest_gap(home, context.stack) or timedelta()
        if window >= max(least, gap):
            continue
        longer = _window(max(least, 2 * gap if window < gap else least))
        yield Claim(
            f"The {home.owner} keeps a recovery window of `{field.text}`. {_why(window, least, gap)} Write `{longer}`.",
            field.place,
            object=home.view.ref,
            related=used_at(field),
            change=Change(
                f"lengthen the window to `{longer}`",
                Safety.UNSAFE,
                (home.effect(longer),),
                after="The bucket will hold more: make sure that there is room.",
            ),
        )


def _why(window: timedelta, least: timedelta, gap: timedelta) -> str:
    if window < gap:
        return (
            f"Up to {_days(gap)} lie between two scheduled base backups: at times a single one is kept, and if that is "
            "damaged nothing can be restored."
        )
    return (
        f"A loss that is noticed after {_days(window)} cannot be undone: `{_window(least)}` is the least that we "
        "recommend."
    )


def _days(length: timedelta) -> str:
    days = -(-length // _DAY)
    return f"{days} day" if days == 1 else f"{days} days"


def _window(length: timedelta) -> str:
    """A window in whole days, rounded up."""
    return f"{-(-length // _DAY)}d"
