"""The first configuration of a repository: what is usual, with what was found there in its comments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from immichlint.named_tuple import NamedTuple

_MOST: Final = 115
HOOK: Final = """\
  - repo: local
    hooks:
      - id: immichlint
        name: immichlint
        entry: immichlint check
        language: system
        types: [yaml]
        pass_filenames: false
"""
"""The entry of a hook that runs the immichlint that is installed."""

HOOK_FILE: Final = f"repos:\n{HOOK}"


class Found(NamedTuple):
    """What is known of a repository. `things`: what it has, a line each; `findings`: how many each rule has, a line
    each; `rule`, `object`: of a finding, for an example; `uid`, `gid`: whom Immich's server runs as, 0 if unknown."""

    things: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    rule: str = "IML111"
    object: str = "ScheduledBackup/immich/*"
    uid: int = 0
    gid: int = 0


def starter(found: Found) -> str:
    """The text of a `.immichlint.yaml`. A setting that is off has a `#` in front: take it away to switch it on."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Found) -> Iterator[str]:
    yield "# The configuration of immichlint. Settings that are off have a `#` in front: defaults, or examples."
    yield "# Take the `#` away to switch one on. Unknown keys are errors, so a typing mistake does not pass."
    yield from _listed(
        "Found here when this file was written (`immichlint stack` shows it as it is now):", found.things
    )
    yield from _listed(
        "Found wrong then (`immichlint --write-baseline` accepts all of it until later):", found.findings
    )
    yield "version: 1"
    yield from _setting(
        "Which rules judge: minimal (data loss, broken now), recommended, or strict (all).", "#profile: recommended"
    )
    yield from _setting("From which severity on the exit code is 1: error, warning, info or never.", "#fail_on: error")
    yield from _setting(
        "What runs in the cluster, where the repository does not say it; rules guess no version. Keep the quotes.",
        "#versions:",
        '#  cnpg: "1.29"',
        '#  kubernetes: "1.35"',
    )
    yield from _setting(
        "What only you can decide. A fix that needs it is safe once it is decided here.",
        "#decisions:",
        "#  retention: 30d",
        f"#  uid: {found.uid or 1000}",
        f"#  gid: {found.gid or found.uid or 1000}",
    )
    yield from _setting(
        "Findings that are accepted, each with the reason why; `*` stands for any name.",
        "#ignores:",
        f"#  - rules: [{found.rule}]",
        f'#    object: "{found.object}"',
        "#    reason: say here why",
    )
    yield from _setting("A file with findings that are accepted until later.", "#baseline: .immichlint-baseline.json")
    yield from _setting("Files and folders that are not read: gitignore patterns.", "#excludes: [archive/]")


def _listed(title: str, items: Iterable[str]) -> Iterator[str]:
    lines = [f"# - {item}" if len(item) <= _MOST else f"# - {item[: _MOST - 1]}…" for item in items]
    if lines:
        yield "#"
        yield f"# {title}"
        yield from lines


def _setting(comment: str, *lines: str) -> Iterator[str]:
    yield ""
    yield f"# {comment}"
    yield from lines
