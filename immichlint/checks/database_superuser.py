"""The check that Immich does without PostgreSQL's superuser."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import Cluster
from immichlint.stack.clients import clients
from immichlint.stack.container import Container
from immichlint.stack.role import connects_as_superuser, superuser_field
from immichlint.stack.stack import Stack
from immichlint.yamltree.place import Place

_ADVICE = (
    "With the extensions created beforehand Immich needs no superuser, but its own nightly dump (`pg_dumpall`) does: "
    "switch that off where the Cluster is backed up."
)


def access(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML411: Immich connects as a superuser, or `postgres` has a password (C§5, I§5.3)."""
    server = next(
        (item for item in clients(cluster, context.stack) if _as_superuser(item, cluster, context.stack)), None
    )
    field = cluster.field("spec", "enableSuperuserAccess")
    if server is not None:
        place = _role_place(server, cluster, context.stack) or server.variable("DB_USERNAME").place
        yield Claim(
            f"{server.label[0].upper()}{server.label[1:]} connects to the Cluster {cluster.name} as a superuser: who "
            f"gets into Immich may do anything with all databases of the Cluster. {_ADVICE}",
            place or server.name_place,
            related=(Related(cluster.object.name_place, "the Cluster"),),
            no_fix="create the extensions first, and give Immich's role its database",
        )
    elif field.value is True and field.place is not None:
        yield Claim(
            f"`enableSuperuserAccess` of the Cluster {cluster.name} gives `postgres` a password, in the Secret "
            f"{cluster.field('spec', 'superuserSecret', 'name').text or cluster.name + '-superuser'}, with which one "
            "can log in over the network. CloudNativePG leaves it out by default. Take it away unless something needs "
            "it: `kubectl cnpg psql` works without it.",
            field.place,
            no_fix="see first what logs in as `postgres`",
        )


def _as_superuser(server: Container, cluster: Cluster, stack: Stack) -> bool:
    return connects_as_superuser(server, cluster, stack) is True


def _role_place(server: Container, cluster: Cluster, stack: Stack) -> Place | None:
    """Where an object makes the role a superuser."""
    name = server.variable("DB_USERNAME").text
    field = superuser_field(name, cluster, stack) if name else None
    return field.place if field is not None and field.value is True else None
