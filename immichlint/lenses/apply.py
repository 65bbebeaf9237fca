"""From what is applied to what reaches the cluster: each object through its lens."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.facts import load
from immichlint.gitops.manifest import Manifest, settled_only
from immichlint.gitops.picture import Environment
from immichlint.lenses.effective import Effective, identity
from immichlint.lenses.plain import PlainWriter
from immichlint.lenses.release import Release, release
from immichlint.repo.repository import Repository
from immichlint.trees.tree import get


def effective(environment: Environment, repository: Repository) -> Iterator[Effective]:
    """The effective objects of an environment: its manifests, and what the charts of its releases make."""
    for manifest in map(settled_only, environment.manifests):
        yield _plain(environment.name, manifest)
        made = release(manifest, repository, environment.manifests)
        if made is not None and made.chart == "app-template" and made.major >= 2:
            yield from _app_template(environment.name, made)
        elif made is not None and made.chart == "immich":
            yield from _immich_chart(environment.name, made)


def _plain(environment: str, manifest: Manifest) -> Effective:
    name = get(manifest.tree, ("metadata", "name"))
    place = name.writes[-1].place if name is not None and name.writes else None
    key = identity(environment, manifest)
    return Effective(key, environment, manifest, manifest, PlainWriter(manifest.tree), place or manifest.home)


def _app_template(environment: str, made: Release) -> Iterator[Effective]:
    from immichlint.lenses.app_template.workloads import workloads
    from immichlint.lenses.app_template.writer import AppTemplateWriter

    computed = made.major <= load("app_template")["newest_read"]
    for controller, manifest in workloads(made):
        yield Effective(
            identity(environment, manifest),
            environment,
            manifest,
            made.manifest,
            AppTemplateWriter(made, controller),
            made.name_place,
            f"{made.chart} {made.version}".strip(),
            computed,
        )


def _immich_chart(environment: str, made: Release) -> Iterator[Effective]:
    from immichlint.lenses.immich_chart.components import components
    from immichlint.lenses.immich_chart.edition import edition
    from immichlint.lenses.immich_chart.writer import ImmichChartWriter

    used = edition(made)
    for component in components(made, used) if used is not None else ():
        for controller, manifest in component.workloads():
            yield Effective(
                identity(environment, manifest),
                environment,
                manifest,
                made.manifest,
                ImmichChartWriter(component, controller),
                component.place,
                f"{made.chart} {made.version}".strip(),
                component.edition.computed,
            )
