"""Rounds of mending: as many changes at once as hold, each held to its claim."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate, islice
from typing import Final

from immichlint.findings.finding import Finding
from immichlint.findings.locate import route_text
from immichlint.fixing.effects import Keyed, Reader, differences, expected
from immichlint.fixing.texts import edits, texts
from immichlint.fixing.ways import Choice, Failure, Ways
from immichlint.lenses.effective import Effective
from immichlint.named_tuple import NamedTuple
from immichlint.repo.repository import Repository
from immichlint.rules.judged import Judged
from immichlint.stack.inputs import IDLE
from immichlint.text import SourceText
from immichlint.text.edit import Edit
from immichlint.yamltree.ops import AnyOp, Refusal
from immichlint.yamltree.planner import Planner

MAX_ROUNDS: Final = 10
_MAX_WORK: Final = 3_000_000
"""How many characters a round may plan over: for each change, each time that it is tried, those of its file. A
second's work is about a million of them. All rounds together have twice as much: what is refused is tried in each."""
_WORK_OF_JUDGING: Final = 800
"""What judging costs for each object and finding, in characters planned over."""
_NOWHERE: Final = "there is no place where it could be written"
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
        self._reader = Reader()
        self._planner = Planner()
        self._data: dict[str, Keyed] | None = None
        self._objects = _by_key(judged)
        self._ways = Ways(judged, self._objects, rendered=rendered)
        self.accepted: list[tuple[Finding, tuple[AnyOp, ...]]] = []
        self.refused: list[Refused] = []
        self._most = self._work_left = most
        self.after: Judged | None = None
        self.texts: dict[str, SourceText] = {}
        self._failed: dict[frozenset[tuple[int, int]], tuple[Failure, int]] = {}
        """What does not hold, and how many changes were accepted when that was seen."""

    def solve(self, findings: Sequence[Finding]) -> None:
        """Accepts as many as hold: all together, else without those that are to blame, else one by one with its
        alternatives. What is too much work for a round is refused."""
        works = list(accumulate(map(self._work, findings)))
        many = max(1, bisect_right(works, _MAX_WORK // 3))
        # What has no first way would only keep the others from being tried together.
        firsts = [(finding, way) for finding in findings[:many] if (way := self._ways.first(finding)) is not None]
        failed = self._holds(firsts) if firsts else None
        if failed is None:
            self.accepted += firsts
        surely = failed.surely if failed is not None else {}
        together = [finding for finding, _ in firsts if id(finding) not in surely]
        if failed is not None:
            self._solve([finding for finding in together if id(finding) not in failed.blamed])
            self._solve([finding for finding in together if id(finding) in failed.blamed])
        for finding in findings[:many]:
            if finding not in together:
                self._single(finding, surely.get(id(finding), ""))
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
        if len(findings) < 2:
            for finding in findings:
                self._single(finding)
            return
        firsts = [(finding, way) for finding in findings if (way := self._ways.first(finding)) is not None]
        failed = self._holds([*self.accepted, *firsts])
        if failed is None:
            self.accepted += firsts
            return
        blamed = [finding for finding in findings if id(finding) in failed.blamed]
        apart = blamed if 0 < len(blamed) < len(findings) else findings[len(findings) // 2 :]
        self._solve([finding for finding in findings if finding not in apart])
        self._solve(apart)

    def _single(self, finding: Finding, first_failed: str = "") -> None:
        """Accepts a finding's first way that holds; where none does, why the best one does not is told.
        `first_failed`: why the first of all does not, where that is known."""
        reasons = [first_failed] if first_failed else []
        futile: list[str] = []
        for way in islice(self._ways.of(finding), 1 if first_failed else 0, None):
            if isinstance(way, Refusal):
                reasons.append(way.reason)
                continue
            failed = self._holds([*self.accepted, (finding, way)])
            if failed is None:
                self.accepted.append((finding, way))
                return
            (futile if failed.futile else reasons).append(failed.reason)
        self.refused.append(Refused(finding, (*reasons, *futile, _NOWHERE)[0]))

    def _holds(self, choice: Choice) -> Failure | None:
        """Why a choice of changes does not hold; None where it does, and then it is what the round makes. What did
        not hold once is not tried again, in whatever order, unless that may have changed."""
        chosen = frozenset((id(finding), id(way)) for finding, way in choice)
        known = self._failed.get(chosen)
        if known is None or (known[0].relative and known[1] < len(self.accepted)):
            failed = self._tried(choice)
            if failed is not None:
                self._failed[chosen] = failed, len(self.accepted)
            return failed
        return known[0]

    def _tried(self, choice: Choice) -> Failure | None:
        if self._work_left <= 0:
            return Failure(_TOO_MANY)
        judging = _WORK_OF_JUDGING * (len(self._objects) + len(self._before.findings))
        self._work_left -= judging + sum(self._work(finding) for finding, _ in choice)
        repository = self._before.repository
        made = texts(repository, [op for _, ops in choice for op in ops], self._planner.plan)
        if isinstance(made, Refusal):
            return Failure(made.reason)
        if not made:
            return Failure("nothing would change")
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
                return Failure(new)
            # What was not applied before, and is listed now, has left the others of its kind.
            gone = {key for key in wanted if key.startswith(f"{IDLE}|") and key not in actual}
            wanted = {key: data for key, data in wanted.items() if key not in gone} | new
        differing = tuple(differences(wanted, actual))
        if differing:
            from immichlint.fixing.culprits import failure

            return failure(choice, differing, self._objects, _by_key(after))
        uncovered = self._uncovered([finding for finding, _ in choice], after)
        if uncovered is not None:
            return uncovered
        self.after, self.texts = after, made
        return None

    def _uncovered(self, mended: Sequence[Finding], after: Judged) -> Failure | None:
        """A new finding that is as severe as those newly mended and that no rule announces: those are blamed first
        that are about the same object. What the changes that are accepted already uncover is not held against the
        others."""
        seen = [self._before] if self.after is None else [self._before, self.after]
        known = {_identity(finding, judged.repository) for judged in seen for finding in judged.findings}
        # What is absent is shown at the nearest place there is, which a change may bring nearer.
        kept = [finding for finding in self._before.findings if finding not in mended]
        said = {(finding.rule, finding.object, finding.message) for finding in kept}
        announced = {rule for finding in mended for rule in self._leads_to(finding.rule)}
        accepted = {id(finding) for finding, _ in self.accepted}
        worst = max((finding.severity.rank for finding in mended if id(finding) not in accepted), default=0)
        for finding in after.findings:
            if (finding.rule, finding.object, finding.message) in said:
                continue
            new = _identity(finding, after.repository) not in known
            if new and finding.rule not in announced and finding.severity.rank <= worst:
                same = (item for item in mended if finding.object is not None and item.object == finding.object)
                reason = f"it would lead to {finding.rule} ({finding.name})"
                return Failure(reason, frozenset(map(id, same)), relative=True)
        return None


def _by_key(judged: Judged) -> dict[str, Effective]:
    return {item.key: item for stack in judged.everything for item in stack.objects}


def _identity(finding: Finding, repository: Repository) -> tuple[object, ...]:
    return (finding.rule, finding.object, finding.place.document.path, route_text(repository, finding.place))
