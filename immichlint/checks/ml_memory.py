"""The check of machine learning's memory limit."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.facts import load
from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Severity
from immichlint.rules.model import Claim, Context, Profile
from immichlint.stack.container import Container
from immichlint.stack.quantity import amount


def memory_limit(container: Container, context: Context) -> Iterator[Claim]:
    """IML209: less memory than the models need (I§4.5)."""
    facts = load("machine_learning")["memory"]
    least, recommended = facts["least"], facts["recommended"]
    limit = container.field("resources", "limits", "memory")
    change = Change(
        f"limit it to {recommended}",
        Safety.UNSAFE,
        (container.effect("resources", "limits", "memory", value=recommended),),
        after="The node has to have that much memory to spare.",
    )
    if limit.absent:
        yield Claim(
            f"Nothing limits the memory of {container.label}. It takes about 1.7 GB with the default models and more "
            "with larger ones or several workers, and what it takes too much its neighbours on the node lack. "
            f"`{recommended}` is a usual limit.",
            container.name_place,
            severity=Severity.INFO,
            change=change,
            profile=Profile.STRICT,
        )
        return
    size, wanted, enough = amount(limit.value), amount(least), amount(facts["little"])
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
