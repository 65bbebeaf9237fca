"""The components of the Immich chart, each with the values that the common library gets for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from immichlint.facts import load
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.lenses.app_template import persistence
from immichlint.lenses.app_template.environment import key_writes
from immichlint.lenses.app_template.workloads import workloads
from immichlint.lenses.immich_chart.defaults import chart_values, hardcoded
from immichlint.lenses.immich_chart.edition import Edition, holds
from immichlint.lenses.immich_chart.flat import lifted, with_own_mounts
from immichlint.lenses.immich_chart.merging import filled, overlaid
from immichlint.lenses.immich_chart.templates import rendered
from immichlint.lenses.release import Release
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Tree, Write, get, replaced
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
        place = own.writes[-1].place if own is not None and own.writes else None
        return place.key_of() if place is not None else self.release.name_place

    def workloads(self) -> Iterator[tuple[str, Manifest]]:
        """The workloads of its controllers, `main` and any that the user adds, with their identifiers."""
        for controller, manifest in workloads(self.as_app_template, self.edition.common, self.as_app_template.name):
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
    full_name = _full_name(made, release.name, name)
    layout: Tree = made if edition.layered else lifted(made, full_name)
    assert isinstance(layout, Map)
    if edition.layered:
        layout = _with_claims(layout, full_name)
    return Component(name, release, edition, made, own, release._replace(name=full_name, values=layout))


def _full_name(values: Map, release: str, component: str) -> str:
    """The name of what a component makes: `<release>-<component>`, or `<release>` where that contains the
    component's name (common, `lib/chart/_names.tpl`)."""
    name = text_at(values, "global", "nameOverride") or text_at(values, "nameOverride") or component
    given = text_at(values, "global", "fullnameOverride") or text_at(values, "fullnameOverride")
    full = given or (release if name in release else f"{release}-{name}")
    return full[:63].rstrip("-")


def chart_claims(values: Map) -> dict[str, Map]:
    """The persistence items for which the chart makes a PersistentVolumeClaim."""
    return {
        key: item
        for key, item in persistence.items(values)
        if (text_at(item, "type") or "persistentVolumeClaim") == "persistentVolumeClaim"
        and not isinstance(getattr(item.items.get("type"), "value", None), Hole)
        and not item.open
        and not text_at(item, "existingClaim")
        and not isinstance(getattr(item.items.get("existingClaim"), "value", None), Hole)
    }


def _with_claims(values: Map, full_name: str) -> Map:
    """The values with the names of the claims that the chart makes: the full name where there is one only
    (common 4.1.1, `lib/common/_determineResourceNameFromValues.tpl`)."""
    made: Tree = values
    claims = chart_claims(values)
    for key, item in claims.items():
        alone = len(claims) == 1 or full_name.endswith(f"-{key}") or full_name == key
        place = key_writes(item.writes)[-1].place
        name = Leaf(full_name if alone else f"{full_name}-{key}", (Write(Layer.CHART_DEFAULT, place),))
        made = replaced(made, ("persistence", key, "existingClaim"), name)
    assert isinstance(made, Map)
    return made
