"""From findings to what a report shows: places made concrete, secrets masked, fingerprints given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from immichlint.findings.finding import Finding, Related
from immichlint.findings.locate import locate, route_text
from immichlint.findings.masks import masked, secret_spans
from immichlint.findings.report import FixPreview, Located, Note, Region, fingerprint
from immichlint.repo.repository import Repository
from immichlint.text import Span

DOCS: Final = "docs/rules/{rule}.md"
_MOST_LINES: Final = 4


class Locator:
    """Makes findings concrete in one repository; each file's secrets are looked for once."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._secrets: dict[str, tuple[Span, ...]] = {}

    def located(self, findings: Iterable[tuple[Finding, FixPreview | None]]) -> Iterator[Located]:
        """The findings with their places; those whose file has no such place are left out."""
        seen: dict[str, int] = {}
        for finding, fix in findings:
            region = locate(self._repository, finding.place)
            if region is None:
                continue
            route = route_text(self._repository, finding.place)
            known_by = identity(finding, route)
            alike = seen[known_by] = seen.get(known_by, 0) + 1
            docs = DOCS.format(rule=finding.rule)
            # An alias may lead two fields to one place, which is told once.
            notes = tuple(note for note in self.notes(finding.related) if note.region != region)
            lines = self.lines(region)
            yield Located(finding, region, lines, notes, route, known_by, alike, docs, fix)

    def lines(self, region: Region) -> tuple[str, ...]:
        """The source lines of a region, secrets masked."""
        source = self._repository.read(region.file).source
        if source is None:
            return ()
        last = min(region.end.line, region.start.line + _MOST_LINES - 1)
        spans = (source.line_span(line) for line in range(region.start.line, last + 1))
        secrets = self._secrets_of(region.file)
        return tuple(masked(source.text[span.start : span.end], span.start, secrets) for span in spans)

    def notes(self, places: Iterable[Related]) -> tuple[Note, ...]:
        """Other places with their notes; those that are nowhere are left out."""
        regions = ((locate(self._repository, related.place), related.note) for related in places)
        return tuple(Note(region, note, self.lines(region)) for region, note in regions if region is not None)

    def _secrets_of(self, path: str) -> tuple[Span, ...]:
        if path not in self._secrets:
            self._secrets[path] = secret_spans(self._repository.read(path))
        return self._secrets[path]


def identity(finding: Finding, route: str) -> str:
    """What a finding is known by when lines move: its rule, object and route."""
    parts = (finding.rule, *(finding.object or ()), route if finding.place.document.index >= 0 else finding.message)
    return "\x1f".join((*parts, finding.place.document.path))


def mark(repository: Repository, finding: Finding) -> str:
    """The fingerprint of a finding in a repository; those that are alike share it."""
    return fingerprint(identity(finding, route_text(repository, finding.place)))


def reading_order(located: Located) -> tuple[object, ...]:
    """What findings are sorted by: file, place, severity, rule."""
    return (located.region.file, located.region.span, located.finding.severity.rank, located.finding.rule)
