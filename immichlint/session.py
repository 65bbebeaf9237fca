"""What the command line asks for, and what it gets: the analysis behind one door."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from immichlint import __version__
from immichlint.config import Config, load
from immichlint.errors import UserError
from immichlint.findings.finding import Confidence, Finding, Severity
from immichlint.findings.report import FixPreview, Located, Report, RuleInfo, Summary, Unread
from immichlint.repo.repository import Repository
from immichlint.repo.root import find_root
from immichlint.repo.walk import File, walk
from immichlint.report.settings import no_source
from immichlint.rules import catalogue
from immichlint.rules.engine import Settings
from immichlint.rules.judged import Judged, judge_repository
from immichlint.rules.model import Profile, Rule
from immichlint.rules.select import matching, rules_for

if TYPE_CHECKING:
    from immichlint.findings.asking import Ask
    from immichlint.findings.overview import Section
    from immichlint.text import SourceText

Tell: TypeAlias = Callable[[str], None]
"""Is told what is going on, in a few words, as often as one likes; the empty text takes them away."""


def silent(text: str) -> None:
    """Tells nobody."""


class CheckRequest(NamedTuple):
    """What `check` is asked for. None and empty: not said, so that the configuration or the default decides.

    `paths`: findings in files under these are reported. `select`, `ignore`: rule ids, names or prefixes.
    `fail_on`: a severity or `never`. `interactive`: whether a person can be asked about each fix.
    `stdin`: the bytes that stand in for the file `stdin_filename`.
    """

    paths: tuple[Path, ...] = (Path(),)
    root: Path | None = None
    config: Path | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    profile: str | None = None
    fail_on: str | None = None
    min_confidence: str | None = None
    fix: bool = False
    yes: bool = False
    unsafe_fixes: bool = False
    diff: bool = False
    interactive: bool = False
    no_cache: bool = False
    stdin_filename: str | None = None
    stdin: bytes | None = None


class Outcome(NamedTuple):
    """What a check led to. `exit_code`: 0 or 1, by `fail_on`. `diff`: what `--fix` would change, where it was
    asked for. `fixed`: a sentence for each thing that was done. `source`: the text of a file as it was judged.
    """

    report: Report
    exit_code: int
    diff: str = ""
    fixed: tuple[str, ...] = ()
    source: Callable[[str], str | None] = no_source


class RulesRequest(NamedTuple):
    """Which rules are asked for; without `select` and `profile` all of them, in order of their ids."""

    root: Path | None = None
    config: Path | None = None
    select: tuple[str, ...] = ()
    profile: str | None = None


class StackRequest(NamedTuple):
    """Whose stacks are asked for."""

    path: Path = Path()
    root: Path | None = None
    config: Path | None = None


def check(request: CheckRequest, tell: Tell = silent, say: Tell = silent, ask: Ask | None = None) -> Outcome:
    """Analyse a repository, and mend it where asked. Raises UserError.

    `say`: is told what a person has to know before it is too late. `ask`: asks a person about a fix, for a request
    that is `interactive`.
    """
    session = _Session(request, tell)
    if request.fix and request.interactive and ask is not None:
        return session.converse(ask, say)
    return session.mend(say) if request.fix or request.diff else session.report(session.judged)


class _Session:
    """One run over one repository."""

    def __init__(self, request: CheckRequest, tell: Tell, rules: tuple[Rule, ...] | None = None) -> None:
        self.request = request
        self.root = request.root.resolve() if request.root is not None else find_root(request.paths[0])
        self.prefixes = _prefixes(self.root, request.paths)
        found = load(self.root, request.config)
        self.every_rule = _catalogue(self.root, found)
        self.config = _resolved(found, self.every_rule)
        self.rules = _selected(request, self.config, self.every_rule) if rules is None else rules
        self.settings = _settings(self.config)
        tell("reading")
        self.repository = _read(self.root, self.config, request)
        tell("judging")
        self.judged = self.judge(self.repository)

    def judge(self, repository: Repository) -> Judged:
        """The judgement of a repository, ignores and unsure findings left out."""
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
        return _infos(self.rules, self.root, self.config)

    def _notes(self, judged: Judged) -> tuple[str, ...]:
        if not judged.stacks:
            return ("No manifest here names Immich or CloudNativePG: there was nothing to judge.",)
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


def _catalogue(root: Path, config: Config) -> tuple[Rule, ...]:
    own = [item.rule for folder in config.rule_folders for item in catalogue.user_rules(root / folder)]
    return (*catalogue.all_rules(), *own)


def _selected(request: CheckRequest, config: Config, every: tuple[Rule, ...]) -> tuple[Rule, ...]:
    profile = request.profile or config.profile
    if profile not in list(Profile):
        raise UserError(f"There is no profile `{profile}`; the profiles are {', '.join(Profile)}.")
    return rules_for(Profile(profile), request.select or config.select, (*config.ignore, *request.ignore), every)


def _resolved(config: Config, every: tuple[Rule, ...]) -> Config:
    """The configuration with rules by their ids. Raises UserError for a rule or a parameter that is not there."""
    if config.origin.document is None:
        return config
    from immichlint.config.rule_names import resolve

    return resolve(config, every)


def _settings(config: Config) -> Settings:
    return Settings(
        parameters=config.parameters,
        severities=config.severity,
        versions=config.versions,
        decisions=config.decisions,
        everything=config.scope == "all",
        substitutions=config.substitutions,
    )


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


def _infos(rules: Iterable[Rule], root: Path, config: Config) -> tuple[RuleInfo, ...]:
    """Rules, for people."""
    from immichlint.rules.docs import help_markdown

    own = {item.rule.id: item for folder in config.rule_folders for item in catalogue.user_rules(root / folder)}
    found: list[RuleInfo] = []
    for rule in rules:
        words = own[rule.id].text if rule.id in own else catalogue.text(rule.id)
        url = own[rule.id].path.as_posix() if rule.id in own else f"docs/rules/{rule.id}.md"
        page = help_markdown(rule, words)
        found.append(RuleInfo(rule.id, rule.name, rule.severity, rule.title, words.rationale, page, url, rule.profile))
    return tuple(found)


def rules(request: RulesRequest) -> tuple[RuleInfo, ...]:
    """The rules there are. Raises UserError for a name that none has."""
    root = request.root or find_root(Path())
    config = load(root, request.config)
    every = _catalogue(root, config)
    if request.profile is not None or request.select:
        every = _selected(CheckRequest(select=request.select, profile=request.profile or "strict"), Config(), every)
    return _infos(every, root, config)


def explain(names: tuple[str, ...], request: RulesRequest) -> tuple[RuleInfo, ...]:
    """The rules of these ids or names. Raises UserError for a name that none has."""
    root = request.root or find_root(Path())
    config = load(root, request.config)
    return _infos(matching(names, _catalogue(root, config)), root, config)


def stack(request: StackRequest, tell: Tell = silent) -> tuple[Section, ...]:
    """What was found of each stack. Raises UserError."""
    from immichlint.findings.overview import overview

    session = _Session(CheckRequest((request.path,), request.root, request.config), tell, rules=())
    return overview(session.judged.inputs)
