"""Edits of a text: the only way in which a user's file changes."""

from __future__ import annotations

from collections.abc import Iterable

from immichlint.named_tuple import NamedTuple
from immichlint.text.source import Span


class OverlapError(ValueError):
    """Two edits of one text touch the same code points."""


class Edit(NamedTuple):
    """The replacement of a span by a text; an empty span inserts, an empty text deletes."""

    span: Span
    text: str


def splice(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made. Raises OverlapError where two of them overlap.

    Insertions at one offset are kept in the order in which they were given.
    """
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        if edit.span.start < at:
            raise OverlapError(f"two edits overlap at offset {edit.span.start}")
        parts += (text[at : edit.span.start], edit.text)
        at = edit.span.end
    parts.append(text[at:])
    return "".join(parts)
