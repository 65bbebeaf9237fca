"""Keys of a release's values that its chart does not know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from immichlint.facts import load
from immichlint.lenses.release import Release
from immichlint.named_tuple import NamedTuple
from immichlint.trees.tree import Map, Seq, Tree
from immichlint.yamltree.lookup import Route

_ANY: Final = "*"
_ITEMS: Final = "[]"
_CLOSED: Final = "!"
_SECTIONS: Final = ("cluster", "backups")
"""What tells the `cluster` chart of CloudNativePG from others of this name."""

Keys = Mapping[str, Any]


class StrayKey(NamedTuple):
    """A key that a chart does not know. `near`: the one that is most like it, empty where none is; `is_slip`:
    whether that is certainly meant. `refused`: whether the chart's schema refuses the key; else it is ignored.
    `read`: whether the chart's version is among those whose keys are all known. `instead`: what the chart reads in
    its place, where the key has moved; empty for others."""

    route: Route
    near: str
    is_slip: bool
    refused: bool
    read: bool
    instead: str = ""


def stray_keys(release: Release) -> Iterator[StrayKey]:
    """The keys that no known version of a release's chart has.

    Where the schema leaves a mapping open, or is newer than those that were read, only what is certainly mistyped.
    """
    known = _known(release)
    if known is not None:
        version = release.exact_version
        row = load("chart_keys")[release.chart]
        read = version is not None and version <= _numbers(row["read"])
        refuses = version is not None and version >= _numbers(row["schema"])
        yield from _Search(read=read, refuses=refuses).below(release.values, known, ())


def _known(release: Release) -> Keys | None:
    """The keys of a chart's values; None where its layout is not known, or is the flat one of app-template 1."""
    keys: Keys = load("app_template_keys")["keys"]
    facts = load("chart_keys")
    if release.chart == "cluster":
        own: Keys = load("cnpg_cluster_keys")["keys"]
        return own if any(isinstance(release.values.items.get(key), Map) for key in _SECTIONS) else None
    if release.chart == "app-template":
        return keys if release.major >= facts["app-template"]["since"] else None
    version, own_facts = release.exact_version or (), load("immich_chart")
    if release.chart != "immich" or not _numbers(own_facts["oldest"]) <= version < _numbers(facts["immich"]["before"]):
        return None
    if version < _numbers(own_facts["layered_since"]):
        # What else stands at the top goes to the common library, which takes anything.
        return {**dict.fromkeys(facts["immich_flat"]["parts"]), "immich": facts["immich_flat"]["keys"]}
    component = {**keys, "enabled": None}
    return {**keys, **dict.fromkeys(facts["immich"]["components"], component), "immich": facts["immich_keys"]}


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


class _Search(NamedTuple):
    """How strictly keys are held against those that are known. `read`: whether the schema is one that was read."""

    read: bool
    refuses: bool

    def below(self, tree: Tree, keys: Any, route: Route) -> Iterator[StrayKey]:
        known = load("app_template_keys")["definitions"][keys[1:]] if isinstance(keys, str) else keys
        if not isinstance(known, Mapping):
            return
        if isinstance(tree, Seq):
            for index, item in enumerate(tree.items):
                yield from self.below(item, known.get(_ITEMS), (*route, index))
        for key, item in tree.items.items() if isinstance(tree, Map) else ():
            if key in known:
                yield from self.below(item, known[key], (*route, key))
            elif _ANY in known:
                yield from self.below(item, known[_ANY], (*route, key))
            else:
                stray = self._judged(key, known, tree, (*route, key))
                if stray is not None:
                    yield stray

    def _judged(self, key: str, known: Keys, beside: Tree, route: Route) -> StrayKey | None:
        from immichlint.text.nearest import is_slip, nearest

        closed = _CLOSED in known
        mounts = load("chart_keys")["mounts"]
        if mounts["beside"] in known and key in mounts["keys"] and closed and self.read:
            return StrayKey(route, "", False, self.refuses, self.read, mounts["keys"][key])
        taken = beside.items if isinstance(beside, Map) else {}
        names = [name for name in known if name not in taken and name not in (_CLOSED, _ITEMS)]
        near = nearest(key, names) or ""
        slip = bool(near) and is_slip(key, near)
        if not slip and not (closed and self.read):
            return None
        return StrayKey(route, near, slip, closed and self.refuses, self.read)
