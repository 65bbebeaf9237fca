"""The baseline of a run: where it is, what it says, and how it is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from immichlint.config import Config
from immichlint.errors import UserError
from immichlint.session.requests import CheckRequest

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from immichlint.findings.baseline import Entry
    from immichlint.rules.judged import Judged

FILE_NAME: Final = ".immichlint-baseline.json"
_MOST_NAMED: Final = 3


def baseline_path(root: Path, config: Config, request: CheckRequest) -> Path:
    """The file of the baseline: what was asked for, else what the configuration names, else
    `.immichlint-baseline.json` at the root."""
    if request.baseline is not None:
        return request.baseline.absolute()
    return root / (config.baseline or FILE_NAME)


def read_baseline(path: Path, *, written: bool) -> tuple[Entry, ...]:
    """The entries of a baseline; none where there is no file yet and it is to be `written`. Raises UserError."""
    if written and not path.exists():
        return ()
    from immichlint.findings.baseline import parse_baseline

    try:
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise UserError(f"There is no baseline {path.name}; `--write-baseline` writes it.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The baseline {path.name} cannot be read: {error}.") from error
    return parse_baseline(text, path.name)


def with_baseline(judged: Judged, entries: Sequence[Entry]) -> Judged:
    """A judgement less what is in a baseline."""
    from immichlint.findings.baseline import apply_baseline
    from immichlint.findings.ignores import Ignored

    made = apply_baseline(judged.repository, judged.findings, entries)
    known = tuple(Ignored(finding, entry) for finding, entry in made.known)
    return judged._replace(findings=made.kept, ignored=(*judged.ignored, *known))


def stale_entries(judged: Judged, entries: Sequence[Entry], rules: Collection[str]) -> tuple[Entry, ...]:
    """The entries of some rules that no finding is like any more."""
    from immichlint.findings.baseline import Entry, without

    used = [item.by for item in judged.ignored if isinstance(item.by, Entry)]
    return tuple(entry for entry in without(entries, used) if entry.rule in rules)


def stale_note(path: Path, stale: Sequence[Entry]) -> str:
    """The sentence that says that entries of a baseline are of no use any more."""
    named = ", ".join(f"{entry.rule} in {entry.file}" for entry in stale[:_MOST_NAMED])
    more = ", …" if len(stale) > _MOST_NAMED else ""
    count = "1 entry" if len(stale) == 1 else f"{len(stale)} entries"
    verb, them = ("is", "it") if len(stale) == 1 else ("are", "them")
    there = f"{count} of the baseline {path.name} {verb} found no more ({named}{more})"
    return f"{there}; `--write-baseline` takes {them} out."
