"""The releases that a manifest of an environment stands for."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.gitops.environment import Environment
from immichlint.gitops.manifest import Manifest
from immichlint.gitops.stand_in import CHART, HELMFILE, INFLATED, is_stand_in
from immichlint.lenses.release import Release
from immichlint.repo.repository import Repository


def releases(manifest: Manifest, environment: Environment, repository: Repository) -> Iterator[Release]:
    """The releases of a HelmRelease, of k3s' HelmChart or of a stand-in: of what `is_release`
    tells to be one."""
    if is_stand_in(manifest):
        yield from _stood_for(manifest, environment, repository)
    elif manifest.kind == "HelmRelease":
        from immichlint.lenses.sources import flux

        yield from flux.releases(manifest, environment, repository)
    else:
        from immichlint.lenses.sources import k3s

        yield from k3s.releases(manifest, environment, repository)


def _stood_for(manifest: Manifest, environment: Environment, repository: Repository) -> Iterator[Release]:
    if manifest.kind == CHART:
        from immichlint.lenses.sources import argo

        yield from argo.releases(manifest, environment, repository)
    elif manifest.kind == INFLATED:
        from immichlint.lenses.sources import inflated

        yield from inflated.releases(manifest, environment, repository)
    elif manifest.kind == HELMFILE:
        from immichlint.lenses.sources import helmfile

        yield from helmfile.releases(manifest, environment, repository)
    else:
        from immichlint.lenses.sources import loose

        yield from loose.releases(manifest, environment, repository)
