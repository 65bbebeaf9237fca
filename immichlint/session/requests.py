"""What can be asked for, and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from immichlint.named_tuple import NamedTuple
from immichlint.report.settings import no_secrets, no_source

if TYPE_CHECKING:
    from immichlint.findings.report import Report
    from immichlint.text import Span

Tell: TypeAlias = Callable[[str], None]
"""Is told what is going on, in a few words, as often as one likes; the empty text takes them away."""


def silent(text: str) -> None:
    """Tells nobody."""


class CheckRequest(NamedTuple):
    """What `check` is asked for. None and empty: not said, so that the configuration or the default decides.

    `paths`: findings in files under these are reported. `select`, `ignore`: rule ids, names or prefixes.
    `fail_on`: a severity or `never`. `interactive`: whether a person can be asked about each fix.
    `baseline`: a file with findings that are accepted, `write_baseline`: whether it is written anew.
    `changed_since`: a Git revision; what is reported is what has changed since then touches or causes.
    `stdin`: the bytes that stand in for the file `stdin_filename`, or, where `rendered`, all that is judged.
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
    rendered: bool = False
    baseline: Path | None = None
    write_baseline: bool = False
    changed_since: str | None = None


class Outcome(NamedTuple):
    """What a check led to. `exit_code`: 0 or 1, by `fail_on`. `diff`: what `--fix` would change, where it was
    asked for. `fixed`: a sentence for each thing that was done. `source`: the text of a file as it was
    judged, `secrets`: its spans that no output may show.
    """

    report: Report
    exit_code: int
    diff: str = ""
    fixed: tuple[str, ...] = ()
    source: Callable[[str], str | None] = no_source
    secrets: Callable[[str], tuple[Span, ...]] = no_secrets


class RulesRequest(NamedTuple):
    """Which rules are asked for; without `select` and `profile` all of them, in order of their ids."""

    root: Path | None = None
    config: Path | None = None
    select: tuple[str, ...] = ()
    profile: str | None = None


class EmitRequest(NamedTuple):
    """Whose corrected stacks are to be written, and where. `force`: even into a folder that holds something."""

    path: Path
    into: Path
    root: Path | None = None
    config: Path | None = None
    force: bool = False


class EmitOutcome(NamedTuple):
    """What was written. `folders`: the stacks', below the folder that was asked for. `decided`, `left`: a sentence
    for each decision that a person should look at, and for each thing that is not mended or not there. `is_inside`:
    whether the folder is below the repository's root."""

    folders: tuple[str, ...]
    files: int
    decided: tuple[str, ...]
    left: tuple[str, ...]
    is_inside: bool


class StackRequest(NamedTuple):
    """Whose stacks are asked for. `now`: the moment for which next runs and recovery windows are told; it has a time
    zone."""

    now: datetime
    path: Path = Path()
    root: Path | None = None
    config: Path | None = None
