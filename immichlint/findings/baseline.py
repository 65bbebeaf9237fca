"""A baseline: the findings that were there when somebody began, kept in a file and known by what moved lines leave."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from immichlint.errors import UserError
from immichlint.findings.finding import Finding
from immichlint.findings.located import mark
from immichlint.named_tuple import NamedTuple
from immichlint.repo.repository import Repository

VERSION: Final = 1
_ANEW: Final = "delete it, and write it anew with `--write-baseline`."
_KEYS: Final = ("rule", "name", "file", "object", "fingerprint")


class Entry(NamedTuple):
    """A finding in a baseline. `fingerprint` is what it is known by; the rest tells people. `object`: as text, empty
    where there is none."""

    rule: str
    name: str
    file: str
    object: str
    fingerprint: str


class Baselined(NamedTuple):
    """What a baseline did to findings. `known`: each with the entry that it is."""

    kept: tuple[Finding, ...]
    known: tuple[tuple[Finding, Entry], ...]


def entry_of(repository: Repository, finding: Finding) -> Entry:
    """A finding as a baseline keeps it."""
    about = str(finding.object) if finding.object is not None else ""
    return Entry(finding.rule, finding.name, finding.place.document.path, about, mark(repository, finding))


def apply_baseline(repository: Repository, findings: Iterable[Finding], entries: Sequence[Entry]) -> Baselined:
    """Part findings into new ones and those of a baseline. An entry stands for one finding: of several that are
    alike, as many are known as there are entries."""
    free: dict[str, list[Entry]] = {}
    for entry in reversed(entries):
        free.setdefault(entry.fingerprint, []).append(entry)
    kept: list[Finding] = []
    known: list[tuple[Finding, Entry]] = []
    for finding in findings:
        alike = free.get(mark(repository, finding))
        if alike:
            known.append((finding, alike.pop()))
        else:
            kept.append(finding)
    return Baselined(tuple(kept), tuple(known))


def without(entries: Sequence[Entry], others: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries less some others; of equal ones, as many are left as there are more."""
    rest = Counter(entries)
    rest.subtract(others)
    return tuple(entry for entry, number in rest.items() for _ in range(number))


def parse_baseline(text: str, file: str) -> tuple[Entry, ...]:
    """The entries of a baseline's text. Raises UserError where it is none; `file` is how it is called there."""
    try:
        content = json.loads(text)
    except ValueError as error:
        raise UserError(f"{file}: this baseline is not valid JSON ({error}); {_ANEW}") from error
    if not isinstance(content, dict) or content.get("version") != VERSION:
        raise UserError(f"{file}: this is no baseline of version {VERSION}; {_ANEW}")
    rows = content.get("findings")
    if not isinstance(rows, list) or not all(map(_is_row, rows)):
        raise UserError(f"{file}: `findings` of this baseline is no list of findings; {_ANEW}")
    return tuple(Entry(*(row[key] for key in _KEYS)) for row in rows)


def _is_row(row: Any) -> bool:
    return isinstance(row, dict) and all(isinstance(row.get(key), str) for key in _KEYS)


def dump_baseline(entries: Iterable[Entry]) -> str:
    """The text of a baseline: a line for each finding, in an order that only they decide."""
    rows = [json.dumps(entry._asdict(), ensure_ascii=False) for entry in sorted(entries, key=_order)]
    listed = ",\n".join(f"    {row}" for row in rows)
    return f'{{\n  "version": {VERSION},\n  "findings": [{f"{chr(10)}{listed}{chr(10)}  " if rows else ""}]\n}}\n'


def _order(entry: Entry) -> tuple[str, ...]:
    return (entry.file, entry.rule, entry.object, entry.fingerprint)
