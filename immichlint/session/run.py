"""One run over one repository: read, judge, mend, report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from immichlint import __version__
from immichlint.config import load
from immichlint.findings.finding import Confidence, Finding, Severity
from immichlint.findings.report import FixPreview, Located, Report, RuleInfo, Unread
from immichlint.repo.repository import Repository
from immichlint.repo.root import CONFIG_NAME, find_root
from immichlint.repo.seen import Seen
from immichlint.rules.model import Rule
from immichlint.session.reading import prefixes, read
from immichlint.session.requests import CheckRequest, Outcome, Tell
from immichlint.session.selection import every_rule, infos, resolved, selected, settings_of
from immichlint.session.telling import chains, counted, secrets, sources, suppressed

if TYPE_CHECKING:
    from immichlint.findings.asking import Ask
    from immichlint.findings.baseline import Entry
    from immichlint.rules.judged import Judged
    from immichlint.session.since import Since
    from immichlint.text import SourceText

_MOST_NAMED: Final = 3


class Run:
    """One run over one repository."""

    def __init__(
        self, request: CheckRequest, tell: Tell, rules: tuple[Rule, ...] | None = None, seen: Seen | None = None
    ) -> None:
        self.request = request
        self.root = request.root.resolve() if request.root is not None else find_root(request.paths[0])
        self.prefixes = [""] if request.rendered else prefixes(self.root, request.paths)
        if seen is not None:
            seen.takes(request.config or self.root / CONFIG_NAME)
        found = load(self.root, request.config)
        if seen is not None:
            for folder in found.rule_folders:
                seen.takes(self.root / folder)
        self.every_rule = every_rule(self.root, found)
        self.config = resolved(found, self.every_rule)
        self.rules = selected(request, self.config, self.every_rule) if rules is None else rules
        self.settings = settings_of(request, self.config, self.rules)
        self.baseline_path: Path | None = None
        self.baseline: tuple[Entry, ...] = ()
        if request.baseline is not None or request.write_baseline or self.config.baseline:
            from immichlint.session.accepting import baseline_path, read_baseline

            self.baseline_path = baseline_path(self.root, self.config, request)
            if seen is not None:
                seen.takes(self.baseline_path)
            self.baseline = read_baseline(self.baseline_path, written=request.write_baseline)
        tell("reading")
        self.repository = read(self.root, self.config, request, self.baseline_path, seen)
        tell("judging")

    @cached_property
    def judged(self) -> Judged:
        """The judgement of the repository as it is."""
        return self.judge(self.repository)

    @property
    def is_foreign(self) -> bool:
        """Whether nothing here names Immich or CloudNativePG: most commits of most repositories."""
        return self.baseline_path is None and not self.repository.judged()

    def nothing(self) -> Outcome:
        """The outcome where there is nothing to judge: no room of the analysis is entered."""
        unread = tuple(Unread(file.path, file.unread) for file in self.repository.unread())
        summary = counted([], [], len(self.repository.paths))
        notes = (
            "No manifest here names Immich or CloudNativePG: there was nothing to judge. What other languages describe "
            "(Terraform, CUE, Jsonnet, Nix) can be judged as manifests: `… | immichlint check -`.",
        )
        report = Report(__version__, str(self.root), (), unread, summary, self.rule_infos, notes)
        return Outcome(report, 0, source=sources(self.repository))

    def judge(self, repository: Repository) -> Judged:
        """The judgement of a repository; what is ignored, in the baseline or unsure is left out."""
        from immichlint.rules.judged import judge_repository

        before = self.since.stacks if self.since is not None else None
        judged = judge_repository(
            repository, self.rules, self.settings, self.config.ignores, self.every_rule, before=before
        )
        if self.baseline:
            from immichlint.session.accepting import with_baseline

            judged = with_baseline(judged, self.baseline)
        least = Confidence(self.request.min_confidence or self.config.min_confidence)
        kept = tuple(item for item in judged.findings if item.confidence.rank <= least.rank)
        return judged._replace(findings=kept)

    @cached_property
    def since(self) -> Since | None:
        """The repository as it was, where only what has changed is to be reported."""
        revision = self.request.changed_since
        if revision is None:
            return None
        from immichlint.rules.judged import judge_repository
        from immichlint.session.since import Since, repository_at

        repository = repository_at(self.root, revision, self.config.excludes, self.repository)
        return Since(judge_repository(repository, self.rules, self.settings))

    def leads_to(self, rule: str) -> frozenset[str]:
        """The rules that a rule's fix may uncover."""
        return next((frozenset(item.leads_to) for item in self.every_rule if item.id == rule), frozenset())

    def shown(self, finding: Finding, repository: Repository | None = None) -> bool:
        """Whether a finding is in a file that was asked for, and, where that matters, has to do with what changed."""
        if not self._asked_for(finding.place.document.path):
            return False
        return self.since is None or self.since.concerns(finding, repository or self.repository)

    def _asked_for(self, path: str) -> bool:
        return any(not prefix or path == prefix or path.startswith(f"{prefix}/") for prefix in self.prefixes)

    def _reads(self, prefix: str) -> bool:
        """Whether there are files in a folder that was asked for, or it is one; `.gitignore` may leave all out."""
        return not prefix or any(path == prefix or path.startswith(f"{prefix}/") for path in self.repository.paths)

    def accept(self) -> Outcome:
        """Writes the baseline anew: what is found now, and what this run could not judge."""
        from immichlint.findings.baseline import dump_baseline, entry_of, without
        from immichlint.report.sink import write_file

        assert self.baseline_path is not None
        stale = self._stale(self.judged)
        found = [entry_of(self.repository, finding) for finding in self.judged.findings if self.shown(finding)]
        before = without(self.baseline, stale)
        write_file(self.baseline_path, dump_baseline((*before, *found)))
        self.baseline = (*before, *found)
        count = "1 finding" if len(self.baseline) == 1 else f"{len(self.baseline)} findings"
        done = f"The baseline {self.baseline_path.name} has {count} now: {len(found)} new, {len(stale)} gone."
        heeded = f"Runs heed it once {CONFIG_NAME} has `baseline: {self.baseline_path.name}`."
        is_named = self.request.baseline is not None or bool(self.config.baseline)
        return self.report(self.judge(self.repository))._replace(fixed=(done,) if is_named else (done, heeded))

    def mend(self, say: Tell) -> Outcome:
        """Mends what is wanted, in memory for a diff, else on disk."""
        from immichlint.findings.change import Safety
        from immichlint.fixing.diff import unified
        from immichlint.fixing.rounds import mend
        from immichlint.fixing.summary import left, mended, unsaved_changes
        from immichlint.fixing.write import clear, write_all

        unsafe = self.request.unsafe_fixes

        def wanted(finding: Finding) -> bool:
            change = finding.change
            return change is not None and (unsafe or change.safety is Safety.SAFE) and self.shown(finding)

        made = mend(self.judged, wanted, self.judge, self.leads_to)
        outcome = self.report(made.judged)
        done = mended(made, self.repository, done=not self.request.diff)
        rest = left(outcome.report.findings, made.refused)
        if self.request.diff:
            diff = unified(self.repository, made.judged.repository, made.texts)
            hidden = tuple(
                f"not shown: {path}: a change of a line with a secret, or right above one." for path in diff.hidden
            )
            before = self.report(self.judged)
            return before._replace(diff=diff.text, exit_code=int(bool(made.texts)), fixed=(*done, *rest, *hidden))
        clear(self.root, self.repository)
        for path in self._unsaved(made.texts):
            say(unsaved_changes(path))
        write_all(self.root, made.texts, self.repository)
        return outcome._replace(fixed=(*done, *rest))

    def converse(self, ask: Ask, say: Tell) -> Outcome:
        """Mends what a person accepts, one fix at a time. What was done is said however it ends."""
        from immichlint.config.decided import flaw
        from immichlint.fixing.interactive import Conversation
        from immichlint.fixing.summary import left
        from immichlint.fixing.write import clear, write_all

        def write(texts: Mapping[str, SourceText], before: Repository) -> None:
            write_all(self.root, texts, before)

        clear(self.root, self.repository)
        talk = Conversation(self.judged, self.shown, self.judge, self.leads_to, write, self._unsaved, flaw)
        try:
            talk.run(ask)
        finally:
            for sentence in talk.done:
                say(sentence)
        outcome = self.report(talk.judged)
        return outcome._replace(fixed=left(outcome.report.findings))

    def _unsaved(self, texts: Mapping[str, SourceText]) -> tuple[str, ...]:
        """The files that are to be written and that had changes which Git does not have."""
        from immichlint.repo.git_index import unsaved

        return unsaved(
            self.root, {path: self.repository.raw(path) for path in sorted(texts) if path in self.repository}
        )

    def report(self, judged: Judged) -> Outcome:
        """What a judgement looks like from outside."""
        findings = [finding for finding in judged.findings if self.shown(finding, judged.repository)]
        located = self._located(judged, findings) if findings else []
        ignored = [item for item in judged.ignored if self.shown(item.finding, judged.repository)]
        stale = self._stale(judged)
        unread = tuple(Unread(item.path, item.why) for item in judged.inputs.unread)
        report = Report(
            __version__,
            str(self.root),
            tuple(located),
            unread,
            counted(located, ignored, len(judged.repository.paths))._replace(stale=len(stale)),
            self.rule_infos,
            self._notes(judged, stale),
            chains(judged),
            suppressed(judged, ignored),
        )
        repository = judged.repository
        return Outcome(report, self._exit_code(located), source=sources(repository), secrets=secrets(repository))

    def _located(self, judged: Judged, findings: list[Finding]) -> list[Located]:
        """The findings with their places and what their fixes would do."""
        from immichlint.findings.located import Locator, reading_order

        fixes: Sequence[FixPreview | None] = [None] * len(findings)
        if any(finding.change is not None for finding in findings):
            from immichlint.fixing.preview import previews

            fixes = previews(judged, findings, self.judge, self.leads_to)
        return sorted(Locator(judged.repository).located(zip(findings, fixes, strict=True)), key=reading_order)

    def rule_infos(self) -> tuple[RuleInfo, ...]:
        """The selected rules, for people."""
        return infos(self.rules, self.root, self.config)

    def _stale(self, judged: Judged) -> tuple[Entry, ...]:
        """The entries of the baseline that this run judged, and found no more."""
        if not self.baseline:
            return ()
        from immichlint.session.accepting import stale_entries

        rules = {rule.id for rule in self.rules}
        return tuple(entry for entry in stale_entries(judged, self.baseline, rules) if self._asked_for(entry.file))

    def _notes(self, judged: Judged, stale: tuple[Entry, ...]) -> tuple[str, ...]:
        notes: list[str] = []
        if not self.rules:
            notes.append("No rule judged: what `ignore` takes out is all that was selected.")
        notes += [f"No file that is read lies in `{prefix}`." for prefix in self.prefixes if not self._reads(prefix)]
        unreleased = sorted({path for stack in judged.stacks for path in stack.unreleased})
        if not judged.stacks:
            notes.append("Nothing here applies what names Immich or CloudNativePG: there was nothing to judge.")
        elif unreleased:
            notes.append(_partly_judged(unreleased))
        elif not any(stack.parts for stack in judged.stacks) and not judged.findings:
            notes.append("No part of Immich was found in what is applied here; `immichlint stack` shows what names it.")
        if stale and self.baseline_path is not None:
            from immichlint.session.accepting import stale_note

            notes.append(stale_note(self.baseline_path, stale))
        return tuple(notes)

    def _exit_code(self, located: list[Located]) -> int:
        limit = self.request.fail_on or self.config.fail_on
        if limit == "never":
            return 0
        return int(any(item.finding.severity.rank <= Severity(limit).rank for item in located))


def _partly_judged(paths: Sequence[str]) -> str:
    """What is said of charts and values that nothing is seen to release."""
    rest = f" and {len(paths) - _MOST_NAMED} more" if len(paths) > _MOST_NAMED else ""
    return (
        f"Nothing here releases {', '.join(paths[:_MOST_NAMED])}{rest}. What does may give more values: what "
        "these could change was not judged; `helm template … | immichlint check -` judges it whole."
    )
