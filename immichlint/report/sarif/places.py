"""Places in SARIF: an artifact by its path from the root, and a region of it."""

from __future__ import annotations

from os import fsencode
from typing import Any, Final
from urllib.parse import quote

from immichlint.findings.report import Note, Region

ROOT: Final = "%SRCROOT%"


def physical(place: Region) -> dict[str, Any]:
    """A physicalLocation."""
    return {"artifactLocation": artifact(place.file), "region": region(place)}


def artifact(file: str) -> dict[str, str]:
    """An artifactLocation. GitHub reads `uri` from the repository's root, other readers from `uriBaseId`."""
    return {"uri": quote(fsencode(file)), "uriBaseId": ROOT}


def region(place: Region) -> dict[str, int]:
    """A region; its columns count code points, its end is exclusive."""
    return {
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    }


def noted(note: Note) -> dict[str, Any]:
    """A location with what it has to do with the finding."""
    return {"physicalLocation": physical(note.region), "message": {"text": unlinked(note.note)}}


def unlinked(text: str) -> str:
    """Text in which no brackets are taken for a link."""
    return text.replace("](", "\\](")
