"""The Flux Kustomizations of a repository, each as its parent applies it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence

from immichlint.gitops.cluster import cluster_of
from immichlint.gitops.drafts import is_put_away, left_out
from immichlint.gitops.environment import Environment, Gap, Idle
from immichlint.gitops.flux.folder import build_folder
from immichlint.gitops.flux.kustomization import (
    components_of,
    flux_kustomization,
    folder_of,
    is_flux,
)
from immichlint.gitops.flux.overlay import applied, overwritten
from immichlint.gitops.flux.sources import gap_of
from immichlint.gitops.kustomize.kustomization import Built
from immichlint.gitops.manifest import Manifest, manifests
from immichlint.gitops.starts import Starts
from immichlint.gitops.substitution import Variables
from immichlint.named_tuple import NamedTuple
from immichlint.repo.repository import Repository
from immichlint.yamltree.place import Place


class Grown(NamedTuple):
    """What the Flux Kustomizations of a repository apply. `idle`: those that nothing applies, although one that is
    applied covers their files. `gaps`: those whose folder is not in the repository."""

    environments: tuple[Environment, ...]
    idle: tuple[Manifest, ...]
    gaps: tuple[Gap, ...]


class FluxTree:
    """The Flux Kustomizations of some files and what they make of their folders."""

    def __init__(self, repository: Repository, found: Starts, given: Variables) -> None:
        self._repository = repository
        written = (item for path in found.flux for item in manifests(repository.read(path)) if is_flux(item))
        self._written = {item.home: item for item in written}
        self._wanted = found.wanted
        self._given = given
        self._built: dict[tuple[str, tuple[str, ...]], Built] = {}
        self._reached: set[Place] = set()
        self._seen: set[tuple[Place, str, str, str]] = set()
        self._gaps: dict[Place, Gap] = {}

    def files(self, item: Manifest) -> frozenset[str]:
        """The files that a Kustomization would apply; none where it has a gap."""
        folder = folder_of(item)
        if folder is None or gap_of(self._repository, item, folder) is not None:
            return frozenset()
        return self._build(folder, components_of(item, folder)).files

    def all_files(self) -> frozenset[str]:
        """The files that any of the Kustomizations would apply."""
        return frozenset(path for item in self._written.values() for path in self.files(item))

    def covers(self, folder: str) -> bool:
        """Whether a folder lies in that of a Kustomization, which does not reach it."""
        return any(self._is_inside(f"{folder}/", other) for other in self._written.values())

    def grown(self, started: Iterable[tuple[Manifest, str]]) -> Grown:
        """What is applied from the roots on. `started`: objects that a plain kustomization makes, each with its
        cluster."""
        made = [
            item for manifest, cluster in started if is_flux(manifest) for item in self._applied(manifest, cluster, ())
        ]
        rest = [item for item in self._written.values() if item.home not in self._reached]
        children = {home for item in rest for home in self._children(item)}
        roots = [item for item in rest if item.home not in children and not self._left_out(item, rest)]
        # Kustomizations that apply each other, and that nothing else applies.
        for item in roots or [item for item in rest if item.home in children and not made]:
            if item.home not in self._reached:
                made += self._applied(item, _cluster(item, roots), ())
        idle = tuple(item for item in self._written.values() if item.home not in self._reached)
        return Grown(tuple(made), idle, tuple(self._gaps.values()))

    def _children(self, item: Manifest) -> Iterator[Place]:
        """The Kustomizations that another one applies, itself left out."""
        folder = folder_of(item)
        if folder is not None and gap_of(self._repository, item, folder) is None:
            for child in self._build(folder, components_of(item, folder)).manifests:
                if is_flux(child) and child.home != item.home:
                    yield child.home

    def _left_out(self, item: Manifest, others: Iterable[Manifest]) -> bool:
        """Whether the file of a Kustomization lies in the folder of another one, which does not reach it, or is
        commented out in the kustomization above it, or put away."""
        path = item.home.document.path
        if is_put_away(posixpath.dirname(path)):
            return True
        out = left_out(self._repository, path)
        if out is not None and out.why is Idle.COMMENTED:
            return True
        return any(other.home != item.home and self._is_inside(path, other) for other in others)

    def _is_inside(self, path: str, other: Manifest) -> bool:
        """Whether a path lies in the folder that a Kustomization applies."""
        folder = folder_of(other)
        inside = folder is not None and (not folder or path.startswith(f"{folder}/"))
        return inside and gap_of(self._repository, other, folder) is None

    def _build(self, folder: str, components: tuple[str, ...]) -> Built:
        key = (folder, components)
        if key not in self._built:
            self._built[key] = build_folder(self._repository, folder, components, self._wanted, frozenset())
        return self._built[key]

    def _applied(self, manifest: Manifest, cluster: str, parents: tuple[Place, ...]) -> Iterator[Environment]:
        """The environment of a Kustomization, and those of the ones that it applies."""
        self._reached.add(manifest.home)
        key = (manifest.home, cluster, manifest.namespace, manifest.name)
        if key in self._seen:
            return
        self._seen.add(key)
        folder = folder_of(manifest)
        gap = gap_of(self._repository, manifest, folder)
        if gap is not None:
            self._gaps[manifest.home] = gap
        if gap is not None or folder is None:
            return
        environment = self._environment(manifest, cluster, certain=bool(parents))
        yield environment
        for child in environment.manifests:
            wanted = is_flux(child) and self._wanted.takes(child.home.document.path)
            if wanted and child.home != manifest.home and child.home not in parents:
                yield from self._applied(child, cluster, (*parents, manifest.home))

    def _environment(self, manifest: Manifest, cluster: str, *, certain: bool) -> Environment:
        """What a Kustomization whose folder is here makes: the same in a repository with other texts, where they
        have nothing to do with it."""

        def make() -> Environment:
            flux = flux_kustomization(self._repository, manifest, cluster)
            folder, components = flux.folder or "", flux.components
            built = build_folder(self._repository, folder, components, self._wanted, overwritten(flux))
            applies_itself = any(item.home == manifest.home for item in built.manifests)
            return applied(built, flux, self._given, certain=certain or applies_itself)

        key = ("applied", manifest, cluster, certain, self._wanted, tuple(self._given.known.items()))
        return self._repository.remember(key, make)


def _cluster(item: Manifest, roots: Sequence[Manifest]) -> str:
    """The cluster of a root. Two of the same name cannot be in one cluster: then each has its folder's."""
    path = item.home.document.path
    named = cluster_of(path)
    if named:
        return named
    twins = [other for other in roots if (other.namespace, other.name) == (item.namespace, item.name)]
    return path.rpartition("/")[0] if len({other.home for other in twins}) > 1 else ""
