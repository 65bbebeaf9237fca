"""Where a configuration was read: what its errors point at."""

from __future__ import annotations

from immichlint.errors import UserError
from immichlint.findings.report import Region
from immichlint.named_tuple import NamedTuple
from immichlint.text import SourceText
from immichlint.yamltree.lookup import Route, find
from immichlint.yamltree.nodes import Document


class Origin(NamedTuple):
    """The file of a configuration, as errors name it, and its document; empty where there is no file."""

    file: str = ""
    document: Document | None = None

    def error(self, route: Route, message: str, *, key: bool = False) -> UserError:
        """The error that something is wrong with what stands at a route, or with its key."""
        region = self.region(route, key=key)
        if region is None:
            return UserError(message)
        return UserError(located(self.file, self.source, region.span.start, message))

    def region(self, route: Route, *, key: bool = False) -> Region | None:
        """Where a value, or its key, stands; None where there is no file."""
        found = find(self.document.root, route) if self.document is not None else None
        if found is None:
            return None
        span = found.key.span if key and found.key is not None else found.written.span
        return Region(self.file, span, self.source.position(span.start), self.source.position(span.end))

    @property
    def source(self) -> SourceText:
        """The text that it was read from."""
        return self.document.source if self.document is not None else SourceText("")


def located(file: str, source: SourceText, offset: int, message: str) -> str:
    """A message with its file, line and column in front."""
    position = source.position(offset)
    return f"{file}:{position.line}:{position.column}: {message}"
