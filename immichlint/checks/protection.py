"""Checks that the photos and the database are backed up at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from immichlint.facts import load
from immichlint.findings.change import Change
from immichlint.findings.finding import Confidence, Related, Severity
from immichlint.rules.model import Claim, Context
from immichlint.stack.backup_methods import has_destination, unwatched
from immichlint.stack.backups import Cluster
from immichlint.stack.container import Container
from immichlint.stack.image import SERVER
from immichlint.stack.library import libraries, sharing
from immichlint.stack.services import containers_at
from immichlint.stack.stack import Stack
from immichlint.stack.use import database_host

if TYPE_CHECKING:
    from immichlint.stack.protection import Protector

_BY_THE_PLUGIN: Final = "Give it the barman-cloud plugin with an ObjectStore (`spec.plugins`), and a ScheduledBackup."
_OF_THE_CHART: Final = "its chart makes the backups, and where they go is for you to decide"
_TOOLS: Final = "VolSync, Velero, K8up, Longhorn, a snapshot schedule or a CronJob"


def library(server: Container, context: Context) -> Iterator[Claim]:
    """IML126: nothing that the repository shows backs up the photos."""
    stack = context.stack
    for found in libraries(stack):
        if found.container.object is not server.object or found.protector(stack) is not None:
            continue
        where = f"{found.what} of {found.container.label}"
        twins = sharing(found, stack)
        if any(twin.container.label < found.container.label for twin in twins):
            continue
        if found.inside:
            yield Claim(
                f"Nothing here backs up the photos in {where}: no {_TOOLS} covers it. A backup of the database without "
                "the photos restores nothing.",
                found.place,
                no_fix="where backups go is for you to decide: a ReplicationSource of VolSync with restic, for example",
            )
        else:
            yield Claim(
                f"Nothing here backs up the photos in {where}. Where they lie on a NAS, that may do it: make sure that "
                "it does, to another place. A backup of the database without the photos restores nothing.",
                found.place,
                severity=Severity.INFO,
                confidence=Confidence.LOW,
                related=tuple(Related(twin.place, "the same share") for twin in twins),
                no_fix="what a NAS does is not in the repository",
            )


def dump_missing(database: Container, context: Context) -> Iterator[Claim]:
    """IML130: a PostgreSQL of Immich's that is a plain workload, and nothing copies it (I§5.4)."""
    stack = context.stack
    users = [item for item in stack.components(SERVER) if _may_use(item, database, stack)]
    if not users:
        return
    from immichlint.stack.copies import protects_database

    if protects_database(database, users, stack) is not None:
        return
    yield Claim(
        f"Nothing here backs up Immich's database: no job dumps the PostgreSQL of {database.label}, and no {_TOOLS} "
        "covers its volume. Immich's own nightly dump lies in the library, which is not backed up either. Without the "
        "database the albums, faces and names of the photos are lost. Dump it (`pg_dump`) to another place, or back up "
        "the library with the dumps in it.",
        database.field("image").place or database.name_place,
        no_fix="where backups go is for you to decide",
    )


def _may_use(server: Container, database: Container, stack: Stack) -> bool:
    """Whether a server connects to a database, or may: through a Service, in its own pod, by a name that only looks
    like it, or by one that is not known."""
    host = database_host(server)
    if any(item is database for item in containers_at(host, server, stack)):
        return True
    if server.namespace != database.namespace:
        return False
    return host is None or host.partition(".")[0] in (database.name, f"{database.name}-headless")


def destination_missing(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML112: a Cluster has no place for backups; an error where nothing else protects it (C§3, C§4)."""
    stack = context.stack
    # A Cluster that is only taken for Immich's because there is no other may well be another application's.
    if has_destination(cluster) is not False or unwatched(cluster) or cluster.use.confidence == Confidence.LOW:
        return
    from immichlint.checks.new_destination import destination
    from immichlint.findings.undecided import Undecided
    from immichlint.stack.copies import protects_cluster

    found = protects_cluster(cluster, stack)
    what = (
        "and nothing else here copies its data: if its volume is lost, so are Immich's albums, faces and names."
        if found is None
        else f"{_instead(found)}, but that is no point-in-time recovery: what happened since the last copy is lost."
    )
    by_chart = _by_its_chart(cluster)
    made, reason = (None, _OF_THE_CHART) if by_chart else destination(cluster, context)
    backups = stack.backups_of(cluster)[:1]
    yield Claim(
        f"The Cluster {cluster.name} has no destination for backups{', ' if found is None else '. '}{what} "
        + (by_chart or _BY_THE_PLUGIN),
        cluster.nearest("spec", "backup"),
        severity=Severity.ERROR if found is None else Severity.WARNING,
        related=tuple(Related(item.object.name_place, "it has nowhere to go") for item in backups),
        change=made if isinstance(made, Change) else None,
        no_fix=reason,
        undecided=made if isinstance(made, Undecided) else None,
    )


def _by_its_chart(cluster: Cluster) -> str:
    """How a chart that makes a Cluster has it backed up, where it does that in a way of its own."""
    rows = (row for row in load("chart_backups").values() if isinstance(row, dict))
    return next((str(row["says"]) for row in rows if cluster.object.chart.startswith(row["chart"])), "")


def _instead(found: Protector) -> str:
    if found.sure:
        return f"{found.tool[0].upper()}{found.tool[1:]} ({found.what}) copies its volume"
    return f"Something else may hold a copy ({found.what})"
