"""Releases of the operators, as the configuration or the repository names them: `1.29` or `1.29.2`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from immichlint.facts import load
from immichlint.named_tuple import NamedTuple
from immichlint.text.whole import whole
from immichlint.yamltree.place import Place

Release = tuple[int, ...]
OPERATORS: Final = {"cnpg": "cnpg", "plugin-barman-cloud": "barman-plugin"}
"""What the configuration calls the operators, by the projects whose CRDs are known."""


class Running(NamedTuple):
    """The operator that runs. `version`: its release, empty where nothing says. `place`: where the repository says it,
    None where the configuration does. `is_newer`: it is newer than all that are known."""

    version: str = ""
    place: Place | None = None
    is_newer: bool = False

    @property
    def release(self) -> Release | None:
        """The numbers of its release; None where it is not known."""
        return parse_release(self.version)


def parse_release(text: str | None) -> Release | None:
    """The numbers of a release, None where it is not one: two of them (a branch) or three."""
    numbers = [whole(part) for part in (text or "").removeprefix("v").split(".")]
    known = tuple(number for number in numbers if number is not None)
    return known if 2 <= len(known) == len(numbers) <= 3 else None


def since(feature: str) -> tuple[str, ...]:
    """The first releases of CNPG, one of each branch, that have a feature or deprecate something."""
    facts = load("cnpg_releases")
    row = facts["features"].get(feature) or facts["deprecations"][feature]
    return tuple(row["since"])


def removed(feature: str) -> tuple[str, ...]:
    """The first releases of CNPG that have something deprecated no more; none where nothing says."""
    return tuple(load("cnpg_releases")["deprecations"][feature]["removed"])


def has(release: Release, since: Sequence[str]) -> bool:
    """Whether a release has what came with these, one of each branch; a branch stands for its newest release."""
    first = [tuple(map(int, item.split("."))) for item in since]
    if not first:
        return True
    for item in first:
        if item[:2] == release[:2]:
            return len(release) == 2 or release >= item
    return release[:2] > max(first)[:2]
