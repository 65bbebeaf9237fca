"""Which edition of the Immich chart a release uses, and what that means for how its values are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from immichlint.facts import load
from immichlint.lenses.release import Release
from immichlint.named_tuple import NamedTuple
from immichlint.text.whole import whole
from immichlint.trees.tree import Map

Version = tuple[int, ...]
T = TypeVar("T")
CHART: Final = "immich"


class Edition(NamedTuple):
    """A version of the chart as it is read here.

    `version`: whose templates are followed. `exact`: whether it is the version that the release names, and not
    the newest that a range of versions may stand for. `computed`: whether its templates were read.
    """

    version: Version
    exact: bool
    computed: bool

    @property
    def layered(self) -> bool:
        """Whether values have the layout `controllers.main.containers.main`, and not the flat one of up to 0.9."""
        return self.version >= _numbers(load("immich_chart")["layered_since"])

    @property
    def common(self) -> dict[str, Any]:
        """The defaults of the common library that it is built on."""
        facts = load("immich_chart")
        major = latest(facts["common"], self.version)
        found: dict[str, Any] = load("app_template")["majors"][str(major)]
        return found


def edition(release: Release) -> Edition | None:
    """The edition of a release; None where it cannot be told how its values are read.

    A range that fixes the minor version stands for the newest of that; any other range, and versions that are
    newer than all known ones, for the newest known, where the values show that they have its layout.
    """
    facts = load("immich_chart")
    newest, read = _numbers(facts["newest_known"]), _numbers(facts["newest_read"])
    text = release.version.partition("@")[0].partition("+")[0].strip().removeprefix("immich-").removeprefix("v")
    version, exact = _numbers(text), True
    if len(version) != 3:
        minor = _minor(text)
        version, exact = (*minor, 99) if minor else (newest[0] + 1,), False
    if version < _numbers(facts["oldest"]):
        return None
    if version[:2] > newest[:2]:
        return Edition(newest, exact=False, computed=False) if _is_layered(release.values) else None
    return Edition(version, exact, computed=exact and version <= read)


def latest(rows: Mapping[str, T], version: Version) -> T | None:
    """The entry of the newest version that is not newer than the given one."""
    found = [(_numbers(since), value) for since, value in rows.items() if _numbers(since) <= version]
    return max(found, key=lambda item: item[0])[1] if found else None


def holds(row: Mapping[str, Any], version: Version) -> bool:
    """Whether a row of the facts is about a version."""
    before = row.get("before")
    return _numbers(row["since"]) <= version and (before is None or version < _numbers(before))


def _numbers(text: str) -> Version:
    numbers = [whole(part) for part in text.split(".")]
    known = tuple(number for number in numbers if number is not None)
    return known if len(known) == len(numbers) else ()


def _minor(text: str) -> Version:
    """The major and minor version that a range fixes: `0.9.x`, `~0.9.1`, `^0.9.1` (below 1), `0.9`."""
    bare = text.lstrip("~^= v")
    head = _numbers(".".join(bare.split(".")[:2]))
    fixed = text == bare or text.startswith(("~", "^0"))
    return head if fixed and len(head) == 2 and " " not in bare else ()


def _is_layered(values: Map) -> bool:
    blocks = [values, *(values.items.get(name) for name in load("immich_chart")["hardcoded"])]
    return any(isinstance(block, Map) and "controllers" in block.items for block in blocks)
