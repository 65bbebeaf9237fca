"""Checks of which images are used: those of Immich's past, and those that are gone from their registry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from immichlint.facts import load
from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Related, Severity
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.image import SERVER, Image, Version, parse_image
from immichlint.stack.release import parse_release
from immichlint.stack.stack import Stack
from immichlint.stack.version_facts import holds, version

_PGVECTORS: Final = "pgvecto-rs"
_EXTENSION: Final = "pgvecto.rs"


def legacy(container: Container, context: Context) -> Iterator[Claim]:
    """IML602: an image of Immich's past: under a former name, or without what this version needs (I§1.2, I§5.2)."""
    image = container.image
    if image is not None:
        yield from _moved(container, image)
        yield from _outgrown(container, image, context.stack)


def _moved(container: Container, image: Image) -> Iterator[Claim]:
    row = next((row for row in load("images")["moved"] if image.hub_path == row["from"]), None)
    if row is None:
        return
    target = f"{row['to']}:{image.tag}" if image.tag else row["to"]
    same = image.version is not None and image.version >= version(row["since"]) and not image.digest
    yield Claim(
        f"`{image.repository}` is the former name of the image of {container.label}: Immich publishes it as "
        f"`{row['to']}` and names no other in its documentation, so what happens to the old name is nobody's promise. "
        f"Take `{target}`.",
        container.repository_place,
        severity=Severity.WARNING,
        change=Change(f"take `{target}`", Safety.SAFE, (container.effect("image", value=target),)) if same else None,
        no_fix="" if same else f"see first which version runs, and that `{row['to']}` has it",
    )


def _outgrown(container: Container, image: Image, stack: Stack) -> Iterator[Claim]:
    """A database with pgvecto.rs whose version the server does not accept: it does not start."""
    servers = servers_on_pgvecto_rs(container, stack)
    at = servers[0].image.version if servers and servers[0].image is not None else None
    if at is None or accepts_pgvecto_rs(image, at):
        return
    rows = [row for row in load("vector_extensions")["extensions"] if holds(row, at)]
    row = next((row for row in rows if row["name"] == _EXTENSION), None)
    own = _extension_of(image)
    wanted = f"pgvecto.rs from {row['range'][0]} to below {row['range'][1]}" if row is not None else _accepted(rows)
    yield Claim(
        f"The image of {container.label} holds pgvecto.rs{f' {str(own)[1:]}' if own is not None else ''}, which the "
        f"server {at} refuses: it does not start. It accepts {wanted}.",
        container.repository_place,
        related=tuple(Related(item.tag_place or item.name_place, f"the server {at}") for item in servers),
        no_fix="the database has to be migrated first, as Immich's release notes tell",
    )


def servers_on_pgvecto_rs(container: Container, stack: Stack) -> list[Container]:
    """The servers beside a database of Immich's whose image is that of pgvecto.rs, where all run one known version."""
    image = container.image
    if image is None or image.repository.rpartition("/")[2] != _PGVECTORS or container not in stack.parts:
        return []
    servers = [item for item in stack.components(SERVER) if item.namespace == container.namespace]
    versions = {item.image.version if item.image is not None else None for item in servers}
    return servers if len(versions) == 1 and None not in versions else []


def accepts_pgvecto_rs(image: Image, at: Version) -> bool:
    """Whether a version of Immich takes the pgvecto.rs of an image; one that its tag does not tell is assumed to do."""
    rows = [row for row in load("vector_extensions")["extensions"] if row["name"] == _EXTENSION and holds(row, at)]
    own = _extension_of(image)
    return any(own is None or version(row["range"][0]) <= own < version(row["range"][1]) for row in rows)


def _extension_of(image: Image) -> Version | None:
    return parse_image(f"x:{image.tag.rpartition('-')[2]}").version


def _accepted(rows: list[Mapping[str, Any]]) -> str:
    return " or ".join(f"{row['name']} from {row['range'][0]} to below {row['range'][1]}" for row in rows) or "none"


def gone(container: Container, context: Context) -> Iterator[Claim]:
    """IML603: an image that its registry no longer has (I§1.2, I§6)."""
    image = container.image
    if image is None or all(item.object is not container.object for item in context.stack.parts):
        return
    row = gone_row(image)
    if row is not None:
        yield Claim(
            f"`{image.repository}:{image.tag}` is no longer on Docker Hub, so {container.label} starts only on a "
            f"node that still has it. {row['why']}; this one lies in `{_legacy(image, row['legacy'])}` and is not "
            f"updated any more. Take {_instead(row, container, image)}, or the old one from there for "
            f"now{_asked(row, container)}.",
            container.repository_place,
            no_fix="another image needs other settings and volumes; which one is for you to decide",
        )


def gone_row(image: Image) -> Mapping[str, Any] | None:
    """What is known of an image that its registry no longer has."""
    for row in load("images")["gone"]:
        if fnmatchcase(image.hub_path, row["repository"]) and image.tag not in ("", "?", *row["left"]):
            found: Mapping[str, Any] = row
            return found
    return None


def _instead(row: Mapping[str, Any], container: Container, image: Image) -> str:
    """What to take; a chart that brings the image may have something else in a later version."""
    by_chart = row["chart"]["instead"] if container.object.chart.startswith(f"{row['chart']['name']} ") else {}
    found: str = by_chart.get(image.component) or row["instead"].get(image.component, "another image")
    return found


def _asked(row: Mapping[str, Any], container: Container) -> str:
    """What a chart wants besides before it takes an image that is not its own."""
    chart, _, written = container.object.chart.partition(" ")
    asks, release = row["chart"]["asks"], parse_release(written)
    if chart != row["chart"]["name"] or release is None or release < (parse_release(asks["since"]) or ()):
        return ""
    return f" (with {asks['what']})"


def _legacy(image: Image, namespace: str) -> str:
    return f"docker.io/{namespace}/{image.hub_path.partition('/')[2]}:{image.tag}"
