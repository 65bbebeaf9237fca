"""From what is applied to what reaches the cluster: each object through its lens."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from immichlint.facts import load
from immichlint.gitops.environment import Environment
from immichlint.gitops.manifest import Manifest, settled_only
from immichlint.gitops.stand_in import is_release, is_stand_in
from immichlint.lenses.effective import Effective, MakeWriter, Writer, identity
from immichlint.lenses.release import Release
from immichlint.named_tuple import NamedTuple
from immichlint.repo.repository import Repository
from immichlint.trees.tree import Hole, Leaf, Map, decided_at, get, replaced
from immichlint.yamltree.place import Place

if TYPE_CHECKING:
    from immichlint.lenses.app_template.common import Common
    from immichlint.lenses.cnpg_cluster.chart import Chart
    from immichlint.lenses.immich_chart.components import Component
    from immichlint.yamltree.lookup import Route

_LENSES: Final = ("app-template", "immich")


class Expanded(NamedTuple):
    """What an environment comes to. `objects`: its manifests and what the charts of its releases make; `releases`:
    those, whether or not there is a lens for their charts."""

    objects: tuple[Effective, ...]
    releases: tuple[Release, ...]


def expand(environment: Environment, repository: Repository) -> Expanded:
    """The effective objects of an environment, and its releases.

    Of a release that no object describes its stand-in is there only where nothing is known of what it makes.
    """
    objects: list[Effective] = []
    releases: list[Release] = []
    for manifest in map(settled_only, environment.manifests):
        released = list(_releases(manifest, environment, repository))
        found = [item for made in released for item in make(environment.name, made)]
        if found and get(manifest.tree, ("spec", "postRenderers")) is not None:
            from immichlint.lenses.post_render import post_rendered

            found = post_rendered(found, manifest, repository)
        if not found or not is_stand_in(manifest):
            objects.append(_plain(environment.name, manifest))
        objects += found
        releases += released
    return Expanded(tuple(objects), tuple(releases))


def _releases(manifest: Manifest, environment: Environment, repository: Repository) -> Iterator[Release]:
    if is_release(manifest):
        from immichlint.lenses.sources.releases import releases

        yield from releases(manifest, environment, repository)


def why_unmade(made: Release) -> str:
    """Why nothing is known of what a release makes, as a sentence goes on after a colon."""
    major = made.exact_version[0] if made.exact_version is not None else 0
    from immichlint.lenses.truecharts import is_truecharts

    if is_truecharts(made):
        return "of TrueCharts' chart immichlint knows only whether the database is backed up"
    if made.chart == "immich" and major >= 1:
        return f"the chart immich {made.version} is not the official one, which has no such version (TrueCharts' has)"
    if made.chart in _LENSES:
        return f"the version of the chart {made.chart} is not known, or none that immichlint computes"
    return f"immichlint does not compute the chart {made.chart}" if made.chart else "its chart is not in the repository"


def make(environment: str, made: Release) -> Iterator[Effective]:
    """What a release makes, as far as there is a lens for its chart; what is not certain is not computed exactly."""
    found: Iterator[Effective] = iter(())
    if made.chart == "app-template" and (made.major or _has_controllers(made)):
        found = _app_template(environment, made)
    elif made.chart == "immich" and not made.major:
        found = _immich_chart(environment, made)
    elif made.chart.partition(" ")[0] == "immich":
        found = _other_immich(environment, made)
    elif made.chart == "cluster":
        found = _cnpg_cluster(environment, made)
    for item in found:
        yield item._replace(computed=item.computed and made.certain, open=made.values.open or "")


def _has_controllers(made: Release) -> bool:
    """Whether values of a version that is not known have the layout of app-template 2 and later."""
    controllers = made.values.items.get("controllers")
    named = controllers.items.values() if isinstance(controllers, Map) else ()
    return not made.major and any(isinstance(get(item, ("containers",)), Map) for item in named)


def _plain(environment: str, manifest: Manifest) -> Effective:
    key = identity(environment, manifest)
    writer = partial(_plain_writer, manifest.tree)
    return Effective(key, environment, manifest, manifest, writer, manifest.name_place)


def _plain_writer(tree: Map) -> Writer:
    from immichlint.lenses.plain import PlainWriter

    return PlainWriter(tree)


def _app_template(environment: str, made: Release) -> Iterator[Effective]:
    from immichlint.lenses.app_template.common import app_template
    from immichlint.lenses.app_template.objects import objects
    from immichlint.lenses.app_template.workloads import workloads

    computed = 0 < made.major <= load("app_template")["newest_read"]
    common = app_template(made)
    found: list[tuple[Manifest, MakeWriter]] = []
    for controller, manifest in workloads(common):
        if common.is_flat:
            from immichlint.lenses.app_template.flat import with_own_mounts

            manifest = manifest.with_tree(with_own_mounts(manifest.tree, made.values))
        found.append((manifest, partial(_app_template_writer, common, made, controller)))
    for section, identifier, manifest in objects(common):
        found.append((manifest, partial(_object_writer, manifest, (section, identifier), made.values)))
    for manifest, writer in found:
        yield _effective(environment, manifest, made, writer, made.name_place, computed=computed)


def _app_template_writer(common: Common, made: Release, controller: str) -> Writer:
    if common.is_flat:
        from immichlint.lenses.app_template.flat_writer import FlatWriter

        return FlatWriter(made.values, common.release, common.container)
    from immichlint.lenses.app_template.writer import AppTemplateWriter

    return AppTemplateWriter(made, controller)


def _object_writer(manifest: Manifest, entry: Route, values: Map) -> Writer:
    from immichlint.lenses.app_template.object_writer import ObjectWriter
    from immichlint.lenses.plain import PlainWriter

    return ObjectWriter(manifest, entry, PlainWriter(values).ways)


def _immich_chart(environment: str, made: Release) -> Iterator[Effective]:
    from immichlint.lenses.app_template.objects import objects
    from immichlint.lenses.immich_chart.components import components
    from immichlint.lenses.immich_chart.edition import edition
    from immichlint.lenses.immich_chart.objects import beside

    used = edition(made)
    for component in components(made, used) if used is not None else ():
        found: list[tuple[Manifest, MakeWriter]] = [
            (manifest, partial(_immich_chart_writer, component, controller))
            for controller, manifest in component.workloads()
        ]
        for section, identifier, manifest in objects(component.common):
            found.append((manifest, partial(_component_writer, component, manifest, (section, identifier))))
        computed = component.edition.computed
        for manifest, writer in found:
            yield _effective(environment, manifest, made, writer, component.place, computed=computed)
        for manifest in beside(component):
            place = decided_at(get(manifest.tree, ("metadata", "name"))) or component.place
            writer = partial(_computed_writer, manifest.name)
            yield _effective(environment, manifest, made, writer, place, computed=computed)


def _immich_chart_writer(component: Component, controller: str) -> Writer:
    from immichlint.lenses.immich_chart.writer import ImmichChartWriter

    return ImmichChartWriter(component, controller)


def _component_writer(component: Component, manifest: Manifest, entry: Route) -> Writer:
    from immichlint.lenses.app_template.object_writer import ObjectWriter
    from immichlint.lenses.immich_chart.writer import ImmichChartWriter

    return ObjectWriter(manifest, entry, ImmichChartWriter(component, "main").written)


def _computed_writer(name: str) -> Writer:
    from immichlint.lenses.immich_chart.writer import ComputedWriter

    return ComputedWriter(name)


def _cnpg_cluster(environment: str, made: Release) -> Iterator[Effective]:
    from immichlint.lenses.cnpg_cluster.chart import chart
    from immichlint.lenses.cnpg_cluster.objects import objects

    used = chart(made)
    if used is None:
        return
    for entry, manifest in objects(used):
        writer = partial(_cluster_chart_writer, used, manifest, entry)
        yield _effective(environment, manifest, made, writer, made.name_place, computed=used.computed)


def _other_immich(environment: str, made: Release) -> Iterator[Effective]:
    from immichlint.lenses.truecharts import called, cluster, is_exact, is_truecharts

    if not is_truecharts(made):
        if made.chart == "immich":
            yield from _immich_chart(environment, made)
        return
    manifest = cluster(made)
    if manifest is not None:
        writer = partial(_computed_writer, manifest.name)
        yield _effective(environment, manifest, called(made), writer, made.name_place, computed=is_exact(made))


def _cluster_chart_writer(used: Chart, manifest: Manifest, entry: Route) -> Writer:
    from immichlint.lenses.cnpg_cluster.writer import ClusterChartWriter

    return ClusterChartWriter(used, manifest, entry)


def _effective(
    environment: str, manifest: Manifest, made: Release, writer: MakeWriter, place: Place, *, computed: bool
) -> Effective:
    manifest = settled_only(manifest)
    if manifest.unsettled and is_stand_in(made.manifest):
        # What a kustomization does to the objects of a chart that it inflates, it may do to their names.
        name = Leaf(Hole(manifest.name, manifest.unsettled), ())
        manifest = manifest.with_tree(replaced(manifest.tree, ("metadata", "name"), name))
    key = identity(environment, manifest)
    in_place = partial(_in_place, writer, manifest.tree)
    return Effective(key, environment, manifest, made.manifest, in_place, place, made.versioned, computed)


def _in_place(writer: MakeWriter, tree: Map) -> Writer:
    from immichlint.lenses.in_place import InPlace

    return InPlace(writer(), tree)
