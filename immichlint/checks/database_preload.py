"""Checks of the libraries that PostgreSQL loads at its start: where they are named, and pgvecto.rs among them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.facts import load
from immichlint.findings.change import CLEARED, Change, Effect, Safety
from immichlint.findings.finding import Related, Severity
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import Cluster
from immichlint.stack.clients import VECTOR_EXTENSION, clients, version_of
from immichlint.stack.container import Container
from immichlint.stack.operand import PGVECTO_RS, PGVECTOR, VECTORCHORD, Operand, library, operand_of, preloaded
from immichlint.stack.stack import Stack
from immichlint.stack.version_facts import version
from immichlint.trees.tree import Leaf, Seq
from immichlint.yamltree.lookup import Data
from immichlint.yamltree.place import Place

_POSTGRESQL: Final = ("spec", "postgresql")
_NAME: Final = "shared_preload_libraries"


def in_parameters(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML410: the libraries stand among the parameters, where the operator refuses them (C§5)."""
    field = cluster.field(*_POSTGRESQL, "parameters", _NAME)
    if field.text is None or field.place is None:
        return
    found = [library(text) for text in field.text.replace('"', "").replace("'", "").split(",") if text.strip()]
    own = preloaded(cluster)
    merged: list[Data] = [f"{name}.so" for name in found if name not in (own or ())]
    change = None
    if own is not None:
        safe = _holds_all(operand_of(cluster, context.stack), found)
        change = Change(
            f"move it to `spec.postgresql.{_NAME}`",
            Safety.SAFE if safe else Safety.UNSAFE,
            _moved(cluster, merged, len(own)),
            after="" if safe else "See that the image holds these libraries: PostgreSQL does not start without them.",
        )
    listed = ", ".join(f'"{name}.so"' for name in found or ["vchord"])
    yield Claim(
        f"CloudNativePG refuses the Cluster {cluster.name}: `{_NAME}` is no parameter that may be set under "
        f"`parameters`. Write it beside them, as a list: `{_NAME}: [{listed}]` under `spec.postgresql`.",
        field.place.key_of() if field.place.part is None else field.place,
        change=change,
        no_fix="" if change is not None else f"not all that `spec.postgresql.{_NAME}` lists is known",
    )


def _moved(cluster: Cluster, merged: list[Data], count: int) -> tuple[Effect, ...]:
    removal = cluster.effect(*_POSTGRESQL, "parameters", _NAME, value=CLEARED)
    if not merged:
        return (removal,)
    if count == 0:
        return removal, cluster.effect(*_POSTGRESQL, _NAME, value=merged)
    if len(merged) == 1:
        return removal, cluster.effect(*_POSTGRESQL, _NAME, count, value=merged[0])
    texts = (cluster.field(*_POSTGRESQL, _NAME, index).text for index in range(count))
    there: list[Data] = [text for text in texts if text is not None]
    return removal, cluster.effect(*_POSTGRESQL, _NAME, value=[*there, *merged])


def _holds_all(operand: Operand | None, libraries: list[str]) -> bool:
    """Whether an image is known to hold all of some libraries."""
    facts = load("operand_images")["libraries"]
    of = {facts[extension]: extension for extension in (VECTORCHORD, PGVECTO_RS)}
    return operand is not None and all(
        name in facts["contrib"] or (name in of and bool(operand.has(of[name]))) for name in libraries
    )


def pgvecto_rs(database: Cluster | Container, context: Context) -> Iterator[Claim]:
    """IML406: the database still has pgvecto.rs, which Immich has left behind (I§1.5, I§5.2)."""
    if isinstance(database, Cluster):
        yield from _in_a_cluster(database, context)
    else:
        yield from _in_a_workload(database, context.stack)


def _in_a_workload(database: Container, stack: Stack) -> Iterator[Claim]:
    """A plain PostgreSQL with the image of pgvecto.rs alone, of a version that Immich still takes; what it refuses is
    IML602's."""
    from immichlint.checks.image_names import accepts_pgvecto_rs, servers_on_pgvecto_rs

    servers = servers_on_pgvecto_rs(database, stack)
    at = version_of(servers[0]) if servers else None
    image = database.image
    if image is None or at is None or at < _border(VECTORCHORD, "since") or not accepts_pgvecto_rs(image, at):
        return
    yield Claim(
        f"{database.subject} has pgvecto.rs. Immich {at} still reads it, and version {_border(PGVECTO_RS, 'until')} "
        "refuses it. Migrate to VectorChord before that: back it up, take the `ghcr.io/immich-app/postgres` of the "
        "same PostgreSQL that has both (`-vectorchord…-pgvectors…`) and start Immich once; then the one with "
        "VectorChord alone.",
        database.repository_place,
        related=tuple(Related(item.tag_place or item.name_place, f"Immich {at}") for item in servers),
        no_fix="the migration has several steps, and a backup before them",
    )


def _in_a_cluster(cluster: Cluster, context: Context) -> Iterator[Claim]:
    operand = operand_of(cluster, context.stack)
    wanted = load("operand_images")["libraries"][PGVECTO_RS]
    place = _listed_at(cluster, wanted)
    held = operand.held.get(PGVECTO_RS) if operand is not None else None
    if place is not None and operand is not None and operand.sure and operand.has(PGVECTO_RS) is False:
        yield Claim(
            f"`{_NAME}` of the Cluster {cluster.name} names `{wanted}`, the library of pgvecto.rs, and its image, "
            f"{operand.label}, does not hold it: PostgreSQL does not start. Take it out once the database is migrated.",
            place,
            severity=Severity.ERROR,
            related=(Related(operand.place, "the image"),),
            no_fix="a database that still has columns of pgvecto.rs has to be migrated first, with an image of both",
        )
    elif (held is not None and operand is not None and operand.has(VECTORCHORD) is not True) or place is not None:
        yield from _outdated(cluster, place or (held.place if held is not None else None), context)


def _outdated(cluster: Cluster, place: Place | None, context: Context) -> Iterator[Claim]:
    """A database with pgvecto.rs, by the versions of the servers that use it."""
    since, until = _border(VECTORCHORD, "since"), _border(PGVECTO_RS, "until")
    versions = [(server, at) for server in clients(cluster, context.stack) if (at := version_of(server)) is not None]
    newest = max(versions, key=lambda item: item[1], default=None)
    if newest is None or newest[1] < since or place is None:
        return
    server, at = newest
    if at >= until and all(_takes_another(client) for client, _ in versions):
        return  # The Cluster has it, for others perhaps; whether Immich's own database does, nothing tells.
    related = (Related(server.tag_place or server.name_place, f"Immich {at}"),)
    if at >= until:
        said = f"Immich {at} refuses it: the server does not start while the database has it"
    else:
        said = f"Immich {at} still reads it, and version {until} refuses it"
    yield Claim(
        f"The Cluster {cluster.name} has pgvecto.rs. {said}. Migrate to VectorChord with a version of Immich from "
        f"{since} to below {until}: an image that holds both, `vchord.so` and `vectors.so` preloaded, one start of "
        "Immich; then an image with VectorChord alone.",
        place,
        severity=Severity.ERROR if at >= until else None,
        related=related,
        no_fix="the migration has several steps, and a backup before them",
    )


def _takes_another(server: Container) -> bool:
    """Whether a server is told to use another extension than pgvecto.rs."""
    said = server.variable(VECTOR_EXTENSION)
    return said.known and said.text in (VECTORCHORD, PGVECTOR)


def _border(name: str, key: str) -> tuple[int, int, int]:
    rows = [row[key] for row in load("vector_extensions")["extensions"] if row["name"] == name and row[key]]
    found = [version(text) for text in rows]
    return min(found) if key == "since" else max(found)


def _listed_at(cluster: Cluster, wanted: str) -> Place | None:
    """Where the list of libraries names one."""
    tree = cluster.field(*_POSTGRESQL, _NAME).tree
    for item in tree.items if isinstance(tree, Seq) else ():
        if isinstance(item, Leaf) and isinstance(item.value, str) and library(item.value) == wanted and item.writes:
            return item.writes[-1].place
    return None
