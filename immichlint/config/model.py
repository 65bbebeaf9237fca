"""What a configuration says, defaults included, and where it says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from immichlint.errors import UserError
from immichlint.findings.finding import Confidence, Severity
from immichlint.findings.report import Region
from immichlint.named_tuple import NamedTuple
from immichlint.text import SourceText
from immichlint.yamltree.lookup import Route, find
from immichlint.yamltree.nodes import Document

if TYPE_CHECKING:
    from immichlint.findings.ignores import StandingIgnore


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


class Config(NamedTuple):
    """A configuration. Rules are named by id, name or prefix (`IML1`).

    `select`: replaces the profile where it is not empty. `ignore`: rules that are off. `ignores`: findings that
    are not reported. `severity`, `parameters`: per rule, by id or name (`rule_names.resolve` makes them ids).
    `decisions`: what a fix may take for decided. `versions`: what runs, where the repository does not say.
    `substitutions`: values of `${NAME}` that the repository does not determine. `rule_folders`: relative to the
    root. `excludes`: gitignore patterns. `scope`: `stack` or `all`. `fail_on`: a severity or `never`.
    `baseline`: a file with accepted findings, relative to the root.
    `origin`: where it was read.
    """

    profile: str = "recommended"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    ignores: tuple[StandingIgnore, ...] = ()
    severity: Mapping[str, Severity] = {}
    parameters: Mapping[str, Mapping[str, Any]] = {}
    decisions: Mapping[str, Any] = {}
    versions: Mapping[str, str] = {}
    substitutions: Mapping[str, str] = {}
    rule_folders: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    scope: str = "stack"
    fail_on: str = "error"
    min_confidence: Confidence = Confidence.LOW
    baseline: str = ""
    origin: Origin = Origin()


def located(file: str, source: SourceText, offset: int, message: str) -> str:
    """A message with its file, line and column in front."""
    position = source.position(offset)
    return f"{file}:{position.line}:{position.column}: {message}"
