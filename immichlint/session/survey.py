"""A look at a repository that has no configuration yet, for its first one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from immichlint.config.starter import Found
from immichlint.findings.overview import overview
from immichlint.report.visible import visible
from immichlint.session.requests import CheckRequest, Tell, silent
from immichlint.session.run import Run
from immichlint.stack.image import SERVER

if TYPE_CHECKING:
    from immichlint.findings.finding import Finding
    from immichlint.findings.overview.model import StackView
    from immichlint.stack.stack import Stack


def survey(root: Path, tell: Tell = silent) -> Found:
    """What is known of a repository: what it has, what is wrong with it, whom Immich runs as. Raises UserError."""
    judged = Run(CheckRequest((root,), root), tell).judged
    things = [visible(text) for view in overview(judged.inputs, datetime.now(UTC)).stacks for text in _things(view)]
    counts = Counter((finding.rule, finding.name) for finding in judged.findings)
    found = Found(
        tuple(dict.fromkeys(things)),
        tuple(f"{number} x {rule} {visible(name)}" for (rule, name), number in sorted(counts.items())),
    )
    users = set(_users(judged.stacks, "runAsUser"))
    groups = set(_users(judged.stacks, "runAsGroup"))
    found = found._replace(uid=_only(users), gid=_only(groups))
    named = filter(_can_be_named, judged.findings)
    example = max(named, key=lambda finding: finding.severity.rank, default=None)
    if example is None or example.object is None:
        return found
    _, kind, namespace, name = example.object
    return found._replace(rule=example.rule, object=f"{kind}/{namespace}/{name}")


def _things(view: StackView) -> Iterator[str]:
    """What a stack has, in a line each; the same on every day."""
    for item in view.components:
        image = f"{item.image}:{item.tag}" if item.tag else f"{item.image}, tag unknown"
        yield f"{item.component}: {image} in {item.workload} {item.name}"
    for database in view.databases:
        name = f"{database.namespace}/{database.name}" if database.namespace else database.name
        yield f"database: Cluster {name}, because {database.why}"
        for archive in database.archives:
            yield f"backups go to: {archive.destination or archive.unknown}"
        for schedule in database.schedules:
            yield f"backup: {schedule.expression or schedule.why}{f', {schedule.words}' if schedule.words else ''}"


def _users(stacks: tuple[Stack, ...], option: str) -> Iterator[int]:
    for stack in stacks:
        for server in stack.components(SERVER):
            value = server.security(option).value
            if isinstance(value, int) and not isinstance(value, bool) and value > 0:
                yield value


def _only(values: set[int]) -> int:
    return values.pop() if len(values) == 1 else 0


def _can_be_named(finding: Finding) -> bool:
    """Whether a finding's object can stand in a line of YAML as it is."""
    ref = finding.object
    return ref is not None and all(part.replace("-", "").replace(".", "").isalnum() for part in (ref.kind, ref.name))
