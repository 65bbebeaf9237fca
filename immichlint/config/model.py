"""What a configuration says, defaults included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from immichlint.config.origin import Origin
from immichlint.findings.finding import Confidence, Severity
from immichlint.named_tuple import NamedTuple

if TYPE_CHECKING:
    from immichlint.findings.ignores import StandingIgnore


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
