"""The moment that a command is asked to look from."""

from __future__ import annotations

from datetime import UTC, datetime

from immichlint.errors import UserError


def instant(text: str | None) -> datetime:
    """The instant that was asked for, in UTC where it says no zone."""
    if text is None:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UserError(f"`--from {text}` is no time; write it as 2027-01-31T03:00:00Z.") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
