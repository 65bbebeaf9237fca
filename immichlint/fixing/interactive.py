"""Mending one fix at a time, as a person decides: the logic, which knows no terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from immichlint.findings.asking import Answer, Ask, Key, Question
from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Finding
from immichlint.findings.located import Locator, reading_order
from immichlint.findings.masks import unsaid
from immichlint.findings.report import FixPreview, Located
from immichlint.findings.undecided import Answers
from immichlint.fixing.diff import CONTEXT, Diff, unified
from immichlint.fixing.ignoring import ignoring
from immichlint.fixing.rounds import Judge, LeadsTo, Round, Wanted
from immichlint.fixing.summary import change_made, unsaved_changes
from immichlint.named_tuple import NamedTuple
from immichlint.repo.repository import Repository
from immichlint.rules.judged import Judged
from immichlint.text import SourceText
from immichlint.yamltree.ops import Refusal

_WIDER: Final = 3
"""How many times as many lines of context "more" shows."""


class Offer(NamedTuple):
    """A fix that holds, and that a person is asked about.

    `after`: the judgement with it. `more`: how many findings with a fix come after it. `unsaved`: the files of
    it that have changes which Git does not have. `remark`: why the last answer could not be followed.
    """

    located: Located
    before: Repository
    after: Judged
    texts: Mapping[str, SourceText]
    more: int
    unsaved: tuple[str, ...] = ()
    context: int = CONTEXT
    remark: str = ""

    @property
    def finding(self) -> Finding:
        """The finding that it mends."""
        return self.located.finding

    @property
    def change(self) -> Change:
        """What it does."""
        assert self.finding.change is not None
        return self.finding.change

    @property
    def safe(self) -> bool:
        """Whether it is a safe one."""
        return self.change.safety is Safety.SAFE

    def diff(self) -> Diff:
        """What it would change; with less context where that would show a secret."""
        return unified(self.before, self.after.repository, self.texts, self.context, to_apply=False)

    def question(self) -> Question:
        """What a person is asked."""
        reading = self.before.read(self.located.region.file)
        quiet = self.finding._replace(message=unsaid(self.finding.message, reading))
        located = self.located._replace(finding=quiet)
        if self.finding.undecided is not None:
            return Question(located, "", (), safe=True, more=self.more, remark=self.remark)
        diff = self.diff()
        hidden = (f"{path}: a part of the change would show a secret and is left out here." for path in diff.hidden)
        notes = (*hidden, *map(unsaved_changes, self.unsaved))
        return Question(located, diff.text, notes, self.safe, self.more, self.remark)


Write: TypeAlias = Callable[[Mapping[str, SourceText], Repository], None]
"""Writes texts over those of a repository, or raises UserError and writes none."""
Unsaved: TypeAlias = Callable[[Mapping[str, SourceText]], tuple[str, ...]]
Flaw: TypeAlias = Callable[[str, str], str]
"""What is wrong with a text that decides something of this name; empty where nothing is."""
_Id: TypeAlias = tuple[str, int]
"""A finding while others change: what it is known by, and the how many-th with that it is."""


class Conversation:
    """Goes through the fixes in reading order, each judged anew on what the ones before it have made.

    `judged`: the repository as it is on disk now. `done`: a sentence for each thing that was done.
    """

    def __init__(
        self,
        judged: Judged,
        wanted: Wanted,
        judge: Judge,
        leads_to: LeadsTo,
        write: Write,
        unsaved: Unsaved,
        flaw: Flaw,
    ) -> None:
        self.judged = judged
        self.done: list[str] = []
        self._wanted = wanted
        self._judge = judge
        self._leads_to = leads_to
        self._write = write
        self._unsaved = unsaved
        self._flaw = flaw
        self._whole_rules: set[str] = set()
        self._quota: dict[str, int] = {}
        self._answered: Counter[str] = Counter()
        self._declined: Counter[str] = Counter()
        self._refused: dict[_Id, Judged] = {}

    def run(self, ask: Ask) -> None:
        """Asks about each fix, and writes what is accepted at once. Raises UserError where that is impossible."""
        while (offer := self._next()) is not None:
            if not (self._decide(offer, ask) if offer.finding.undecided is not None else self._settle(offer, ask)):
                return

    def _decide(self, offer: Offer, ask: Ask) -> bool:
        """Asks what a fix waits for, and offers what follows; False where a person has had enough."""
        undecided = offer.finding.undecided
        assert undecided is not None
        answers: dict[str, str] = {}
        while len(answers) < len(undecided.prompts):
            prompt = undecided.prompts[len(answers)]
            answer = ask(offer.question()._replace(prompt=prompt, further=bool(answers)))
            match answer.key:
                case Key.DECIDE if answer.text or prompt.otherwise:
                    flaw = self._flaw(prompt.name, answer.text) if answer.text and not prompt.choices else ""
                    offer = offer._replace(remark=flaw)
                    answers |= {} if flaw else {prompt.name: answer.text}
                case _:
                    left = self._leave(offer, answer)
                    if isinstance(left, bool):
                        return left
                    offer = left
        decided = _decided(offer.located, {name: text for name, text in answers.items() if text})
        made = self._made(decided.finding)
        if made.after is None:
            remark = f"That cannot be written: {made.refused[0].reason}."
            return self._decide(offer._replace(remark=remark), ask)
        return self._settle(offer._replace(located=decided, after=made.after, texts=made.texts, remark=""), ask)

    def _leave(self, offer: Offer, answer: Answer) -> Offer | bool:
        """Does what an answer says that does not make the change: whether to go on with other fixes, or the offer to
        ask about again."""
        if answer.key is Key.QUIT:
            return False
        if answer.key is not Key.IGNORE:
            self._declined[offer.located.identity] += 1
            self._answered[offer.located.identity] += 1
            return True
        ignored = ignoring(self.judged, offer.finding, answer.text, self._judge)
        if isinstance(ignored, Refusal):
            return offer._replace(remark=ignored.reason)
        reason = f": {answer.text}" if answer.text else ""
        self._accept(offer, ignored.after, ignored.texts, f"ignored: {_what(offer)}{reason}")
        return True

    def _settle(self, offer: Offer, ask: Ask) -> bool:
        """Does with an offer what a person says; False where they have had enough."""
        while True:
            answer = (
                Answer(Key.YES) if offer.safe and offer.finding.rule in self._whole_rules else ask(offer.question())
            )
            match answer.key:
                case Key.CONTEXT:
                    wider = offer._replace(context=offer.context * _WIDER, remark="")
                    nothing = wider.diff() == offer.diff()
                    offer = offer._replace(remark="There is nothing more to show.") if nothing else wider
                case Key.ALL if not offer.safe:
                    offer = offer._replace(remark="This fix is unsafe, and such are decided one by one.")
                case Key.ALL:
                    self._whole_rules.add(offer.finding.rule)
                case Key.YES:
                    self._accept(offer, offer.after, offer.texts, change_made("mended", _what(offer), offer.change))
                    return True
                case _:
                    left = self._leave(offer, answer)
                    if isinstance(left, bool):
                        return left
                    offer = left

    def _accept(self, offer: Offer, after: Judged, texts: Mapping[str, SourceText], sentence: str) -> None:
        self._write(texts, self.judged.repository)
        self.judged = after
        self.done.append(sentence)
        self._answered[offer.located.identity] += 1

    def _next(self) -> Offer | None:
        """The first fix in reading order that holds and is not decided."""
        waiting = list(self._open())
        for index, (identity, located) in enumerate(waiting):
            # What did not hold is tried again only after others were written, and after all others were offered.
            if identity in self._refused:
                continue
            made = self._made(located.finding)
            if made.after is not None:
                unsaved = self._unsaved(made.texts)
                more = len(waiting) - index - 1
                return Offer(located, self.judged.repository, made.after, made.texts, more, unsaved)
            self._refused[identity] = self.judged
        again = [identity for identity, judged in self._refused.items() if judged is not self.judged]
        for identity in again:
            del self._refused[identity]
        return self._next() if again else None

    def _made(self, finding: Finding) -> Round:
        """The outcome of a finding's fix; of one that waits for answers, of the first that would hold."""
        changes = finding.undecided.possible() if finding.undecided is not None else (finding.change,)
        for change in changes:
            made = Round(self.judged, self._judge, self._leads_to)
            made.solve([finding._replace(change=change)])
            if made.after is not None:
                break
        return made

    def _open(self) -> Iterator[tuple[_Id, Located]]:
        """The findings with a wanted fix that are not decided, in reading order.

        A finding is asked about once, even where its fix does not take it away or others bring it back.
        """
        findings = [item for item in self.judged.findings if _is_mendable(item) and self._wanted(item)]
        located = sorted(Locator(self.judged.repository).located(map(_previewed, findings)), key=reading_order)
        for mark, number in Counter(item.identity for item in located).items():
            self._quota.setdefault(mark, number)
        seen: Counter[str] = Counter()
        for item in located:
            mark = item.identity
            number = seen[mark]
            seen[mark] += 1
            if number >= self._declined[mark] and self._answered[mark] < self._quota[mark]:
                yield (mark, number), item


def _is_mendable(finding: Finding) -> bool:
    return finding.change is not None or finding.undecided is not None


def _previewed(finding: Finding) -> tuple[Finding, FixPreview | None]:
    """A finding with what its fix would do; nothing is said of one that a person decides."""
    change = finding.change if finding.undecided is None else None
    if change is None:
        return finding._replace(no_fix=""), None
    return finding, FixPreview(change.safety.value, change.title, change.after, ())


def _decided(located: Located, answers: Answers) -> Located:
    """A finding with the fix that answers lead to."""
    assert located.finding.undecided is not None
    change = located.finding.undecided.change(answers)
    finding, fix = _previewed(located.finding._replace(change=change, undecided=None))
    return located._replace(finding=finding, fix=fix)


def _what(offer: Offer) -> str:
    return f"{offer.located.region.file}:{offer.located.region.start.line} {offer.finding.rule}"
