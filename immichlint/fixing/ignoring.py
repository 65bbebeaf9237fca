"""Ignoring a finding by a comment at its line, verified like any other change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from immichlint.findings.extent import lines_of
from immichlint.findings.finding import Finding
from immichlint.findings.located import mark
from immichlint.fixing.effects import difference, effective_data
from immichlint.fixing.rounds import Judge
from immichlint.named_tuple import NamedTuple
from immichlint.repo.repository import Repository
from immichlint.rules.judged import Judged
from immichlint.text import SourceText, Span
from immichlint.text.edit import Edit, splice
from immichlint.yamltree.comments import comments
from immichlint.yamltree.lookup import data
from immichlint.yamltree.ops import Refusal

_WIDEST: Final = 120
"""Columns; a comment that would make its line longer stands above it."""
_ELSEWHERE: Final = "`ignores` in .immichlint.yaml can ignore it"


class Ignoring(NamedTuple):
    """A comment that ignores a finding: the judgement with it, and the file's text."""

    after: Judged
    texts: Mapping[str, SourceText]


def ignoring(judged: Judged, finding: Finding, reason: str, judge: Judge) -> Ignoring | Refusal:
    """The comment `# immichlint: ignore[ID] reason` on the finding's line or above it.

    With it the finding is ignored, no other one comes up, and what the documents say is unchanged.
    """
    repository = judged.repository
    path = finding.place.document.path
    reading = repository.read(path)
    lines = lines_of(repository, finding.place)
    if reading.source is None or lines is None or path.endswith(".json"):
        return Refusal(f"There is no line for a comment; {_ELSEWHERE}.")
    said = " ".join("".join(char if char.isprintable() else " " for char in reason).split())
    comment = f"# immichlint: ignore[{finding.rule}] {said}".rstrip()
    commented = {item.line for item in comments(reading.source, reading.documents)}
    for edit in _edits(reading.source, lines, comment, commented):
        made = {path: reading.source.with_text(splice(reading.source.text, [edit]))}
        after = repository.with_texts(made)
        if _says_the_same(repository, after, path):
            now = judge(after)
            if _ignores(judged, now, finding):
                return Ignoring(now, made)
    return Refusal(f"A comment at this line would not ignore it, or would change what the file says; {_ELSEWHERE}.")


def _edits(source: SourceText, lines: tuple[int, int], comment: str, commented: set[int]) -> Iterator[Edit]:
    """The ways to write a comment, best first: at the end of the line, above it, at the end of the last line."""
    first = lines[0]
    roomy = len(source.text[slice(*source.line_span(first))]) + len(comment) + 2 <= _WIDEST
    beside = [_beside(source, line, comment) for line in dict.fromkeys(lines)]
    if roomy and first not in commented:
        yield beside.pop(0)
    yield _above(source, first, comment)
    yield from beside


def _beside(source: SourceText, line: int, comment: str) -> Edit:
    span = source.line_span(line)
    end = span.start + len(source.text[slice(*span)].rstrip())
    return Edit(Span(end, span.end), f"  {comment}")


def _above(source: SourceText, line: int, comment: str) -> Edit:
    span = source.line_span(line)
    text = source.text[slice(*span)]
    indent = text[: len(text) - len(text.lstrip())]
    return Edit(Span(span.start, span.start), f"{indent}{comment}{source.newline}")


def _says_the_same(before: Repository, after: Repository, path: str) -> bool:
    old, new = before.read(path), after.read(path)
    return new.trouble is None and [data(it.root) for it in old.documents] == [data(it.root) for it in new.documents]


def _ignores(before: Judged, after: Judged, finding: Finding) -> bool:
    """Whether the finding is not reported any more, nothing new is, and what reaches the cluster is the same."""
    old = Counter(mark(before.repository, item) for item in before.findings)
    new = Counter(mark(after.repository, item) for item in after.findings)
    wanted = mark(before.repository, finding)
    if new[wanted] >= old[wanted] or new - old or len(after.ignored) <= len(before.ignored):
        return False
    return not difference(effective_data(before.stacks), effective_data(after.stacks))
