"""What a run tells: the counts, and, for whom it matters, chains, accepted findings, texts and their secrets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from immichlint.findings.finding import ObjectRef, Severity
from immichlint.findings.report import FileEdit, FixPreview, Located, Note, Summary, Suppressed
from immichlint.repo.repository import Repository

if TYPE_CHECKING:
    from immichlint.findings.ignores import Ignored
    from immichlint.repo.reading import Reading
    from immichlint.rules.judged import Judged
    from immichlint.session.requests import Outcome
    from immichlint.text import Span


def chains(judged: Judged) -> Callable[[Located], tuple[Note, ...]]:
    """Tells the places that lead to a finding, looked for once for each object."""
    known: dict[ObjectRef | None, tuple[Note, ...]] = {}

    def chain(located: Located) -> tuple[Note, ...]:
        ref = located.finding.object
        if ref not in known:
            from immichlint.findings.chain import chain_to
            from immichlint.findings.located import Locator

            known[ref] = Locator(judged.repository).notes(chain_to(ref, judged.stacks))
        return known[ref]

    return chain


def suppressed(judged: Judged, ignored: Sequence[Ignored]) -> Callable[[], tuple[Suppressed, ...]]:
    """Tells what was found and accepted, in reading order."""

    def tell() -> tuple[Suppressed, ...]:
        from immichlint.findings.ignore_comments import Ignore
        from immichlint.findings.located import Locator, reading_order

        by = {id(item.finding): item.by for item in ignored}
        places = Locator(judged.repository).located((item.finding, None) for item in ignored)
        return tuple(
            Suppressed(item, isinstance(by[id(item.finding)], Ignore), getattr(by[id(item.finding)], "reason", ""))
            for item in sorted(places, key=reading_order)
        )

    return tell


def counted(located: list[Located], ignored: Sequence[Ignored], files: int) -> Summary:
    """The counts of a run."""
    counts = {severity: sum(item.finding.severity is severity for item in located) for severity in Severity}
    fixes = [item.fix for item in located if item.fix is not None and not item.fix.refusal]
    kinds = [type(item.by).__name__ for item in ignored]
    return Summary(
        counts[Severity.ERROR],
        counts[Severity.WARNING],
        counts[Severity.INFO],
        len(ignored),
        sum(_is_safe(fix) for fix in fixes),
        sum(not _is_safe(fix) for fix in fixes),
        files,
        kinds.count("Ignore"),
        kinds.count("StandingIgnore"),
        kinds.count("Entry"),
    )


def _is_safe(fix: FixPreview) -> bool:
    return fix.safety == "safe"


def sources(repository: Repository) -> Callable[[str], str | None]:
    """Tells the text of a file, with its byte order mark."""

    def source(path: str) -> str | None:
        text = repository.read(path).source
        return None if text is None else text.encode().decode("utf-8")

    return source


def discreet(outcome: Outcome, repository: Repository) -> Outcome:
    """The outcome without secrets in its sentences: a message may quote what somebody wrote in the wrong place."""
    report = outcome.report
    if not (report.findings or report.not_analysed or outcome.fixed or report.summary.ignored):
        return outcome
    from immichlint.findings.masks import unsaid

    def told(located: Located) -> Located:
        message = unsaid(located.finding.message, repository.read(located.region.file))
        notes = tuple(note._replace(note=unsaid(note.note)) for note in located.notes)
        finding = located.finding._replace(message=message)
        return located._replace(finding=finding, notes=notes, fix=shown(located.fix))

    def shown(fix: FixPreview | None) -> FixPreview | None:
        """The fix; without its edits where they move or repeat a secret."""
        if fix is None or not any(unsaid(edit.text, reading(edit)) != edit.text for edit in fix.edits):
            return fix
        return fix._replace(edits=())

    def reading(edit: FileEdit) -> Reading | None:
        return repository.read(edit.region.file) if edit.region.file in repository else None

    def accepted() -> tuple[Suppressed, ...]:
        return tuple(item._replace(located=told(item.located)) for item in report.suppressed())

    findings = tuple(map(told, report.findings))
    unread = tuple(item._replace(why=unsaid(item.why)) for item in report.not_analysed)
    quiet = report._replace(findings=findings, not_analysed=unread, suppressed=accepted)
    return outcome._replace(report=quiet, fixed=tuple(map(unsaid, outcome.fixed)))


def secrets(repository: Repository) -> Callable[[str], tuple[Span, ...]]:
    """Tells the spans of a file that no output may show."""

    def tell(path: str) -> tuple[Span, ...]:
        from immichlint.findings.masks import secret_spans

        return secret_spans(repository.read(path))

    return tell
