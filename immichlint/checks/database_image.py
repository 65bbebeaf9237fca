"""Checks of the image of a Cluster's instances: what the operator refuses, and versions that do not fit."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.facts import load
from immichlint.findings.finding import Confidence, Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import Cluster
from immichlint.stack.clients import VECTOR_EXTENSION, clients, version_of
from immichlint.stack.container import Container
from immichlint.stack.image import DATABASE, Image, Version, parse_image
from immichlint.stack.operand import VECTORCHORD, Held, Operand, held_by, major_of, operand_of, tag_place
from immichlint.stack.services import containers_at
from immichlint.stack.stack import Stack
from immichlint.stack.use import database_host
from immichlint.stack.version_facts import holds, version
from immichlint.text.whole import whole

_START = "write one whose tag starts with PostgreSQL's version, such as `17.5-0.4.3`"


def tag(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML407: the operator reads PostgreSQL's version from the tag, and refuses what says none (C§5)."""
    name, catalog = cluster.field("spec", "imageName"), cluster.field("spec", "imageCatalogRef")
    if name.known and catalog.known and name.place is not None:
        yield Claim(
            f"The Cluster {cluster.name} has both `imageName` and `imageCatalogRef`, and the API takes only one of "
            "them: it refuses the Cluster.",
            name.place.key_of(),
            related=(Related(catalog.place.key_of(), "the catalog"),) if catalog.place is not None else (),
            no_fix="remove the one that is not meant",
        )
    if name.text is None or name.place is None:
        return
    image = parse_image(name.text)
    why = _refused(image)
    if why:
        yield Claim(
            f"CloudNativePG refuses the Cluster {cluster.name}: {why}. It reads PostgreSQL's version from the tag; "
            f"{_START}.",
            tag_place(name, image) or name.place,
            no_fix="which version runs, the tag does not tell",
        )


def _refused(image: Image) -> str:
    """Why the operator refuses an image; empty where it does not."""
    if not image.tag:
        return "its image is named by a digest alone" if image.digest else "its image has no tag"
    if image.tag == "latest":
        return "the tag `latest` of its image may be any version"
    major = major_of(image.tag)
    if not image.tag[0].isdigit():
        return f"the tag `{image.tag}` of its image has to start with PostgreSQL's version"
    if major is not None and major < load("operand_images")["least_major"]:
        return f"the tag `{image.tag}` of its image is read as PostgreSQL {major}"
    return ""


def versions(server: Container, context: Context) -> Iterator[Claim]:
    """IML414: the VectorChord of the database is none that this version of Immich accepts, or is made for another
    PostgreSQL (I§5.2)."""
    at, extension = version_of(server), server.variable(VECTOR_EXTENSION)
    wanted = extension.text if extension.known else ""
    for cluster in _databases(server, context.stack):
        operand = operand_of(cluster, context.stack)
        if operand is not None:
            yield from _wrong_postgres(cluster, operand)
            held = operand.held.get(VECTORCHORD)
            if held is not None and at is not None and not extension.unknown and wanted in ("", VECTORCHORD):
                for claim in _out_of_range(server, at, held, f"The Cluster {cluster.name}"):
                    yield claim._replace(confidence=Confidence(cluster.use.confidence) if cluster.use else None)
    for container in _plain_databases(server, context.stack):
        held = held_by(container)
        if held is not None and at is not None and not extension.unknown and wanted in ("", VECTORCHORD):
            yield from _out_of_range(server, at, held, f"{container.label[0].upper()}{container.label[1:]}")


def _databases(server: Container, stack: Stack) -> Iterator[Cluster]:
    """The Clusters that a server certainly connects to, and those where it is the only one that may."""
    for other in (stack, *stack.others):
        for cluster in other.clusters:
            if any(item is server for item in clients(cluster, other)):
                yield cluster


def _plain_databases(server: Container, stack: Stack) -> Iterator[Container]:
    return (item for item in containers_at(database_host(server), server, stack) if item.component == DATABASE)


def _wrong_postgres(cluster: Cluster, operand: Operand) -> Iterator[Claim]:
    for held in operand.held.values():
        if held.postgres is not None and operand.major is not None and held.postgres != operand.major:
            yield Claim(
                f"The image of the extension {held.name} is made for PostgreSQL {held.postgres}, and the Cluster "
                f"{cluster.name} runs PostgreSQL {operand.major}, which cannot load it.",
                held.place or operand.place,
                object=cluster.ref,
                related=(Related(operand.place, f"PostgreSQL {operand.major}"),),
                no_fix=f"take the same version of it for PostgreSQL {operand.major}",
            )


def _out_of_range(server: Container, at: Version, held: Held, subject: str) -> Iterator[Claim]:
    rows = [row for row in load("vector_extensions")["extensions"] if row["name"] == held.name and holds(row, at)]
    row = rows[0] if rows else None
    own = _release(held.version)
    if row is None or own is None or held.place is None:
        return
    least, below = (version(text) for text in row.get("widest", row["range"]))
    if least <= own < below:
        return
    told = f"{row['range'][0]} to below {row['range'][1]}"
    yield Claim(
        f"{subject} has VectorChord {held.version}, and Immich {at} accepts {told}: the server ends at the start. "
        + (
            "Take an older image until Immich is newer; a database that has run with this one does not go back."
            if own >= below
            else "Take a newer image."
        ),
        held.place,
        related=(Related(server.tag_place or server.name_place, f"Immich {at}"),),
        no_fix=f"which image with VectorChord {told} it is to be is for you to decide",
    )


def _release(text: str) -> tuple[int, ...] | None:
    """The numbers of an extension's version; None for a text that is none (`1.1.1-rc1`)."""
    numbers = [whole(part) for part in text.split(".")]
    known = tuple(number for number in numbers if number is not None)
    return (*known, 0, 0)[:3] if known and len(known) == len(numbers) <= 3 else None
