"""A release as bjw-s' common library sees it, which app-template and the Immich chart are built on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from immichlint.facts import load
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.lenses.app_template.names import Name, Names, full_name
from immichlint.lenses.release import Release
from immichlint.lenses.templates import rendered
from immichlint.named_tuple import NamedTuple
from immichlint.trees.tree import Hole, Leaf, Map, Tree, Writes

FLAT: Final = "primary"
"""How a version names its objects that has the flat layout."""


class Common(NamedTuple):
    """A release with the rules of the library's version.

    `release`: with the values as the library gets them. `names`: how it names what it makes. `defaults`: of the
    version (facts/app_template.json). `labels`: those that all its pods have and its selectors ask for.
    """

    release: Release
    names: Names
    defaults: Mapping[str, Any]
    labels: Mapping[str, Name]

    def default(self, value: Any) -> Leaf:
        """A scalar that only the chart says."""
        return Leaf(value, self.release.by_chart)

    @property
    def is_flat(self) -> bool:
        """Whether its values have the flat layout, which is seen here in the later one."""
        return bool(self.defaults["naming"] == FLAT)

    @property
    def container(self) -> str:
        """The name of the container that the flat layout describes."""
        return self.names.full if isinstance(self.names.full, str) else self.release.name

    def selector(self, controller: str) -> Map:
        """The labels by which the pods of a controller are found; open where not all are known."""
        key = self.defaults["controller_label"]
        labels = {**self.labels, **({key: controller} if key and not isinstance(key, Hole) else {})}
        why = key.why if isinstance(key, Hole) else None
        return Map({name: self.default(value) for name, value in labels.items()}, self.release.by_chart, open=why)

    def manifest(self, api: str, kind: str, name: Tree, body: Mapping[str, Tree], source: Map) -> Manifest:
        """An object that the release makes. `source`: the values that it is made of; their labels and annotations
        are its own."""
        release = self.release
        metadata: dict[str, Tree] = {"name": name}
        if release.namespace:
            metadata["namespace"] = Leaf(release.namespace, ())
        for field in ("labels", "annotations"):
            given = source.items.get(field)
            if isinstance(given, Map) and given.items:
                metadata[field] = given
        tree = Map(
            {
                "apiVersion": self.default(api),
                "kind": self.default(kind),
                "metadata": Map(metadata, source.writes),
                **body,
            },
            source.writes,
        )
        return Manifest(tree, release.manifest.home, release.manifest.unsettled)


def app_template(release: Release) -> Common:
    """A release of app-template."""
    facts = load("app_template")
    newest = facts["majors"][str(facts["newest_known"])]
    defaults = facts["majors"].get(str(release.major)) or newest if release.major else unknown_defaults()
    values = rendered(release.values, release, release.values)
    assert isinstance(values, Map)
    values = _with_defaults(values, defaults, release)
    full = full_name(release._replace(values=values))
    own = text_at(values, "global", "nameOverride")
    if defaults["naming"] == FLAT:
        from immichlint.lenses.app_template.flat import lifted

        values = lifted(values, full if isinstance(full, str) else release.name)
    names = Names(full, values, defaults["naming"])
    return Common(release._replace(values=values), names, defaults, labels(own or release.name, release.name))


def labels(name: Name, instance: Name) -> dict[str, Name]:
    """The labels of all pods of a release (`templates/lib/metadata/_selectorLabels.tpl`)."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": instance}


def unknown_defaults() -> dict[str, Any]:
    """The defaults of a version that is not known: what all versions of the layout have in common, else unknown."""
    facts = load("app_template")["majors"]
    majors = [value for major, value in facts.items() if int(major) >= 2]
    why = "the chart's version is not known, and so are its defaults"
    return {
        key: value if all(other.get(key) == value for other in majors) else Hole("", why)
        for key, value in majors[-1].items()
    }


def _with_defaults(values: Map, defaults: Mapping[str, Any], release: Release) -> Map:
    """The values with those of the chart below them: settings, and what it says of an entry that they mention
    (`service.main`, `ingress.main`).

    The chart's entries that the values do not mention make nothing: they are off, or refused for want of a port.
    """
    said = release.by_chart
    made = values if values.open else _below(values, defaults.get("always", {}), said)
    assert isinstance(made, Map)
    items = dict(made.items)
    for section, entries in defaults.get("values", {}).items():
        own = items.get(section)
        if isinstance(own, Map):
            below = {key: _below(item, entries.get(key), said) for key, item in own.items.items()}
            items[section] = Map(below, own.writes, own.deleted, own.open)
    return Map(items, made.writes, made.deleted, made.open)


def _below(tree: Tree, chart: Any, said: Writes) -> Tree:
    if not isinstance(tree, Map) or not isinstance(chart, dict) or tree.open:
        return tree
    items = {key: _below(item, chart.get(key), said) for key, item in tree.items.items()}
    new = {key: _grown(value, said) for key, value in chart.items() if key not in items}
    return Map({**new, **items}, tree.writes, tree.deleted, tree.open)


def _grown(value: Any, said: Writes) -> Tree:
    if isinstance(value, dict):
        return Map({key: _grown(item, said) for key, item in value.items()}, said)
    return Leaf(value, said)
