"""The check that a Cluster is backed up by what CNPG keeps (C§3.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.findings.change import Change
from immichlint.findings.finding import Severity
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import Cluster
from immichlint.stack.release import has, removed, since

_DEPRECATED: Final = "in-tree-barman"


def deprecated(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML120: `spec.backup.barmanObjectStore` is in use."""
    place = cluster.in_tree.place
    if not cluster.in_tree.known or place is None:
        return
    running = context.running("cnpg")
    release = running.release
    severity, when = Severity.WARNING, "CNPG has deprecated that since 1.26, and takes it out with 1.31"
    if release is not None and has(release, removed(_DEPRECATED)):
        severity, when = Severity.ERROR, f"CNPG {running.version} no longer has that"
    elif release is not None and not has(release, since(_DEPRECATED)):
        severity, when = Severity.INFO, f"CNPG {running.version} still wants it so, and 1.26 deprecates that"
    from immichlint.checks.plugin_migration import migration

    change = migration(cluster, context)
    yield Claim(
        f"The Cluster {cluster.name} is backed up by `spec.backup.barmanObjectStore`: {when}. An operator without it "
        "archives no WAL and takes no backup. The barman-cloud plugin takes its place: an ObjectStore with the same "
        "destination, and `spec.plugins`.",
        place.key_of() if place.route else place,
        severity=severity,
        change=change if isinstance(change, Change) else None,
        no_fix=change if isinstance(change, str) else "",
    )
