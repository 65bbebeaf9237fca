"""From what is applied to what reaches the cluster: each object through its lens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.facts import load
from immichlint.gitops.environment import Environment
from immichlint.gitops.manifest import Manifest, settled_only
from immichlint.gitops.stand_in import is_stand_in
from immichlint.lenses.effective import Effective, Writer, identity
from immichlint.lenses.plain import PlainWriter
from immichlint.lenses.release import Release
from immichlint.named_tuple import NamedTuple
from immichlint.repo.repository import Repository
from immichlint.trees.tree import Hole, Leaf, Map, get, replaced
from immichlint.yamltree.place import Place

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
    if manifest.kind == "HelmRelease" or is_stand_in(manifest):
        from immichlint.lenses.sources.releases import releases

        yield from releases(manifest, environment, repository)


def why_unmade(made: Release) -> str:
    """Why nothing is known of what a release makes, as a sentence goes on after a colon."""
    major = made.exact_version[0] if made.exact_version is not None else 0
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
    elif made.chart == "immich":
        found = _immich_chart(environment, made)
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
    name = get(manifest.tree, ("metadata", "name"))
    place = name.writes[-1].place if name is not None and name.writes else None
    key = identity(environment, manifest)
    return Effective(key, environment, manifest, manifest, PlainWriter(manifest.tree), place or manifest.home)


def _app_template(environment: str, made: Release) -> Iterator[Effective]:
    from immichlint.lenses.app_template.common import app_template
    from immichlint.lenses.app_template.flat import with_own_mounts
    from immichlint.lenses.app_template.flat_writer import FlatWriter
    from immichlint.lenses.app_template.object_writer import ObjectWriter
    from immichlint.lenses.app_template.objects import objects
    from immichlint.lenses.app_template.workloads import workloads
    from immichlint.lenses.app_template.writer import AppTemplateWriter

    computed = 0 < made.major <= load("app_template")["newest_read"]
    common = app_template(made)
    found: list[tuple[Manifest, Writer]] = []
    for controller, manifest in workloads(common):
        writer: Writer = AppTemplateWriter(made, controller)
        if common.is_flat:
            writer = FlatWriter(made.values, common.release, common.container)
            manifest = manifest.with_tree(with_own_mounts(manifest.tree, made.values))
        found.append((manifest, writer))
    values = PlainWriter(made.values)
    for section, identifier, manifest in objects(common):
        found.append((manifest, ObjectWriter(manifest, (section, identifier), values.ways)))
    for manifest, writer in found:
        yield _effective(environment, manifest, made, writer, made.name_place, computed=computed)


def _immich_chart(environment: str, made: Release) -> Iterator[Effective]:
    from immichlint.lenses.app_template.object_writer import ObjectWriter
    from immichlint.lenses.app_template.objects import objects
    from immichlint.lenses.immich_chart.components import components
    from immichlint.lenses.immich_chart.edition import edition
    from immichlint.lenses.immich_chart.objects import ComputedWriter, beside
    from immichlint.lenses.immich_chart.writer import ImmichChartWriter

    used = edition(made)
    for component in components(made, used) if used is not None else ():
        found: list[tuple[Manifest, Writer]] = [
            (manifest, ImmichChartWriter(component, controller)) for controller, manifest in component.workloads()
        ]
        values = ImmichChartWriter(component, "main")
        for section, identifier, manifest in objects(component.common):
            found.append((manifest, ObjectWriter(manifest, (section, identifier), values.written)))
        found += [(manifest, ComputedWriter(manifest.name)) for manifest in beside(component)]
        for manifest, writer in found:
            place, computed = component.place, component.edition.computed
            yield _effective(environment, manifest, made, writer, place, computed=computed)


def _cnpg_cluster(environment: str, made: Release) -> Iterator[Effective]:
    from immichlint.lenses.cnpg_cluster.chart import chart
    from immichlint.lenses.cnpg_cluster.objects import objects
    from immichlint.lenses.cnpg_cluster.writer import ClusterChartWriter

    used = chart(made)
    if used is None:
        return
    for entry, manifest in objects(used):
        writer = ClusterChartWriter(used, manifest, entry)
        yield _effective(environment, manifest, made, writer, made.name_place, computed=used.computed)


def _effective(
    environment: str, manifest: Manifest, made: Release, writer: Writer, place: Place, *, computed: bool
) -> Effective:
    from immichlint.lenses.in_place import InPlace

    chart = f"{made.chart} {made.version}".strip()
    manifest = settled_only(manifest)
    if manifest.unsettled and is_stand_in(made.manifest):
        # What a kustomization does to the objects of a chart that it inflates, it may do to their names.
        name = Leaf(Hole(manifest.name, manifest.unsettled), ())
        manifest = manifest.with_tree(replaced(manifest.tree, ("metadata", "name"), name))
    key = identity(environment, manifest)
    in_place = InPlace(writer, manifest.tree)
    return Effective(key, environment, manifest, made.manifest, in_place, place, chart, computed)
