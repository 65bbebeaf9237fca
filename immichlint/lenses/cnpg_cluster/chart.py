"""A release of the `cluster` chart as its templates see it: version, names, and values over the chart's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from immichlint.facts import load
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.lenses.merging import overlaid
from immichlint.lenses.release import Release
from immichlint.lenses.templates import rendered
from immichlint.named_tuple import NamedTuple
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, Writes, get

NAME: Final = "cluster"
_LONGEST: Final = 63
_SECTIONS: Final = ("cluster", "backups")


class Chart(NamedTuple):
    """A release. `version`: whose templates are followed; `computed`: whether it is the release's own. `values`: the
    chart's with the user's over them. `full`: the name of the Cluster, with which all others begin."""

    release: Release
    version: tuple[int, ...]
    computed: bool
    values: Map
    full: str

    def holds(self, since: str | None) -> bool:
        """Whether the version has what came with another one."""
        return since is None or numbers(since) <= self.version

    def at(self, *route: str) -> Tree | None:
        """A value; None where there is none, or a null."""
        found = get(self.values, route)
        return None if isinstance(found, Leaf) and found.value is None else found

    def text(self, *route: str) -> str:
        """A value's text, empty where there is none."""
        return text_at(self.values, *route)

    def default(self, value: Any) -> Leaf:
        """A scalar that only the chart says."""
        return Leaf(value, self.release.by_chart)

    def manifest(self, api: str, kind: str, name: Tree, body: Mapping[str, Tree], writes: Writes) -> Manifest:
        """An object of the release."""
        namespace = text_at(self.values, "namespaceOverride") or self.release.namespace
        metadata: dict[str, Tree] = {"name": name}
        if namespace:
            metadata["namespace"] = Leaf(namespace, ())
        annotations = self.at("cluster", "annotations")
        if isinstance(annotations, Map) and annotations.items:
            metadata["annotations"] = annotations
        fields = {
            "apiVersion": self.default(api),
            "kind": self.default(kind),
            "metadata": Map(metadata, writes),
            **body,
        }
        return Manifest(Map(fields, writes), self.release.manifest.home, self.release.manifest.unsettled)


def chart(release: Release) -> Chart | None:
    """The chart of a release; None where its values show that it is another one of this name, or are too old."""
    facts = load("cnpg_cluster_chart")
    if release.chart != NAME or not any(isinstance(release.values.items.get(key), Map) for key in _SECTIONS):
        return None
    newest, exact = numbers(facts["newest_known"]), release.exact_version
    version = min(exact, newest) if exact is not None else newest
    if version < numbers(facts["oldest"]) or (exact is not None and exact >= (1,)):
        return None
    values = overlaid(_tree(facts["values"], release.by_chart), release.values, null_deletes=True)
    made = rendered(values, release, values if isinstance(values, Map) else release.values)
    assert isinstance(made, Map)
    full = text_at(made, "fullnameOverride")
    if not full:
        full = release.fullname(text_at(made, "nameOverride") or NAME)
    return Chart(release, version, exact == version, made, full[:_LONGEST].rstrip("-"))


def numbers(text: str) -> tuple[int, ...]:
    """The numbers of a version."""
    return tuple(map(int, text.split(".")))


def is_on(switch: Tree | None) -> bool | Hole:
    """Whether a switch is on; a hole where that is not known."""
    if isinstance(switch, Leaf):
        return switch.value if isinstance(switch.value, Hole) else bool(switch.value)
    return False


def _tree(data: Any, own: Writes) -> Tree:
    if isinstance(data, dict):
        return Map({key: _tree(item, own) for key, item in data.items()}, own)
    if isinstance(data, list):
        return Seq([_tree(item, own) for item in data], own)
    return Leaf(data, own)
