"""The check that Immich's database is not dropped with the object that declares it."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.findings.change import Change, Safety
from immichlint.rules.model import Claim, Context
from immichlint.stack.clients import clients, database_name
from immichlint.stack.members import Member
from immichlint.stack.stack import Stack


def dropped(database: Member, context: Context) -> Iterator[Claim]:
    """IML415: `databaseReclaimPolicy: delete` of a Database that Immich uses (C§5)."""
    policy, name = database.field("spec", "databaseReclaimPolicy"), database.field("spec", "name").text
    if policy.text != "delete" or policy.place is None or not name or not _is_immichs(database, name, context.stack):
        return
    yield Claim(
        f"The Database {database.name} has `databaseReclaimPolicy: delete`: when this object is pruned, renamed or "
        f"moved to another namespace, CloudNativePG drops the database `{name}` with all that Immich knows about the "
        "photos. `retain`, which is the default, leaves it alone.",
        policy.place,
        change=Change(
            "keep the database",
            Safety.SAFE,
            (database.effect("spec", "databaseReclaimPolicy", value="retain"),),
        ),
    )


def _is_immichs(database: Member, name: str, stack: Stack) -> bool:
    """Whether Immich uses the database of this name; others may lie in the same Cluster."""
    if database.cluster is None:
        return "immich" in name
    names = [database_name(server) for server in clients(database.cluster, stack)]
    return name in names or ("immich" in name and not any(names))
