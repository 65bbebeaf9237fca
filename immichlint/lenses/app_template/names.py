"""The names that app-template gives to what it makes (common 2.6.0, 3.7.3 and 4.1.1: `templates/lib/chart/_names.tpl`,
`lib/common`, `lib/controller`, `lib/pvc`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from immichlint.lenses.app_template.enabled import enabled, primary, says_primary
from immichlint.lenses.release import Release
from immichlint.named_tuple import NamedTuple
from immichlint.trees.tree import Hole, Leaf, Map, Tree, get

Name: TypeAlias = "str | Hole"

_LONGEST: Final = 63
_FIRST: Final = "main"
"""The identifier that versions before 3 leave out of names."""
_NAMINGS: Final = ("main", "identifier", "count")
"""What a version that is not known may do: its values have the layout of version 2 and later."""


def full_name(release: Release) -> Name:
    """The name that all others start with: the release's, unless the values have another."""
    values = release.values
    name = _text(values, "global", "fullnameOverride") or _text(values, "fullnameOverride")
    own = _text(values, "global", "nameOverride")
    if not name and isinstance(own, str):
        name = release.fullname(own)
    name = name or own
    return name if isinstance(name, Hole) else name[:_LONGEST].removesuffix("-")


class Names(NamedTuple):
    """How a release names its objects.

    `full`: the name that all start with. `naming`: what follows it: the identifier (`identifier`), unless it is
    `main` (`main`) or what is primary (`primary`), or where there are several items of a kind (`count`); a hole where
    the version is not known.
    """

    full: Name
    values: Map
    naming: str | Hole

    def controller(self, identifier: str, item: Map) -> Name:
        """The name of a controller's workload."""
        count = len(list(enabled(self.values.items.get("controllers"))))
        if self.naming == "count" or isinstance(self.naming, Hole):
            return self._counted(identifier, item, count)
        alone = identifier == _FIRST if self.naming in ("main", "primary") else count == 1
        return self._suffixed("" if alone else identifier, item)

    def claim(self, identifier: str, item: Map) -> Name:
        """The name of the claim that a persistence item makes."""
        items = self.values.items.get("persistence")
        count = sum(
            _text(other, "type") in ("", "persistentVolumeClaim") and not _text(other, "existingClaim")
            for _, other in enabled(items)
        )
        bare = _text(item, "nameOverride") == "-"
        return self._versioned(self.full if bare else self._suffixed(identifier, item), identifier, item, count, items)

    def listed(self, section: str, identifier: str, item: Map) -> Name:
        """The name of what an entry of `service`, `ingress`, `route`, `configMaps` or `secrets` makes."""
        items = self.values.items.get(section)
        if isinstance(self.naming, Hole):
            found = {self._replace(naming=naming).listed(section, identifier, item) for naming in _NAMINGS}
            return found.pop() if len(found) == 1 else self.naming
        folder = get(self.values, ("configMapsFromFolder", "enabled"))
        if section == "configMaps" and isinstance(folder, Leaf) and folder.value is not False:
            return Hole("", "files of the chart make ConfigMaps, too")
        others = dict(enabled(items))
        bare = self._is_bare(section, identifier, item, others)
        old = self._suffixed("" if bare else identifier, item)
        return self._versioned(old, identifier, item, len(others), items)

    def _is_bare(self, section: str, identifier: str, item: Map, others: Mapping[str, Map]) -> bool:
        """Whether an entry has the full name and no more, up to version 3."""
        if section in ("configMaps", "secrets"):
            return self.naming == "main" and identifier == _FIRST
        first = primary(others.items())
        if self.naming == "primary" or (self.naming == "main" and section == "route"):
            return first is not None and first[0] == identifier
        if self.naming == "main":
            return says_primary(item) if section == "service" else identifier == _FIRST
        return len(others) == 1 or (section != "ingress" and says_primary(item))

    def referred(self, section: str, identifier: str) -> Name | None:
        """The name of the object of a section with an identifier; None where there is none."""
        item = dict(enabled(self.values.items.get(section))).get(identifier)
        return self.listed(section, identifier, item) if item is not None else None

    def _versioned(self, old: Name, identifier: str, item: Map, count: int, items: Tree | None) -> Name:
        new = self._counted(identifier, item, count)
        if isinstance(self.naming, Hole):
            return new if new == old else self.naming
        if self.naming != "count":
            return old
        more = items.open if isinstance(items, Map) else None
        return Hole("", more) if more is not None and count == 1 else new

    def _suffixed(self, identifier: str, item: Map) -> Name:
        """The name up to version 3: its override or the identifier follows the full name."""
        full, forced = self.full, _text(item, "forceRename")
        if forced:
            return forced
        suffix = _text(item, "nameOverride") or identifier
        if isinstance(full, Hole) or isinstance(suffix, Hole):
            return full if isinstance(full, Hole) else suffix
        return full if suffix in ("", full) else f"{full}-{suffix}"

    def _counted(self, identifier: str, item: Map, count: int) -> Name:
        """The name from version 4 on: prefix, identifier where there are several, and suffix."""
        name = _text(item, "forceRename")
        if not name:
            name, prefix, suffix = self.full, _text(item, "prefix"), _text(item, "suffix")
            unknown = next((part for part in (name, prefix, suffix) if isinstance(part, Hole)), None)
            if unknown is not None:
                return unknown
            if prefix and prefix != name:
                name = f"{prefix}-{name}"
            if (count > 1 or self._always()) and name != identifier and not str(name).endswith(f"-{identifier}"):
                name = f"{name}-{identifier}"
            if suffix and not str(name).endswith(f"-{suffix}"):
                name = f"{name}-{suffix}"
        return name if isinstance(name, Hole) else name.lower()

    def _always(self) -> bool:
        switch = get(self.values, ("global", "alwaysAppendIdentifierToResourceName"))
        return isinstance(switch, Leaf) and switch.value is True


def _text(tree: Tree, *route: str) -> Name:
    """The text at a route, empty where there is none; a hole where it is not known."""
    leaf = get(tree, route)
    known = isinstance(leaf, Leaf) and isinstance(leaf.value, (str, Hole))
    return leaf.value if known else ""  # type: ignore[union-attr, return-value]
