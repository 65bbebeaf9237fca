"""The components of the Immich chart, each with the values that the common library gets for it."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.facts import load
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.lenses.app_template.common import Common, labels
from immichlint.lenses.app_template.flat import lifted, with_own_mounts
from immichlint.lenses.app_template.names import Names
from immichlint.lenses.app_template.workloads import workloads
from immichlint.lenses.immich_chart.defaults import chart_values, hardcoded
from immichlint.lenses.immich_chart.edition import Edition, holds
from immichlint.lenses.merging import filled, overlaid
from immichlint.lenses.release import Release
from immichlint.lenses.templates import rendered
from immichlint.named_tuple import NamedTuple
from immichlint.trees.tree import Hole, Leaf, Map, Tree, decided_at, get
from immichlint.yamltree.place import Place


class Component(NamedTuple):
    """A component that a release deploys.

    `release`: what the user wrote. `values`: the component's own, as the common library gets them.
    `hardcoded`: what its template sets where the values are empty. `as_app_template`: the same component as a
    release of app-template with the one controller `main`, named as the component is.
    """

    name: str
    release: Release
    edition: Edition
    values: Map
    hardcoded: Map
    as_app_template: Release

    @property
    def place(self) -> Place:
        """Where to point when a default is the cause: the component's key, else the release's name."""
        own = get(self.release.values, (self.name,))
        place = decided_at(own)
        return place.key_of() if place is not None else self.release.name_place

    @property
    def common(self) -> Common:
        """The component as the common library sees it."""
        release = self.as_app_template
        names = Names(release.name, release.values, self.edition.common["naming"])
        name = text_at(self.values, "global", "nameOverride") or self.name
        return Common(release, names, self.edition.common, labels(name, self.release.name))

    def workloads(self) -> Iterator[tuple[str, Manifest]]:
        """The workloads of its controllers, `main` and any that the user adds, with their identifiers."""
        for controller, manifest in workloads(self.common):
            yield (
                controller,
                manifest if self.edition.layered else manifest.with_tree(with_own_mounts(manifest.tree, self.values)),
            )


def components(release: Release, edition: Edition) -> Iterator[Component]:
    """The components that are switched on; none where the chart refuses the values (`templates/checks.yaml`)."""
    removed = load("immich_chart")["refused_keys"] if edition.layered else ()
    if any(key in release.values.items for key in removed):
        return
    values = overlaid(chart_values(edition, release), release.values, null_deletes=True)
    assert isinstance(values, Map)
    names = load("immich_chart")["lifetimes"]
    for name, lifetime in names.items():
        block = values.items.get(name)
        if isinstance(block, Map) and holds(lifetime, edition.version) and _is_on(block):
            yield _component(name, block, values, release, edition)


def _is_on(block: Map) -> bool:
    """Whether a component is deployed; one that is not by default is not assumed to be."""
    switch = block.items.get("enabled")
    if not isinstance(switch, Leaf):
        return False
    return switch.value.text != "false" if isinstance(switch.value, Hole) else bool(switch.value)


def _component(name: str, block: Map, values: Map, release: Release, edition: Edition) -> Component:
    own = hardcoded(edition, name, release, values)
    whole = filled(overlaid(values, block, null_deletes=False), own)
    assert isinstance(whole, Map)
    blocks = load("immich_chart")["lifetimes"]
    items = {key: rendered(item, release, whole) for key, item in whole.items.items() if key not in blocks}
    made = Map(items, whole.writes, whole.deleted, whole.open)
    full_name = _full_name(made, release, name)
    layout: Tree = made if edition.layered else lifted(made, full_name)
    assert isinstance(layout, Map)
    return Component(name, release, edition, made, own, release._replace(name=full_name, values=layout))


def _full_name(values: Map, release: Release, component: str) -> str:
    """The name of what a component makes: `<release>-<component>`, or `<release>` where that contains the
    component's name (common, `lib/chart/_names.tpl`)."""
    name = text_at(values, "global", "nameOverride") or text_at(values, "nameOverride") or component
    given = text_at(values, "global", "fullnameOverride") or text_at(values, "fullnameOverride")
    return (given or release.fullname(name))[:63].rstrip("-")
