"""The environments that Argo CD Applications make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from immichlint.gitops.argo.application import Application, applications
from immichlint.gitops.argo.applier import argo_applier
from immichlint.gitops.argo.folder import applied
from immichlint.gitops.environment import ARGO, Environment
from immichlint.gitops.manifest import Manifest, manifests
from immichlint.repo.repository import Repository


def argo_environments(
    repository: Repository, environments: Iterable[Environment], paths: Iterable[str]
) -> Iterator[tuple[Environment, frozenset[str]]]:
    """The environment of each Application among the objects of other environments and of some files, and the
    folders of kustomizations and charts that it applies."""
    taken: set[str] = set()
    objects = (manifest for environment in environments for manifest in environment.manifests)
    for application in _once([*applications(objects), *applications(_loose(repository, paths))]):
        found = applied(repository, application)
        if found.manifests:
            name = _name(application, taken)
            taken.add(name)
            environment = Environment(
                name,
                "argocd",
                found.manifests,
                found.files,
                found.missing,
                found.generated,
                cluster=application.cluster,
                applier=argo_applier(application, found.folders),
            )
            yield environment, found.folders


def _loose(repository: Repository, paths: Iterable[str]) -> Iterator[Manifest]:
    for path in paths:
        if ARGO.encode() in repository.raw(path):
            yield from manifests(repository.read(path))


def _once(found: Iterable[Application]) -> Iterator[Application]:
    """Each Application once, although a base may be built for several environments."""
    seen: set[tuple[object, ...]] = set()
    for item in found:
        namespace = item.namespace.value if item.namespace is not None else None
        key = (item.manifest.home, item.name.value, namespace, item.cluster)
        if key not in seen:
            seen.add(key)
            yield item


def _name(application: Application, taken: set[str]) -> str:
    name = application.name.value if isinstance(application.name.value, str) else application.manifest.name
    if name in taken:
        name = f"{name} ({application.cluster or application.manifest.home.document.path})"
    while name in taken:
        name += "'"
    return name
