"""One run over one repository: read, judge, mend, report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from immichlint import __version__
from immichlint.config import Config, load
from immichlint.errors import UserError
from immichlint.findings.finding import Confidence, Finding, Severity
from immichlint.findings.report import FixPreview, Located, Report, RuleInfo, Summary, Unread
from immichlint.repo.repository import Repository
from immichlint.repo.root import find_root
from immichlint.repo.walk import File, walk
from immichlint.rules.model import Rule
from immichlint.session.requests import CheckRequest, Outcome, Tell
from immichlint.session.selection import every_rule, infos, resolved, selected, settings_of

if TYPE_CHECKING:
    from immichlint.findings.asking import Ask
    from immichlint.rules.judged import Judged
    from immichlint.text import SourceText


class Run:
    """One run over one repository."""

    def __init__(self, request: CheckRequest, tell: Tell, rules: tuple[Rule, ...] | None = None) -> None:
        self.request = request
        self.root = request.root.resolve() if request.root is not None else find_root(request.paths[0])
        self.prefixes = _prefixes(self.root, request.paths)
        found = load(self.root, request.config)
        self.every_rule = every_rule(self.root, found)
        self.config = resolved(found, self.every_rule)
        self.rules = selected(request, self.config, self.every_rule) if rules is None else rules
        self.settings = settings_of(self.config)
        tell("reading")
        self.repository = _read(self.root, self.config, request)
        tell("judging")

    @cached_property
    def judged(self) -> Judged:
        """The judgement of the repository as it is."""
        return self.judge(self.repository)

    @property
    def is_foreign(self) -> bool:
        """Whether nothing here names Immich or CloudNativePG: most commits of most repositories."""
        return not self.repository.ours()

    def nothing(self) -> Outcome:
        """The outcome where there is nothing to judge: no room of the analysis is entered."""
        unread = tuple(Unread(file.path, file.unread) for file in self.repository.unread())
        summary = _summary([], 0, len(self.repository.paths))
        notes = ("No manifest here names Immich or CloudNativePG: there was nothing to judge.",)
        report = Report(__version__, str(self.root), (), unread, summary, self.rule_infos, notes)
        return Outcome(report, 0, source=_sources(self.repository))

    def judge(self, repository: Repository) -> Judged:
        """The judgement of a repository, ignores and unsure findings left out."""
        from immichlint.rules.judged import judge_repository

        judged = judge_repository(repository, self.rules, self.settings, self.config.ignores, self.every_rule)
        least = Confidence(self.request.min_confidence or self.config.min_confidence)
        kept = tuple(item for item in judged.findings if item.confidence.rank <= least.rank)
        return judged._replace(findings=kept)

    def leads_to(self, rule: str) -> frozenset[str]:
        """The rules that a rule's fix may uncover."""
        return next((frozenset(item.leads_to) for item in self.every_rule if item.id == rule), frozenset())

    def shown(self, finding: Finding) -> bool:
        """Whether a finding is in a file that was asked for."""
        path = finding.place.document.path
        return any(not prefix or path == prefix or path.startswith(f"{prefix}/") for prefix in self.prefixes)

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
            hidden = tuple(f"not shown: a part of {path}, which would show a secret." for path in diff.hidden)
            before = self.report(self.judged)
            return before._replace(diff=diff.text, exit_code=int(bool(made.texts)), fixed=(*done, *rest, *hidden))
        clear(self.root, self.repository)
        for path in self._unsaved(made.texts):
            say(unsaved_changes(path))
        write_all(self.root, made.texts, self.repository)
        return outcome._replace(fixed=(*done, *rest))

    def converse(self, ask: Ask, say: Tell) -> Outcome:
        """Mends what a person accepts, one fix at a time. What was done is said however it ends."""
        from immichlint.fixing.interactive import Conversation
        from immichlint.fixing.summary import left
        from immichlint.fixing.write import clear, write_all

        def write(texts: Mapping[str, SourceText], before: Repository) -> None:
            write_all(self.root, texts, before)

        clear(self.root, self.repository)
        talk = Conversation(self.judged, self.shown, self.judge, self.leads_to, write, self._unsaved)
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
        findings = [finding for finding in judged.findings if self.shown(finding)]
        located = self._located(judged, findings) if findings else []
        ignored = sum(self.shown(item.finding) for item in judged.ignored)
        unread = tuple(Unread(item.path, item.why) for item in judged.inputs.unread)
        report = Report(
            __version__,
            str(self.root),
            tuple(located),
            unread,
            _summary(located, ignored, len(judged.repository.paths)),
            self.rule_infos,
            self._notes(judged),
        )
        return Outcome(report, self._exit_code(located), source=_sources(judged.repository))

    def _located(self, judged: Judged, findings: list[Finding]) -> list[Located]:
        """The findings with their places and what their fixes would do."""
        from immichlint.findings.located import Locator, reading_order
        from immichlint.fixing.preview import previews

        fixes = previews(judged, findings, self.judge, self.leads_to)
        return sorted(Locator(judged.repository).located(zip(findings, fixes, strict=True)), key=reading_order)

    def rule_infos(self) -> tuple[RuleInfo, ...]:
        """The selected rules, for people."""
        return infos(self.rules, self.root, self.config)

    def _notes(self, judged: Judged) -> tuple[str, ...]:
        if not judged.stacks:
            return ("Nothing here applies what names Immich or CloudNativePG: there was nothing to judge.",)
        return ()

    def _exit_code(self, located: list[Located]) -> int:
        limit = self.request.fail_on or self.config.fail_on
        if limit == "never":
            return 0
        return int(any(item.finding.severity.rank <= Severity(limit).rank for item in located))


def _read(root: Path, config: Config, request: CheckRequest) -> Repository:
    files = {file.path: file for file in walk(root, config.excludes)}
    if request.stdin is not None and request.stdin_filename is not None:
        path = (Path.cwd() / request.stdin_filename).resolve()
        if not path.is_relative_to(root):
            raise UserError(f"`--stdin-filename {request.stdin_filename}` is not below the root {root}.")
        relative = path.relative_to(root).as_posix()
        files[relative] = File(relative, request.stdin)
    return Repository(dict(sorted(files.items())))


def _prefixes(root: Path, paths: tuple[Path, ...]) -> list[str]:
    """What the paths of files that were asked for begin with, empty for all files."""
    found: list[str] = []
    for path in paths:
        whole = path.resolve()
        if whole == root or whole in root.parents:
            return [""]
        if not whole.is_relative_to(root):
            raise UserError(f"`{path}` is not below the root {root}; give a path in it, or another `--root`.")
        found.append(whole.relative_to(root).as_posix())
    return found


def _summary(located: list[Located], ignored: int, files: int) -> Summary:
    counts = {severity: sum(item.finding.severity is severity for item in located) for severity in Severity}
    fixes = [item.fix for item in located if item.fix is not None and not item.fix.refusal]
    return Summary(
        counts[Severity.ERROR],
        counts[Severity.WARNING],
        counts[Severity.INFO],
        ignored,
        sum(_is_safe(fix) for fix in fixes),
        sum(not _is_safe(fix) for fix in fixes),
        files,
    )


def _is_safe(fix: FixPreview) -> bool:
    return fix.safety == "safe"


def _sources(repository: Repository) -> Callable[[str], str | None]:
    def source(path: str) -> str | None:
        text = repository.read(path).source
        return None if text is None else text.encode().decode("utf-8")

    return source
