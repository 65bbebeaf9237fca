"""Findings in SARIF: results with their places, the chain that leads to them, and the fix."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from immichlint.findings.report import FixPreview, Located, Note, Region, Suppressed, possible
from immichlint.report.line_hash import line_hashes
from immichlint.report.sarif.places import artifact, noted, physical, region, unlinked
from immichlint.report.sarif.rules import LEVEL
from immichlint.report.settings import RenderSettings

MOST_RELATED: Final = 99
"""Of the 100 locations of a result that GitHub keeps, one is the finding's own."""
_MOST_LINKS: Final = 999
_FEWEST_LINKS: Final = 2


class Hashes:
    """The line hashes of the files that have results, each file hashed once."""

    __slots__ = ("_files", "_settings")

    def __init__(self, settings: RenderSettings) -> None:
        self._settings = settings
        self._files: dict[str, list[str]] = {}

    def of(self, place: Region) -> str | None:
        """The hash of the line at which a region starts; None where the file's text is not known."""
        if place.file not in self._files:
            text = self._settings.source(place.file)
            self._files[place.file] = [] if text is None else line_hashes(text)
        hashes = self._files[place.file]
        return hashes[place.start.line - 1] if place.start.line <= len(hashes) else None


def result(located: Located, rule_index: int, hashes: Hashes, chain: Sequence[Note]) -> dict[str, Any]:
    """A result. `chain`: the places that lead to the finding, in order."""
    finding = located.finding
    fingerprints = {"immichlint/v1": located.fingerprint}
    if line_hash := hashes.of(located.region):
        fingerprints["primaryLocationLineHash"] = line_hash
    made: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": LEVEL[finding.severity.value],
        "message": {"text": "".join(_message(located))},
        "locations": [{"physicalLocation": physical(located.region), **_logical(located)}],
        "partialFingerprints": fingerprints,
        "properties": {"confidence": finding.confidence.value},
    }
    if located.notes:
        made["relatedLocations"] = [
            {"id": number, **noted(note)} for number, note in enumerate(located.notes[:MOST_RELATED], start=1)
        ]
    if flow := list(_flow(located, chain)):
        made["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
    if (fix := possible(located.fix)) is not None:
        made["fixes"] = [_fix(fix)]
    return made


def suppressed(item: Suppressed, rule_index: int, hashes: Hashes) -> dict[str, Any]:
    """A result that somebody accepted, for readers that know suppressions; GitHub would show it as an alert."""
    kind = "inSource" if item.in_source else "external"
    suppression = {"kind": kind, "status": "accepted", **({"justification": item.reason} if item.reason else {})}
    return {**result(item.located, rule_index, hashes, ()), "suppressions": [suppression]}


def _flow(located: Located, chain: Sequence[Note]) -> Iterator[dict[str, Any]]:
    """The steps of a chain and the finding at its end; none where there are too few to be a chain."""
    steps = [note for note in chain[:_MOST_LINKS] if note.region != located.region]
    if len(steps) >= _FEWEST_LINKS:
        for note in steps:
            yield {"location": noted(note)}
        yield {"location": noted(Note(located.region, f"{located.finding.rule} {located.finding.name}"))}


def _message(located: Located) -> Iterator[str]:
    """The message, with a link to each related location: GitHub shows no others."""
    yield unlinked(located.finding.message)
    for number, note in enumerate(located.notes[:MOST_RELATED], start=1):
        label = re.sub(r"([\[\]\\])", r"\\\1", " ".join(note.note.split()))
        yield f"{'; ' if number > 1 else chr(10) + 'See also: '}[{label}]({number})"
    if len(located.notes) > MOST_RELATED:
        yield f"; and {len(located.notes) - MOST_RELATED} more places"
    fix = possible(located.fix)
    if fix is not None:
        yield f"\nFix ({fix.safety}): {unlinked(fix.title)}"
        if fix.after:
            yield f"\nThen: {unlinked(fix.after)}"
    if located.finding.no_fix:
        yield f"\nHelp: {unlinked(located.finding.no_fix)}"


def _logical(located: Located) -> dict[str, Any]:
    ref = located.finding.object
    if ref is None:
        return {}
    return {"logicalLocations": [{"fullyQualifiedName": f"{ref} {located.route}".strip(), "kind": "object"}]}


def _fix(fix: FixPreview) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        replacement = {"deletedRegion": region(edit.region), "insertedContent": {"text": edit.text}}
        changes.setdefault(edit.region.file, []).append(replacement)
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {"artifactLocation": artifact(file), "replacements": replacements} for file, replacements in changes.items()
        ],
    }
