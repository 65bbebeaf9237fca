"""The check that the database can give Immich the vector extension that it needs (I§5.2, C§7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.facts import load
from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Confidence, Related, Severity
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import Cluster
from immichlint.stack.bootstrap_sql import created, initdb_view
from immichlint.stack.clients import VECTOR_EXTENSION, clients, version_of
from immichlint.stack.container import Container
from immichlint.stack.operand import PGVECTO_RS, PGVECTOR, VECTORCHORD, Operand, library, operand_of, preloaded
from immichlint.stack.version_facts import version
from immichlint.trees.tree import Leaf, Seq
from immichlint.yamltree.place import Place

_LIST: Final = ("spec", "postgresql", "shared_preload_libraries")
_MISPLACED: Final = ("spec", "postgresql", "parameters", "shared_preload_libraries")


def missing(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML404: VectorChord is asked for and not there, or there and not preloaded; or there is neither it nor pgvector.
    One claim: the first that holds."""
    servers = [server for server in clients(cluster, context.stack) if _may_need_vectors(server)]
    operand = operand_of(cluster, context.stack)
    if operand is None or operand.has(VECTORCHORD) is None:
        claims = _without_image(cluster, servers)
    else:
        claims = _with_image(cluster, operand, servers)
    yield from (claim for claim, _ in zip(claims, range(1), strict=False))


def _with_image(cluster: Cluster, operand: Operand, servers: list[Container]) -> Iterator[Claim]:
    confidence = None if operand.sure else Confidence.MEDIUM
    if operand.has(VECTORCHORD) is False:
        for claim in _lacking(cluster, operand, servers):
            yield claim._replace(confidence=confidence)
        if operand.has(PGVECTOR) is False and operand.has(PGVECTO_RS) is False:
            yield Claim(
                f"The image of the Cluster {cluster.name}, {operand.label}, holds neither VectorChord nor pgvector, "
                "and Immich needs one of them: its server ends at the start. Take an image with VectorChord "
                "(`ghcr.io/tensorchord/cloudnative-vectorchord`), or CNPG's `standard` image, which holds pgvector.",
                operand.place,
                confidence=confidence,
                no_fix="which extension Immich is to use is for you to decide",
            )
    elif operand.has(VECTORCHORD):
        yield from _not_preloaded(cluster, operand, servers)


def _lacking(cluster: Cluster, operand: Operand, servers: list[Container]) -> Iterator[Claim]:
    """What needs VectorChord, in an image without it."""
    wanted = load("operand_images")["libraries"][VECTORCHORD]
    advice = "Take an image that holds it (`ghcr.io/tensorchord/cloudnative-vectorchord`)"
    place = _preload_place(cluster, wanted)
    if place is not None:
        yield Claim(
            f"`shared_preload_libraries` of the Cluster {cluster.name} names `{wanted}`, and its image, "
            f"{operand.label}, does not hold VectorChord: PostgreSQL does not start. {advice}, or add it as an image "
            "under `spec.postgresql.extensions`.",
            place,
            related=(Related(operand.place, "the image"),),
            no_fix="an image with VectorChord has to be of the same PostgreSQL major; choose it",
        )
    for item in created(cluster) if initdb_view(cluster) is not None else ():
        if load("operand_images")["created"].get(item.name) == VECTORCHORD and item.place is not None:
            yield Claim(
                f"`{item.list_name}` of the Cluster {cluster.name} creates the extension `{item.name}`, which its "
                f"image, {operand.label}, does not hold: the Cluster cannot be made anew. {advice}.",
                item.place,
                related=(Related(operand.place, "the image"),),
                no_fix="an image with VectorChord has to be of the same PostgreSQL major; choose it",
            )
    for server in servers:
        variable = server.variable(VECTOR_EXTENSION)
        if variable.text == VECTORCHORD:
            yield Claim(
                f"`{VECTOR_EXTENSION}` is `{VECTORCHORD}` in {server.label}, and the image of the Cluster "
                f"{cluster.name}, {operand.label}, does not hold it: the server ends at the start. {advice}, or leave "
                "the variable out: then Immich takes what PostgreSQL offers.",
                operand.place,
                related=(Related(variable.place or server.name_place, "VectorChord is asked for here"),),
                no_fix="an image with VectorChord has to be of the same PostgreSQL major; choose it",
            )


def _not_preloaded(cluster: Cluster, operand: Operand, servers: list[Container]) -> Iterator[Claim]:
    """VectorChord that is there and used, while PostgreSQL does not load it at its start."""
    wanted = load("operand_images")["libraries"][VECTORCHORD]
    libraries = preloaded(cluster)
    if libraries is None or wanted in libraries or not cluster.field(*_MISPLACED).absent:
        return
    if not _is_used(cluster, servers):
        return
    field = cluster.field(*_LIST)
    count = len(field.tree.items) if isinstance(field.tree, Seq) else 0
    value: list[str | int | float | bool | None] = [f"{wanted}.so"]
    effect = cluster.effect(*_LIST, count, value=value[0]) if count else cluster.effect(*_LIST, value=[*value])
    yield Claim(
        f"The Cluster {cluster.name} has VectorChord ({operand.label}) and does not preload it: "
        f"`CREATE EXTENSION vchord` fails, and Immich's server ends at the start. Write "
        f'`shared_preload_libraries: ["{wanted}.so"]` under `spec.postgresql`.',
        field.place.key_of() if field.place is not None and field.known else cluster.nearest(*_LIST),
        related=(Related(operand.held[VECTORCHORD].place or operand.place, "VectorChord"),),
        change=Change(
            f"preload `{wanted}.so`", Safety.UNSAFE, (effect,), after="CNPG restarts the instances, one after another."
        ),
    )


def _is_used(cluster: Cluster, servers: list[Container]) -> bool:
    """Whether it is certain that VectorChord is to be used."""
    variables = [server.variable(VECTOR_EXTENSION) for server in servers]
    if any(variable.unknown or variable.text not in ("", VECTORCHORD) for variable in variables):
        return False
    known = [at for server in servers if (at := version_of(server)) is not None]
    if servers and len(known) == len(servers) and all(at >= _since() for at in known):
        return True
    names = load("operand_images")["created"]
    return initdb_view(cluster) is not None and any(names.get(item.name) == VECTORCHORD for item in created(cluster))


def _without_image(cluster: Cluster, servers: list[Container]) -> Iterator[Claim]:
    """An image that is not known: it may hold VectorChord, and then it has to be preloaded."""
    libraries = preloaded(cluster)
    wanted = load("operand_images")["libraries"][VECTORCHORD]
    for server in servers:
        variable = server.variable(VECTOR_EXTENSION)
        known = libraries is not None and wanted not in libraries and cluster.field(*_MISPLACED).absent
        if variable.text == VECTORCHORD and known:
            yield Claim(
                f"`{VECTOR_EXTENSION}` is `{VECTORCHORD}` in {server.label}, and the Cluster {cluster.name} does not "
                f'preload it (`shared_preload_libraries: ["{wanted}.so"]`). Make sure that its image holds it and '
                "loads it: Immich's server ends at the start otherwise.",
                variable.place or server.name_place,
                severity=Severity.INFO,
                related=(Related(cluster.nearest(*_LIST), "the libraries that the Cluster preloads"),),
                no_fix="what the image holds is not in the repository",
            )


def _preload_place(cluster: Cluster, wanted: str) -> Place | None:
    tree = cluster.field(*_LIST).tree
    for item in tree.items if isinstance(tree, Seq) else ():
        if isinstance(item, Leaf) and isinstance(item.value, str) and library(item.value) == wanted and item.writes:
            return item.writes[-1].place
    return None


def _may_need_vectors(server: Container) -> bool:
    """Whether a server may be of a version that knows VectorChord."""
    at = version_of(server)
    return at is None or at >= _since()


def _since() -> tuple[int, int, int]:
    rows = load("vector_extensions")["extensions"]
    return min(version(row["since"]) for row in rows if row["name"] == VECTORCHORD)
