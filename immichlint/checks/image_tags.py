"""Checks of image tags: those that name no version, and those without a digest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.checks.image_names import gone_row
from immichlint.facts import load
from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import Cluster
from immichlint.stack.container import Container
from immichlint.stack.image import MACHINE_LEARNING, SERVER, Image, Version
from immichlint.stack.stack import Stack
from immichlint.text.whole import whole
from immichlint.yamltree.place import Place

_IMMICH: Final = (SERVER, MACHINE_LEARNING)
_UNKNOWN: Final = "?"


def floating(target: Container | Cluster, context: Context) -> Iterator[Claim]:
    """IML601: the tag is moved to another version from time to time (I§1.3)."""
    if isinstance(target, Container):
        yield from _container(target, context)
        return
    from immichlint.checks.operand_image import floating

    yield from floating(target, context)


def _container(container: Container, context: Context) -> Iterator[Claim]:
    image = container.image
    if image is None or not is_floating(image):
        return
    source = _versioned(container, context.stack)
    change, no_fix = _pinned(container, image, source)
    yield Claim(
        f"{_says(image)}, so which version {container.label} runs depends on when its node pulled the image, and the "
        f"repository does not show it. {_risk(image)}",
        _place(container, image),
        related=(Related(_place(source[0], source[1]), f"{source[2]}"),) if source is not None else (),
        change=change,
        no_fix=no_fix,
    )


def is_floating(image: Image) -> bool:
    """Whether an image has a tag that is certainly moved: none, a word such as `release`, or Immich's `v3`."""
    if image.digest or image.tag == _UNKNOWN:
        return False
    names = load("images")["floating"]
    if image.component not in _IMMICH:
        return image.tag in ("", *names["other"])
    numbers = [whole(part) for part in image.plain_tag.removeprefix("v").split(".")]
    return image.plain_tag in ("", *names["immich"]) or (len(numbers) < 3 and None not in numbers)


def without_digest(container: Container, context: Context) -> Iterator[Claim]:
    """IML606: the tag may be moved; a digest cannot."""
    image = container.image
    if image is None or image.digest or image.tag == _UNKNOWN or is_floating(image) or gone_row(image) is not None:
        return
    yield Claim(
        f"The image of {container.label} has the tag `{image.tag}` and no digest: whoever controls the registry can "
        f"put another image under that tag. Write `{image.tag}@sha256:…`, and let an update tool such as Renovate "
        "raise both.",
        _place(container, image),
        no_fix="only the registry knows the digest; Renovate's preset `docker:pinDigests` writes it",
    )


def _says(image: Image) -> str:
    if not image.tag:
        return f"The image `{image.repository}` has no tag and means `latest`"
    return f"The tag `{image.tag}` is moved to every new version"


def _risk(image: Image) -> str:
    if image.component == SERVER:
        return (
            "A new version of the server migrates the database, and there is no way back; write the exact version that "
            "runs now."
        )
    if image.component == MACHINE_LEARNING:
        return "It has to be of the same version as the server: write the server's exact version."
    return "Write a version, at least the major one: another major may not read the data of the one before."


def _place(container: Container, image: Image) -> Place:
    return (container.tag_place or container.name_place) if image.tag else container.repository_place


def _versioned(container: Container, stack: Stack) -> tuple[Container, Image, Version] | None:
    """The other part of Immich in the namespace whose exact version is known; None where they do not agree."""
    if container.component not in _IMMICH:
        return None
    found: list[tuple[Container, Image, Version]] = []
    for other in stack.containers:
        image = other.image if other.runs_on and other.namespace == container.namespace else None
        if image is not None and image.component in _IMMICH and image.version is not None:
            found.append((other, image, image.version))
    return found[0] if len({version for *_, version in found}) == 1 else None


def _pinned(
    container: Container, image: Image, source: tuple[Container, Image, Version] | None
) -> tuple[Change | None, str]:
    if source is None:
        return None, "only the cluster knows which version runs now; write that one"
    suffix = f"-{image.accelerator}" if image.accelerator else ""
    tag = f"{source[1].plain_tag}{suffix}"
    after = "See that no newer version runs already: Immich is never downgraded."
    return (
        Change(
            f"take `{tag}`", Safety.UNSAFE, (container.effect("image", value=f"{image.repository}:{tag}"),), after=after
        ),
        "",
    )
