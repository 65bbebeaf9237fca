"""Releases of what runs outside the repository, as the configuration names them: `1.29` or `1.29.2`."""

from __future__ import annotations

from collections.abc import Sequence

Release = tuple[int, ...]


def parse_release(text: str | None) -> Release | None:
    """The numbers of a release, None where it is not one: two of them (a branch) or three."""
    parts = (text or "").removeprefix("v").split(".")
    if not 2 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    return tuple(map(int, parts))


def has(release: Release, since: Sequence[str]) -> bool:
    """Whether a release has what came with these, one of each branch; a branch stands for its newest release."""
    first = [tuple(map(int, item.split("."))) for item in since]
    if not first:
        return True
    for item in first:
        if item[:2] == release[:2]:
            return len(release) == 2 or release >= item
    return release[:2] > max(first)[:2]
