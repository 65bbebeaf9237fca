"""Rounds of mending: as many changes at once as hold, each held to its claim."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Final

from immichlint.findings.change import Change, Effect
from immichlint.findings.finding import Finding
from immichlint.findings.locate import route_text
from immichlint.fixing.effects import Keyed, Reader, difference, expected
from immichlint.fixing.texts import edits, texts
from immichlint.lenses.effective import Alternative, Effective
from immichlint.lenses.keyed import indexed
from immichlint.named_tuple import NamedTuple
from immichlint.repo.documents import rendered_from
from immichlint.repo.repository import Repository
from immichlint.rules.judged import Judged
from immichlint.stack.inputs import IDLE
from immichlint.text import SourceText
from immichlint.text.edit import Edit
from immichlint.trees.tree import get
from immichlint.yamltree.ops import AddDocument, AnyOp, NewFile, Refusal, path_of
from immichlint.yamltree.planner import Planner

if TYPE_CHECKING:
    from immichlint.gitops.spread import Spread

MAX_ROUNDS: Final = 10
_MAX_WAYS: Final = 6
_MAX_WORK: Final = 3_000_000
"""How many characters a round may plan over: for each change, each time that it is tried, those of its file. A
second's work is about a million of them. All rounds together have twice as much: what is refused is tried in each."""
_WORK_OF_JUDGING: Final = 800
"""What judging costs for each object and finding, in characters planned over."""
_GONE: Final = Refusal("the object is not applied any more")
_TOO_MANY: Final = "there are too many changes for one go: once others are made, it can be tried"


class Refused(NamedTuple):
    """A finding that was not mended, and why."""

    finding: Finding
    reason: str


class Mended(NamedTuple):
    """The outcome: the repository as it is now, what was mended, and what was not."""

    judged: Judged
    applied: tuple[Finding, ...]
    refused: tuple[Refused, ...]
    texts: Mapping[str, SourceText]


Judge = Callable[[Repository], Judged]
Wanted = Callable[[Finding], bool]
LeadsTo = Callable[[str], frozenset[str]]


def mend(judged: Judged, wanted: Wanted, judge: Judge, leads_to: LeadsTo, *, rendered: bool = False) -> Mended:
    """Applies the wanted changes in rounds until nothing changes any more. `rendered`: also to what Helm rendered."""
    applied: list[Finding] = []
    changed: dict[str, SourceText] = {}
    refused: list[Refused] = []
    work = 2 * _MAX_WORK
    for _ in range(MAX_ROUNDS):
        findings = [item for item in judged.findings if item.change is not None and wanted(item)]
        if not findings:
            refused = []
            break
        made = Round(judged, judge, leads_to, min(work, _MAX_WORK), rendered=rendered)
        made.solve(findings)
        work -= made.work
        refused = made.refused
        if made.after is None:
            break
        applied += [finding for finding, _ in made.accepted]
        changed.update(made.texts)
        judged = made.after
    return Mended(judged, tuple(applied), tuple(refused), changed)


class Round:
    """One round: which changes hold together. `accepted`: findings with the operations that mend them.
    `most`: how much work it may be. `rendered`: whether a document that Helm rendered, and will again, is changed."""

    def __init__(
        self, judged: Judged, judge: Judge, leads_to: LeadsTo, most: int = _MAX_WORK, *, rendered: bool = False
    ) -> None:
        self._before = judged
        self._judge = judge
        self._leads_to = leads_to
        self._rendered = rendered
        self._reader = Reader()
        self._planner = Planner()
        self._data: dict[str, Keyed] | None = None
        self._objects = {item.key: item for stack in judged.everything for item in stack.objects}
        self.accepted: list[tuple[Finding, tuple[AnyOp, ...]]] = []
        self.refused: list[Refused] = []
        self._most = self._work_left = most
        self.after: Judged | None = None
        self.texts: dict[str, SourceText] = {}
        self._differing = ""

    def solve(self, findings: Sequence[Finding]) -> None:
        """Accepts as many as hold: all together, else by halves, else one by one with its alternatives. What is
        too much work for a round is refused."""
        works = list(accumulate(map(self._work, findings)))
        many = max(1, bisect_right(works, _MAX_WORK // 3))
        # What has no first way would only keep the others from being tried together.
        ready = [finding for finding in findings[:many] if self._first(finding) is not None]
        if ready:
            self._solve(ready)
        for finding in findings[:many]:
            if finding not in ready:
                self._single(finding)
        self.refused += [Refused(finding, _TOO_MANY) for finding in findings[many:]]

    @property
    def work(self) -> int:
        """How much work this round was."""
        return self._most - self._work_left

    def edits(self, ops: Iterable[AnyOp]) -> dict[str, tuple[Edit, ...]] | Refusal:
        """The edits of each file that operations need by themselves, or why they cannot be made."""
        return edits(self._before.repository, ops, self._planner.plan)

    def _work(self, finding: Finding) -> int:
        """How many characters a change of this finding is planned over: those of its file, for each effect."""
        source = self._before.repository.read(finding.place.document.path).source
        change = finding.change
        steps = len(change.effects) + len(change.additions) + len(change.ops) if change is not None else 0
        return steps * len(source.text) if source is not None else 0

    def _solve(self, findings: Sequence[Finding]) -> None:
        if len(findings) == 1:
            self._single(findings[0])
            return
        firsts = [(finding, way) for finding in findings if (way := self._first(finding)) is not None]
        self._differing = ""
        if len(firsts) == len(findings) and self._holds([*self.accepted, *firsts]) is None:
            self.accepted += firsts
            return
        # The field that must not change is most often one that a change writes in another object: it is tried apart.
        suspects = [finding for finding in findings if _writes(finding, self._differing)]
        middle = len(findings) // 2
        apart = suspects if 0 < len(suspects) < len(findings) else findings[middle:]
        self._solve([finding for finding in findings if finding not in apart])
        self._solve(apart)

    def _single(self, finding: Finding) -> None:
        reason = "there is no place where it could be written"
        for way in islice(self._ways(finding), _MAX_WAYS):
            if isinstance(way, Refusal):
                reason = way.reason
                continue
            problem = self._holds([*self.accepted, (finding, way)])
            if problem is None:
                self.accepted.append((finding, way))
                return
            reason = problem
        self.refused.append(Refused(finding, reason))

    def _first(self, finding: Finding) -> tuple[AnyOp, ...] | None:
        way = next(self._ways(finding), None)
        return None if way is None or isinstance(way, Refusal) else way

    def _ways(self, finding: Finding) -> Iterator[tuple[AnyOp, ...] | Refusal]:
        found = list(ways(finding, self._objects, self._before.repository))
        if self._before.into_base and self._is_new(finding.change):
            found.reverse()
        # A component is made to be shared: what is written there, others get with it.
        for way in sorted(found, key=self._in_a_component):
            yield self._kept_here(way)

    def _is_new(self, change: Change | None) -> bool:
        """Whether no file writes yet what a change sets."""
        for effect in change.effects if change is not None else ():
            target = self._objects.get(effect.object)
            tree = target.manifest.tree if target is not None else None
            if tree is None or get(tree, indexed(tree, effect.route)) is not None:
                return False
        return True

    def _in_a_component(self, way: tuple[AnyOp, ...] | Refusal) -> bool:
        return not isinstance(way, Refusal) and any(self._spread.is_in_a_component(path_of(op)) for op in way)

    def _kept_here(self, way: tuple[AnyOp, ...] | Refusal) -> tuple[AnyOp, ...] | Refusal:
        """The operations, unless one of them would reach what is not looked at, or would not last."""
        for op in () if isinstance(way, Refusal) else way:
            if isinstance(op, (AddDocument, NewFile)):
                continue
            template = "" if self._rendered else rendered_from(self._before.repository, op.place.document)
            if template:
                return Refusal(f"Helm rendered it from {template} and will write over it: change its values instead")
            beyond = self._spread.beyond(op.place)
            if beyond:
                return Refusal(f"it would also reach {beyond}")
        return way

    @cached_property
    def _spread(self) -> Spread:
        from immichlint.gitops.spread import Spread

        return Spread(self._before.repository, [stack.environment for stack in self._before.everything])

    def _holds(self, choice: Sequence[tuple[Finding, tuple[AnyOp, ...]]]) -> str | None:
        """Why a choice of changes does not hold; None where it does, and then it is what the round makes."""
        if self._work_left <= 0:
            return _TOO_MANY
        judging = _WORK_OF_JUDGING * (len(self._objects) + len(self._before.findings))
        self._work_left -= judging + sum(self._work(finding) for finding, _ in choice)
        repository = self._before.repository
        made = texts(repository, [op for _, ops in choice for op in ops], self._planner.plan)
        if isinstance(made, Refusal):
            return made.reason
        if not made:
            return "nothing would change"
        after = self._judge(repository.with_texts(made))
        if self._data is None:
            self._data = self._reader.read(self._before.everything)
        changes = [finding.change for finding, _ in choice if finding.change is not None]
        effects = [effect for change in changes for effect in (*change.effects, *change.consequences)]
        wanted, actual = expected(self._data, effects), self._reader.read(after.everything)
        additions = [item for change in changes for item in change.additions]
        if additions:
            from immichlint.fixing.additions import added

            new = added(additions, self._before.stacks, after.stacks, actual)
            if isinstance(new, str):
                return new
            # What was not applied before, and is listed now, has left the others of its kind.
            gone = {key for key in wanted if key.startswith(f"{IDLE}|") and key not in actual}
            wanted = {key: data for key, data in wanted.items() if key not in gone} | new
        differing = difference(wanted, actual)
        self._differing = differing.field if differing is not None else ""
        if differing is not None:
            return differing.said
        problem = self._uncovered([finding for finding, _ in choice], after)
        if problem:
            return problem
        self.after, self.texts = after, made
        return None

    def _uncovered(self, mended: Sequence[Finding], after: Judged) -> str:
        """A new finding that is as severe as those mended and that their rules do not announce."""
        known = {_identity(finding, self._before.repository) for finding in self._before.findings}
        # What is absent is shown at the nearest place there is, which a change may bring nearer.
        kept = [finding for finding in self._before.findings if finding not in mended]
        said = {(finding.rule, finding.object, finding.message) for finding in kept}
        announced = {rule for finding in mended for rule in self._leads_to(finding.rule)}
        worst = max((finding.severity.rank for finding in mended), default=0)
        for finding in after.findings:
            if (finding.rule, finding.object, finding.message) in said:
                continue
            new = _identity(finding, after.repository) not in known
            if new and finding.rule not in announced and finding.severity.rank <= worst:
                return f"it would lead to {finding.rule} ({finding.name})"
        return ""


def _writes(finding: Finding, field: str) -> bool:
    """Whether a finding's change writes a field, something in it, or what it is in."""
    effects = finding.change.effects if finding.change is not None and field else ()
    routes = ["/".join(map(str, effect.route)) for effect in effects]
    return any(f"{route}/".startswith(f"{field}/") or f"{field}/".startswith(f"{route}/") for route in routes)


def ways(
    finding: Finding, objects: Mapping[str, Effective], repository: Repository
) -> Iterator[tuple[AnyOp, ...] | Refusal]:
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


def _identity(finding: Finding, repository: Repository) -> tuple[object, ...]:
    return (finding.rule, finding.object, finding.place.document.path, route_text(repository, finding.place))
