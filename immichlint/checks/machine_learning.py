"""Checks of machine learning besides its caches and its user: scratch space and its version."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Related
from immichlint.named_tuple import NamedTuple
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.image import MACHINE_LEARNING, SERVER, Image, Version
from immichlint.stack.ml_home import MlHome
from immichlint.stack.stack import Stack


def tmp_unwritable(container: Container, context: Context) -> Iterator[Claim]:
    """IML206: nothing is writable where gunicorn and Matplotlib keep their temporary files (I§4.3)."""
    home = MlHome(container)
    field = container.field("securityContext", "readOnlyRootFilesystem")
    if not home.read_only or not container.volumes_known or field.place is None:
        return
    given = container.variable("TMPDIR")
    folders = [*([given.text] if given.known else []), "/tmp", "/var/tmp", "/usr/tmp"]
    if given.unknown or any(home.can_write(folder) for folder in folders):
        return
    from immichlint.checks.ml_hardening import new_volume

    effects = new_volume(container, "tmp", "/tmp")
    change = Change("mount an emptyDir at `/tmp`", Safety.SAFE, effects) if effects else None
    yield Claim(
        f"The root filesystem of {container.label} is read-only and nothing writable is mounted at `/tmp`: gunicorn "
        "cannot write its heartbeat there and does not start. Mount an emptyDir at `/tmp`.",
        field.place,
        change=change,
        no_fix="" if change else "mount an emptyDir at `/tmp` in place of what is there",
    )


class _Versioned(NamedTuple):
    container: Container
    image: Image
    version: Version


def version_mismatch(container: Container, context: Context) -> Iterator[Claim]:
    """IML207: server and machine learning, or two workers of one server, have other versions (I§1.3)."""
    own = _versioned(container)
    if own is None:
        return
    if own.image.component == MACHINE_LEARNING:
        other, what = _server_of(own.container, context.stack), "The server"
        subject = "machine learning"
    elif own.image.component == SERVER:
        other, what = _earlier_worker(own.container, context.stack), "Its other worker"
        subject = "the server"
    else:
        return
    if other is None or other.version == own.version:
        return
    related = other.container.tag_place
    yield Claim(
        f"{what} runs {other.version} ({other.container.label}), but {subject} runs {own.version} "
        f"({container.label}): they are made for each other and must have the same version.",
        container.tag_place or container.name_place,
        related=(Related(related, f"{other.version}"),) if related is not None else (),
        change=_same_version(own, other),
        no_fix=f"The image is pinned by a digest; take that of {other.version} from the registry, or drop the digest."
        if own.image.digest
        else "",
    )


def _versioned(container: Container) -> _Versioned | None:
    image = container.image
    version = image.version if image is not None else None
    return _Versioned(container, image, version) if image is not None and version is not None else None


def _server_of(container: Container, stack: Stack) -> _Versioned | None:
    """The server that a machine learning belongs to: the only version in its namespace, here or, where there is
    none here, in the only other environment that has one."""
    here = _beside(container, stack, SERVER)
    if not here:
        there = [servers for other in stack.others if (servers := _beside(container, other, SERVER))]
        rivals = [other for other in stack.others if _beside(container, other, MACHINE_LEARNING)]
        here = there[0] if len(there) == 1 and not rivals else []
    known = [found for item in here if (found := _versioned(item)) is not None]
    one = len(known) == len(here) and len({item.version for item in known}) == 1
    return known[0] if one else None


def _beside(container: Container, stack: Stack, component: str) -> list[Container]:
    return [item for item in stack.components(component) if item.namespace == container.namespace]


def _earlier_worker(container: Container, stack: Stack) -> _Versioned | None:
    """The other worker of a server that is split in two; None for the first of them."""
    workers = _beside(container, stack, SERVER)
    split = all(_is_worker(item) for item in workers)
    if len(workers) != 2 or not split or (workers[0].object, workers[0].route) == (container.object, container.route):
        return None
    return _versioned(workers[0])


def _is_worker(container: Container) -> bool:
    return any(container.variable(f"IMMICH_WORKERS_{word}").is_set for word in ("INCLUDE", "EXCLUDE"))


def _same_version(own: _Versioned, other: _Versioned) -> Change | None:
    if own.image.digest:
        return None
    suffix = f"-{own.image.accelerator}" if own.image.accelerator else ""
    tag = f"{other.image.plain_tag}{suffix}"
    return Change(
        f"take `{tag}`",
        Safety.UNSAFE,
        (own.container.effect("image", value=f"{own.image.repository}:{tag}"),),
        after="Immich is never downgraded: where machine learning has the newer version on purpose, raise the server "
        "instead.",
    )
