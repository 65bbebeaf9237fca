"""The ways in which a finding's change can be written, best first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

from immichlint.findings.change import Change, Effect
from immichlint.findings.finding import Finding
from immichlint.lenses.effective import Alternative, Effective
from immichlint.lenses.keyed import indexed
from immichlint.named_tuple import NamedTuple
from immichlint.repo.documents import rendered_from
from immichlint.repo.repository import Repository
from immichlint.rules.judged import Judged
from immichlint.trees.tree import get
from immichlint.yamltree.ops import AddDocument, AnyOp, NewFile, Refusal, path_of

if TYPE_CHECKING:
    from immichlint.gitops.spread import Spread

Way: TypeAlias = tuple[AnyOp, ...] | Refusal
"""The operations that make a change, or why they cannot be."""

Choice: TypeAlias = Sequence[tuple[Finding, tuple[AnyOp, ...]]]
"""Findings, each with the operations that would mend it."""

_MAX_WAYS: Final = 6
_GONE: Final = Refusal("the object is not applied any more")


class Failure(NamedTuple):
    """Why a choice does not hold, and whose fault it is.

    `blamed`: findings (by identity) whose change has to do with it, as far as that can be told. `surely`: those of them
    that wrote a field that nobody meant to change, each with the reason: they cannot hold among fewer of the same
    others either. `futile`: only what was meant is not as it was to be, because something else decides it. `relative`:
    it is held against what was accepted until then, and may hold once more is.
    """

    reason: str
    blamed: frozenset[int] = frozenset()
    surely: Mapping[int, str] = {}
    futile: bool = False
    relative: bool = False


class Ways:
    """The ways of each finding, found once. `objects`: the effective ones by their identity. `rendered`: whether a
    document that Helm rendered, and will again, is changed."""

    def __init__(self, judged: Judged, objects: Mapping[str, Effective], *, rendered: bool) -> None:
        self._judged = judged
        self._objects = objects
        self._rendered = rendered
        self._known: dict[int, list[Way]] = {}

    def first(self, finding: Finding) -> tuple[AnyOp, ...] | None:
        """The best way; None where it cannot be gone."""
        way = next(self.of(finding), None)
        return None if way is None or isinstance(way, Refusal) else way

    def of(self, finding: Finding) -> Iterator[Way]:
        """The ways, at most six, best first. They are the same ones each time that they are asked for."""
        if id(finding) not in self._known:
            found = list(_found(finding, self._objects, self._judged.repository))
            if self._judged.into_base and self._is_new(finding.change):
                found.reverse()
            # A component is made to be shared: what is written there, others get with it.
            self._known[id(finding)] = sorted(found, key=self._in_a_component)[:_MAX_WAYS]
        return map(self._kept_here, self._known[id(finding)])

    def _is_new(self, change: Change | None) -> bool:
        """Whether no file writes yet what a change sets."""
        for effect in change.effects if change is not None else ():
            target = self._objects.get(effect.object)
            tree = target.manifest.tree if target is not None else None
            if tree is None or get(tree, indexed(tree, effect.route)) is not None:
                return False
        return True

    def _in_a_component(self, way: Way) -> bool:
        return not isinstance(way, Refusal) and any(self._spread.is_in_a_component(path_of(op)) for op in way)

    def _kept_here(self, way: Way) -> Way:
        """The operations, unless one of them would reach what is not looked at, or would not last."""
        for op in () if isinstance(way, Refusal) else way:
            if isinstance(op, (AddDocument, NewFile)):
                continue
            template = "" if self._rendered else rendered_from(self._judged.repository, op.place.document)
            if template:
                return Refusal(f"Helm rendered it from {template} and will write over it: change its values instead")
            beyond = self._spread.beyond(op.place)
            if beyond:
                return Refusal(f"it would also reach {beyond}")
        return way

    @cached_property
    def _spread(self) -> Spread:
        from immichlint.gitops.spread import Spread

        return Spread(self._judged.repository, [stack.environment for stack in self._judged.everything])


def _found(finding: Finding, objects: Mapping[str, Effective], repository: Repository) -> Iterator[Way]:
    """The alternatives that make a finding's change, best first."""
    change: Change | None = finding.change
    if change is None:
        return
    by_object: dict[str, list[Effect]] = {}
    for effect in change.effects:
        by_object.setdefault(effect.object, []).append(effect)
    options: list[list[Alternative]] = []
    for key, effects in by_object.items():
        target = objects.get(key)
        options.append(list(islice(target.ways(effects), _MAX_WAYS)) if target is not None else [_GONE])
    if change.additions:
        from immichlint.fixing.additions import ways_to_add

        for addition in change.additions:
            target = objects.get(addition.beside)
            found: list[Alternative] = [_GONE]
            if target is not None:
                found = list(ways_to_add(addition, target, repository))
            if found not in options:  # Two environments of one base get one object.
                options.append(found)
    for level in range(max(map(len, options), default=1)):
        ops = list(change.ops)
        for choices in options:
            choice = choices[min(level, len(choices) - 1)] if choices else Refusal("there is no place to write it")
            if isinstance(choice, Refusal):
                yield choice
                break
            ops += choice
        else:
            yield tuple(ops)
