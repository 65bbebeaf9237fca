"""The checks of memory limits: the server's, and machine learning's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.facts import load
from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Severity
from immichlint.rules.model import Claim, Context, Profile
from immichlint.stack.container import Container
from immichlint.stack.quantity import amount
from immichlint.stack.server import is_long_running
from immichlint.yamltree.lookup import Route

_LIMIT: Final[Route] = ("resources", "limits", "memory")
_TO_SPARE: Final = "The node has to have that much memory to spare."
_TO_GIVE: Final = "See that a node has as much memory to give."


def machine_learning(container: Container, context: Context) -> Iterator[Claim]:
    """IML209: less memory than the models need (I§4.5)."""
    facts = load("machine_learning")["memory"]
    recommended = facts["recommended"]
    limit = container.field(*_LIMIT)
    change = _limited(container, f"limit it to {recommended}", recommended, _TO_SPARE)
    if limit.absent:
        yield _unlimited(
            container,
            ". It takes about 1.7 GB with the default models and more with larger ones or several workers, and what "
            f"it takes too much its neighbours on the node lack. `{recommended}` is a usual limit.",
            change,
        )
        return
    size, wanted, enough = amount(limit.value), amount(facts["least"]), amount(facts["little"])
    if size is None or wanted is None or enough is None or limit.place is None or size >= enough:
        return
    outcome = (
        "It is likely to be killed while it loads them, and the jobs that wait for it fail."
        if size < wanted
        else "That is little when text recognition, larger models or a second worker come in."
    )
    yield Claim(
        f"The memory limit of {container.label} is `{limit.value}`; with the default models machine learning takes "
        f"about 1.7 GB. {outcome} Give it `{recommended}`.",
        limit.place,
        severity=Severity.WARNING if size < wanted else Severity.INFO,
        change=change,
    )


def server(container: Container, context: Context) -> Iterator[Claim]:
    """IML315: the server is given less memory than it takes to decode a photo (I§2.9)."""
    facts = load("immich_server")["memory"]
    least, usual = facts["least"], facts["usual"]
    limit = container.field(*_LIMIT)
    change = _limited(container, f"limit the memory to {usual}", usual, _TO_GIVE)
    if limit.absent and is_long_running(container):
        yield _unlimited(
            container,
            ": a video that takes much of it takes it from the database and whatever else is on the node. "
            f"`{usual}` is a usual limit.",
            change,
        )
        return
    size, wanted = amount(limit.value), amount(least)
    if not limit.known or size is None or wanted is None or size >= wanted:
        return
    yield Claim(
        f"The memory of {container.label} is limited to {limit.value}: thumbnails of large photos and transcoding need "
        f"more than {least}, and the kernel kills the server in the middle of a job. Immich asks for 6 GB in all.",
        limit.place or container.name_place,
        change=change,
    )


def _unlimited(container: Container, so: str, change: Change) -> Claim:
    """Advice for whom it matters: most run well without a limit."""
    return Claim(
        f"Nothing limits the memory of {container.label}{so}",
        container.name_place,
        severity=Severity.INFO,
        change=change,
        profile=Profile.STRICT,
    )


def _limited(container: Container, title: str, size: str, after: str) -> Change:
    return Change(title, Safety.UNSAFE, (container.effect(*_LIMIT, value=size),), after=after)
