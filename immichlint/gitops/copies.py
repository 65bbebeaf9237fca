"""Copies: loose files that hold what an engine applies from elsewhere, as rendered manifests beside their source do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from immichlint.gitops.environment import Draft, Environment, Idle
from immichlint.gitops.manifest import Manifest, manifests, text_at
from immichlint.gitops.stand_in import is_stand_in
from immichlint.named_tuple import NamedTuple
from immichlint.repo.documents import rendered_from
from immichlint.repo.repository import Repository

_INSTANCE: Final = "app.kubernetes.io/instance"
_MANAGER: Final = "app.kubernetes.io/managed-by"
_NAMELESS: Final = "release-name"
"""What Helm calls a release that is rendered without a name (cmd/helm/template.go), to be looked at."""
_FLUX_RELEASE: Final = "HelmRelease"


class _Applied(NamedTuple):
    """What engines apply. `objects`: kinds, names and namespaces; `releases`: the names of Helm's."""

    objects: frozenset[tuple[str, str, str]]
    releases: frozenset[str]


def copies(repository: Repository, paths: Iterable[str], environments: Iterable[Environment]) -> Iterator[Draft]:
    """The files of which every object is applied already, from another file or by a release that Helm renders, or
    was rendered by Helm for no release."""
    held = {path: found for path in paths if (found := manifests(repository.read(path)))}
    applied = _applied(environments) if held else _Applied(frozenset(), frozenset())
    for path, found in held.items():
        shown = any(_label(item, _INSTANCE) == _NAMELESS for item in found)
        if all(
            _is_applied(item, applied)
            or _is_rendered(item, applied, repository)
            or (shown and rendered_from(repository, item.home.document))
            for item in found
        ):
            yield Draft(path, Idle.COPY)


def _applied(environments: Iterable[Environment]) -> _Applied:
    found = [item for one in environments if one.applier is not None for item in one.manifests]
    releases = {item.name for item in found if is_stand_in(item) or item.kind == _FLUX_RELEASE}
    releases |= {text_at(item.tree, "spec", "releaseName") for item in found if item.kind == _FLUX_RELEASE}
    return _Applied(
        frozenset((item.kind, item.name, item.namespace) for item in found if item.name), frozenset(releases - {""})
    )


def _is_applied(manifest: Manifest, applied: _Applied) -> bool:
    namespaces = {
        namespace for kind, name, namespace in applied.objects if (kind, name) == (manifest.kind, manifest.name)
    }
    return bool(namespaces) and (not manifest.namespace or bool(namespaces & {"", manifest.namespace}))


def _is_rendered(manifest: Manifest, applied: _Applied, repository: Repository) -> bool:
    by_helm = _label(manifest, _MANAGER) == "Helm" or bool(rendered_from(repository, manifest.home.document))
    return by_helm and _label(manifest, _INSTANCE) in applied.releases


def _label(manifest: Manifest, name: str) -> str:
    return text_at(manifest.tree, "metadata", "labels", name)
