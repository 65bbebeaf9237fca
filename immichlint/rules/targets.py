"""What a rule judges: the targets of a stack, narrowed by where the rule says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from immichlint.findings.finding import Confidence
from immichlint.rules.model import Rule, Settings
from immichlint.stack.backups import Cluster, ObjectStore, ScheduledBackup
from immichlint.stack.container import Container
from immichlint.stack.image import DATABASE, SERVER
from immichlint.stack.inputs import Inputs
from immichlint.stack.members import Member, members
from immichlint.stack.stack import Stack
from immichlint.stack.view import View

if TYPE_CHECKING:
    from immichlint.stack.releases import ChartRelease

Target: TypeAlias = "View | Stack | Inputs | ChartRelease"
_Names: TypeAlias = "tuple[str, ...] | None"

TARGETS: Final[Mapping[str, Callable[[Stack], Iterable[Target]]]] = {
    "stack": lambda stack: (stack,),
    "object": lambda stack: (View(item) for item in stack.objects),
    "workload": lambda stack: stack.workloads,
    "container": lambda stack: (item for item in stack.containers if item.runs_on),
    "part": lambda stack: stack.parts,
    "image": lambda stack: (*stack.parts, *stack.clusters),
    "any-container": lambda stack: stack.containers,
    "cluster": lambda stack: stack.clusters,
    "scheduled-backup": lambda stack: _scheduled_backups(stack),
    "object-store": lambda stack: stack.object_stores,
    "destination": lambda stack: (*stack.clusters, *stack.object_stores),
    "route": lambda stack: _to_servers(stack),
    "release": lambda stack: (
        item for item in stack.releases if item.is_immich and not item.release.manifest.unsettled
    ),
    "database": lambda stack: (*stack.clusters, *(item for item in stack.parts if item.component == DATABASE)),
    "custom-resource": lambda stack: (
        *stack.clusters,
        *stack.scheduled_backups,
        *stack.object_stores,
        *members(stack),
        *map(View, stack.custom),
    ),
}


def _scheduled_backups(stack: Stack) -> Iterator[ScheduledBackup]:
    """The ScheduledBackups, those that name no Cluster with the one that is meant: it says whose they are."""
    for backup in stack.scheduled_backups:
        if backup.cluster is None:
            from immichlint.stack.backup_references import dangling

            found = dangling(backup, stack)
            backup.meant = found.meant if found is not None else None
        yield backup


def _to_servers(stack: Stack) -> Iterator[Target]:
    """The routes that certainly reach a server."""
    if any(each.components(SERVER) for each in (stack, *stack.others)):
        for route in stack.routes:
            if any(container.component == SERVER for container in route.containers):
                yield route


REPOSITORY: Final = "repository"
"""The target of a rule that judges the input as a whole, once."""
_NARROWING: Final = frozenset(("group", "has", "immich"))
"""What is asked of each target; the other keys decide which ones there are."""
WHERE: Final = ("component", "kind", "group", "immich", "has", "compared", "idle")


class Targets:
    """The targets of some stacks, narrowed by where a rule says. Many rules judge the same ones: those are found once,
    and most stacks have none of them."""

    def __init__(self, stacks: Sequence[Stack], settings: Settings) -> None:
        self._stacks = stacks
        self._everything = settings.everything
        self._found: dict[tuple[str, _Names, _Names], list[tuple[Stack, tuple[Target, ...]]]] = {}

    def of(self, rule: Rule) -> Iterator[tuple[Stack, list[Target]]]:
        """The targets that a rule judges, by the stacks that have any."""
        where = rule.where
        key = (rule.target, _listed(where.get("component")), _listed(where.get("kind")))
        if key not in self._found:
            each = ((stack, tuple(_named(stack, *key))) for stack in self._stacks)
            self._found[key] = [(stack, found) for stack, found in each if found]
        narrowed = not _NARROWING.isdisjoint(where)
        for stack, found in self._found[key]:
            selected = [
                item for item in found if not narrowed or _selected(item, where, stack, everything=self._everything)
            ]
            if selected:
                yield stack, selected


def _named(stack: Stack, target: str, components: _Names, kinds: _Names) -> Iterator[Target]:
    """The targets of a stack that are of some components, and of some kinds."""
    everywhere = target == "object" and kinds is not None
    for item in map(View, stack.applied.of_kinds(kinds or ())) if everywhere else TARGETS[target](stack):
        of_component = components is None or (isinstance(item, Container) and _is_of(item, components))
        of_kind = kinds is None or (isinstance(item, View) and item.object.manifest.kind in kinds)
        if not isinstance(item, View) or (of_component and of_kind):
            yield item


def _is_of(container: Container, components: tuple[str, ...]) -> bool:
    """Whether a container runs one of some components. A job with a command of its own only has the image: it fetches
    that to a node, or runs a program that lies in it."""
    return container.component in components and not (
        container.object.manifest.kind in ("Job", "CronJob")
        and not (container.field("command").absent and container.field("args").absent)
    )


def is_judged(where: Mapping[str, Any], inputs: Inputs) -> bool:
    """Whether a rule judges the input as a whole, by what its picture has."""
    needed = _listed(where.get("has"))
    return needed is None or any(getattr(inputs.picture, name, ()) for name in needed)


def _selected(item: Target, where: Mapping[str, Any], stack: Stack, *, everything: bool) -> bool:
    needed = _listed(where.get("has"))
    if isinstance(item, Stack) and needed is not None:
        return any(getattr(item.environment, name, ()) or getattr(item, name, ()) for name in needed)
    if not isinstance(item, View):
        return True
    groups = _listed(where.get("group"))
    if groups is not None and item.object.manifest.group not in groups:
        return False
    if needed is not None and all(item.field(*route.split("/")).absent for route in needed):
        return False
    return not (where.get("immich") and not everything and certainty(item, stack) is None)


def _listed(value: Any) -> _Names:
    return None if value is None else tuple(value) if isinstance(value, list) else (value,)


def certainty(item: Target, stack: Stack) -> Confidence | None:
    """How sure it is that a target belongs to Immich; None where it does not."""
    if isinstance(item, Cluster):
        return Confidence(item.use.confidence) if item.use else None
    if isinstance(item, Member):
        return certainty(item.cluster, stack) if item.cluster is not None else None
    if isinstance(item, ScheduledBackup):
        if item.cluster is not None:
            return certainty(item.cluster, stack)
        named = "immich" in item.cluster_name or "immich" in item.name
        meant = certainty(item.meant, stack) if item.meant is not None else None
        return Confidence.MEDIUM if named or meant in (Confidence.HIGH, Confidence.MEDIUM) else meant
    if isinstance(item, ObjectStore):
        found = [level for cluster in item.clusters if (level := certainty(cluster, stack)) is not None]
        if item.clusters:
            return min(found, key=lambda level: level.rank, default=None)
        return Confidence.MEDIUM if "immich" in item.name else None
    # A cluster's other custom resources: those of neighbours and of the operators themselves are none of Immich's.
    if type(item) is View:
        from immichlint.stack.parts import is_beside_immich

        return Confidence.HIGH if is_beside_immich(item, stack) else None
    return Confidence.HIGH
