"""Ignores in comments: `# immichlint: ignore[IML101] why` and `# immichlint: ignore-file[IML101] why`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from immichlint.findings.report import Region
from immichlint.named_tuple import NamedTuple
from immichlint.repo.classify import IGNORE_MARK
from immichlint.repo.repository import Repository
from immichlint.text import SourceText, Span
from immichlint.yamltree.comments import Comment, comments
from immichlint.yamltree.compose import compose
from immichlint.yamltree.errors import YamlError
from immichlint.yamltree.nodes import Document, MappingNode, ScalarNode, SequenceNode
from immichlint.yamltree.style import walk

if TYPE_CHECKING:
    from immichlint.yamltree.embedded import Embedded

_MARK: Final = IGNORE_MARK.decode()
_MAX_NESTED: Final = 4
_IGNORE: Final = re.compile(
    r"(?<!#)#++[ \t]*immichlint:[ \t]*"
    r"(?:(?P<verb>ignore(?:-file)?)(?![\w-])|(?P<other>[\w-]+)(?=\s*\[))"
    r"\s*(?:\[(?P<list>[^\]]*)\])?"
    r"[\s:]*(?P<reason>[^#]*)"
)


class IgnoreText(NamedTuple):
    """The text that a comment stands in: a file's, or that of YAML in a scalar; `hosts`: outermost first."""

    path: str
    file: SourceText
    source: SourceText
    hosts: tuple[Embedded, ...] = ()

    def outwards(self, span: Span) -> Span:
        """A span of this text, in the coordinates of the file."""
        for host in reversed(self.hosts):
            span = host.outer_span(span)
        return span

    def line(self, inner: int) -> int:
        """The file's line on which a line of this text stands."""
        start = self.source.line_span(inner).start
        return self.file.position(self.outwards(Span(start, start)).start).line


class Ignore(NamedTuple):
    """An ignore in a comment.

    `selectors`: the rules that it names, as written; none where there is no list. `verb`: `ignore` or
    `ignore-file`, or what stands in their place. `line`: the line of the file that it speaks of; 0 where that
    is no line: for a whole file, or where nothing follows. `alone`: whether nothing else stands on its line.
    `region`: from `#` on. `listed`: the text between the brackets, in the file.
    """

    selectors: tuple[str, ...]
    reason: str
    verb: str
    line: int
    alone: bool
    region: Region
    listed: Span
    embedded: bool

    @property
    def path(self) -> str:
        """The file, relative to the root."""
        return self.region.file

    @property
    def whole_file(self) -> bool:
        """Whether it speaks of all findings of its file."""
        return self.verb == "ignore-file"

    @property
    def understood(self) -> bool:
        """Whether it can ignore anything: `ignore` or `ignore-file`, and rules in brackets."""
        return bool(self.selectors) and self.verb in ("ignore", "ignore-file")


def ignore_comments(repository: Repository) -> list[Ignore]:
    """The ignores in the comments of a repository's YAML files. JSON has no comments."""
    return [
        ignore
        for path in repository.manifests_containing(IGNORE_MARK)
        if not path.endswith(".json")
        for ignore in _of_file(repository, path)
    ]


def _of_file(repository: Repository, path: str) -> Iterator[Ignore]:
    reading = repository.read(path)
    if reading.source is not None:
        yield from _of_text(IgnoreText(path, reading.source, reading.source), reading.documents)


def _of_text(text: IgnoreText, documents: Sequence[Document]) -> Iterator[Ignore]:
    found = comments(text.source, documents)
    alone = {comment.line for comment in found if comment.alone}
    for comment in found:
        ignore = _ignore(text, comment, alone) if _MARK in comment.text else None
        if ignore is not None:
            yield ignore
    if len(text.hosts) < _MAX_NESTED:
        for document in documents:
            for node in walk(document.root):
                if isinstance(node, ScalarNode) and _MARK in node.text and "\n" in node.text:
                    yield from _of_scalar(text, node)


def _of_scalar(text: IgnoreText, node: ScalarNode) -> Iterator[Ignore]:
    """The ignores in YAML that a scalar holds; a scalar that is no YAML (a script) has none."""
    from immichlint.yamltree.embedded import Embedded

    embedded = Embedded(text.source, node)
    try:
        documents = compose(embedded.inner)
    except YamlError:
        return
    if embedded.mapped and any(isinstance(document.root, MappingNode | SequenceNode) for document in documents):
        yield from _of_text(text._replace(source=embedded.inner, hosts=(*text.hosts, embedded)), documents)


def _ignore(text: IgnoreText, comment: Comment, alone: set[int]) -> Ignore | None:
    match = _IGNORE.search(text.source.text, comment.span.start, comment.span.end)
    if match is None:
        return None
    whole_file = match["verb"] == "ignore-file"
    first, last = match.span("list") if match["list"] is not None else (match.end(), match.end())
    span = text.outwards(Span(match.start(), len(match[0].rstrip()) + match.start()))
    return Ignore(
        tuple(part.strip() for part in (match["list"] or "").split(",") if part.strip()),
        match["reason"].strip(),
        match["verb"] or match["other"],
        0 if whole_file else _line(text, comment, alone),
        comment.alone and match.span() == comment.span,
        Region(text.path, span, text.file.position(span.start), text.file.position(span.end)),
        text.outwards(Span(first, last)),
        bool(text.hosts),
    )


def _line(text: IgnoreText, comment: Comment, alone: set[int]) -> int:
    """The line that a comment speaks of: its own, or the next one that is not a comment."""
    line = comment.line
    while line in alone:
        line += 1
    return text.line(line) if line <= text.source.line_count else 0
