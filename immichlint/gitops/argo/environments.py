"""The environments that Argo CD Applications make, those of an app of apps included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from immichlint.gitops.argo.application import Application, applications
from immichlint.gitops.argo.applier import argo_applier
from immichlint.gitops.argo.folder import applied
from immichlint.gitops.cluster import IN_CLUSTER, cluster_of
from immichlint.gitops.environment import ARGO, Claims, Environment, Gap
from immichlint.gitops.manifest import Manifest, manifests
from immichlint.gitops.starts import Starts
from immichlint.gitops.substitution import Variables, substituted
from immichlint.repo.repository import Repository
from immichlint.yamltree.place import Place


def argo_environments(
    repository: Repository, made: Iterable[Environment], found: Starts, loose: Iterable[str], given: Variables
) -> Claims:
    """The environments of the Applications among the objects of other environments and of loose files, and of those
    that they apply in turn. `given`: variables that the configuration defines."""
    claims = _Claims(repository, found, given)
    for environment in made:
        folder = environment.name if environment.engine == "kustomize" else ""
        claims.add(environment.manifests, environment.cluster, folder)
    written = [manifest for path in loose for manifest in manifests(repository.read(path)) if manifest.group == ARGO]
    # One whose file another one applies is left to that: it may change it, or leave it out.
    roots = [manifest for manifest in written if not claims.covers(manifest, written)]
    claims.add(roots, "")
    if not claims.environments:
        claims.add(written, "")
    return Claims(tuple(claims.told_once()), frozenset(claims.folders), tuple(claims.gaps.values()))


class _Claims:
    def __init__(self, repository: Repository, found: Starts, given: Variables) -> None:
        self._repository = repository
        self._found = found
        self._given = given
        self._seen: set[tuple[object, ...]] = set()
        self.environments: list[Environment] = []
        self._started: list[str] = []
        self.folders: set[str] = set()
        self.gaps: dict[Place, Gap] = {}

    def add(self, objects: Iterable[Manifest], cluster: str, started: str = "") -> None:
        """Adds what the Applications among some objects apply, which are in a cluster themselves. `started`: the folder
        whose kustomization makes the objects."""
        pending = [(manifest, cluster) for manifest in objects]
        while pending:
            manifest, own = pending.pop(0)
            if manifest.group == ARGO and manifest.home.document.path in self._found.argo:
                for environment in self._applied(manifest, own):
                    self.environments.append(environment)
                    self._started.append(started)
                    pending += ((item, environment.cluster) for item in environment.manifests)

    def told_once(self) -> Iterator[Environment]:
        """The environments, without those that were found from a folder which an Application applies that was found
        from elsewhere, where it leads to the same one: that way tells which cluster it is in."""
        starts: dict[tuple[object, ...], list[str]] = {}
        below: dict[str, set[str]] = {}
        for item, started in zip(self.environments, self._started, strict=True):
            starts.setdefault(_application(item), []).append(started)
            below.setdefault(started, set()).update(item.applier.folders if item.applier is not None else ())
        for item, started in zip(self.environments, self._started, strict=True):
            ways = starts[_application(item)]
            if not any(started in below[other] and other not in below[started] for other in ways):
                yield item

    def covers(self, manifest: Manifest, others: Iterable[Manifest]) -> bool:
        """Whether one of some other Applications applies the folder that a manifest lies in."""
        path = manifest.home.document.path
        return any(
            path.startswith(f"{folder}/") if folder else True
            for other in others
            if other.home != manifest.home
            for application in applications(self._repository, other)
            for folder in application.folders(self._repository)
        )

    def _applied(self, manifest: Manifest, cluster: str) -> Iterator[Environment]:
        for application in applications(self._repository, manifest):
            to = _destination(application, cluster)
            namespace = application.namespace.value if application.namespace is not None else None
            key = (manifest.home, application.name.value, namespace, to)
            if key in self._seen:
                continue
            self._seen.add(key)
            found = applied(self._repository, application, self._found.wanted)
            self.gaps |= {gap.place: gap for gap in found.gaps}
            self.folders |= found.folders
            if found.manifests:
                yield Environment(
                    application.text,
                    "argocd",
                    tuple(substituted(item, self._given) for item in found.manifests),
                    found.files,
                    found.missing,
                    self._given,
                    cluster=to,
                    applier=argo_applier(application, application.folders(self._repository)),
                )


def _application(environment: Environment) -> tuple[object, ...]:
    applier = environment.applier
    return (applier.manifest.home, environment.name, applier.namespace) if applier is not None else ()


def _destination(application: Application, cluster: str) -> str:
    """Where an Application's objects go: Argo CD's own cluster has the folder's name where there is one."""
    if application.cluster != IN_CLUSTER:
        return application.cluster
    return cluster or cluster_of(application.manifest.home.document.path) or IN_CLUSTER
