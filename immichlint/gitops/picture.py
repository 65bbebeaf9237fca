"""The picture of what is applied: environments with their objects, after every step that can be computed."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from immichlint.gitops.cluster import cluster_of
from immichlint.gitops.drafts import draft, is_put_away, left_out
from immichlint.gitops.environment import Claims, Draft, Environment, Gap, Idle
from immichlint.gitops.kustomize.kustomization import Built, kustomization_tree, only_lists
from immichlint.gitops.loose import loose, umbrellas
from immichlint.gitops.manifest import text_at
from immichlint.gitops.reach import files_from
from immichlint.gitops.starts import Starts, Wanted, starts
from immichlint.gitops.substitution import Variable, Variables, substituted
from immichlint.named_tuple import NamedTuple
from immichlint.repo.classify import is_kustomization, is_ours
from immichlint.repo.repository import Repository

if TYPE_CHECKING:
    from immichlint.gitops.flux.tree import FluxTree


class Picture(NamedTuple):
    """All environments, and the files of ours that nothing applies although something applied is near them.
    `gaps`: what is applied from elsewhere, or cannot be told."""

    environments: tuple[Environment, ...]
    drafts: tuple[Draft, ...]
    gaps: tuple[Gap, ...] = ()


def picture(repository: Repository, given: Mapping[str, str]) -> Picture:
    """What a repository applies, as far as its files tell; `given`: variables that the configuration defines."""
    ours = [path for path in repository.judged() if not is_kustomization(path)]
    known = Variables({name: Variable(value, None) for name, value in given.items()})
    found = starts(repository, ours, tuple(_inflating(repository, ours)))
    kustomize = _Kustomize(repository, found, known)
    flux, gaps = kustomize.flux()
    environments = [*_without_repeats(repository, kustomize.plain(), flux), *flux]
    idle = kustomize.idle
    argo = _argo(repository, environments, found, idle, known)
    environments = [item for item in environments if item.engine != "kustomize" or item.name not in argo.folders]
    environments = [*_unclaimed(repository, environments, argo), *argo.environments]
    charts = _installed(repository, environments, _rest(ours, environments))
    environments = _with_charts(repository, environments, charts)
    environments += umbrellas(repository, ours, argo.folders | charts)
    applied = frozenset(path for item in environments if item.applier is not None for path in item.files)
    rest = {path: idle.get(path) or draft(repository, path, applied) for path in _rest(ours, environments)}
    unclaimed = [path for path, item in rest.items() if item is None]
    rest |= {item.path: item for item in _copies(repository, unclaimed, environments)}
    by_itself = [path for path in unclaimed if rest[path] is None and not _is_template(path, charts)]
    environments += _with_charts(repository, list(loose(repository, by_itself, known)), charts)
    return Picture(
        _with_own_names(environments), tuple(item for item in rest.values() if item is not None), (*gaps, *argo.gaps)
    )


class _Kustomize:
    """The kustomizations that lead to files of ours, and the Flux Kustomizations that apply them. `idle`: the files
    that only kustomizations reach which are not applied, with the reason."""

    def __init__(self, repository: Repository, found: Starts, given: Variables) -> None:
        self._repository = repository
        self._found = found
        self._given = given
        self._tree = self._flux_tree() if found.flux else None
        self.idle: dict[str, Draft] = {}
        self._plain = tuple(self._tops())

    def _flux_tree(self) -> FluxTree:
        from immichlint.gitops.flux.tree import FluxTree

        return FluxTree(self._repository, self._found, self._given)

    def plain(self) -> tuple[Environment, ...]:
        """The environments of the kustomizations that nothing else applies."""
        return self._plain

    def flux(self) -> tuple[tuple[Environment, ...], tuple[Gap, ...]]:
        """The environments of Flux Kustomizations."""
        if self._tree is None:
            return (), ()
        grown = self._tree.grown((manifest, item.cluster) for item in self._plain for manifest in item.manifests)
        for manifest in grown.idle:
            path = manifest.home.document.path
            why = draft(self._repository, path) or left_out(self._repository, path) or Draft(path, Idle.UNLISTED)
            self._set_aside([path], why)
            put_away = why.why is Idle.PUT_AWAY
            self._set_aside(self._tree.files(manifest), Draft(path, Idle.UNREACHED, path) if put_away else why)
        return grown.environments, grown.gaps

    def _tops(self) -> Iterator[Environment]:
        covered = self._tree.all_files() if self._tree is not None else frozenset[str]()
        for top in self._found.tops:
            if self._repository.kustomization_in(top) in covered or self._is_component(top):
                continue
            why = self._put_aside(top)
            if why is not None:
                self._set_aside(files_from(self._repository, top, self._found.wanted.takes), why)
                continue
            built = _build(self._repository, top, self._found.wanted)
            yield Environment(
                top or ".",
                "kustomize",
                tuple(substituted(manifest, self._given) for manifest in built.manifests),
                built.files,
                built.missing,
                self._given,
                cluster=cluster_of(f"{top}/"),
            )

    def _put_aside(self, top: str) -> Draft | None:
        """Why the kustomization of a folder is not applied, although nothing lists it."""
        if is_put_away(top):
            return Draft(top, Idle.PUT_AWAY)
        found = left_out(self._repository, top) if top else None
        if found is None or found.why is Idle.COMMENTED:
            return found
        return found if self._tree is not None and self._tree.covers(top) else None

    def _set_aside(self, files: Iterable[str], why: Draft) -> None:
        for path in files:
            self.idle.setdefault(path, why._replace(path=path))

    def _is_component(self, folder: str) -> bool:
        """Whether a folder's kustomization is a component, which nothing applies by itself."""
        path = self._repository.kustomization_in(folder)
        tree = kustomization_tree(self._repository, path) if path is not None else None
        return tree is not None and text_at(tree, "kind") == "Component"


def _without_repeats(
    repository: Repository, plain: Iterable[Environment], flux: Iterable[Environment]
) -> Iterator[Environment]:
    """The environments of kustomizations that Flux does not apply, without those that list nothing but what it does
    apply: a list of all bases or of all folders is there to be looked at, and makes no objects of its own."""
    applied = frozenset(path for item in flux for path in item.files)
    for item in plain:
        own = item.files - applied
        if applied.isdisjoint(item.files) or not all(
            is_kustomization(path) and only_lists(repository, path) for path in own
        ):
            yield item


def _build(repository: Repository, folder: str, wanted: Wanted) -> Built:
    from immichlint.gitops.kustomize.build import build

    return build(repository, folder, wanted)


def _argo(
    repository: Repository,
    environments: Sequence[Environment],
    found: Starts,
    idle: Mapping[str, Draft],
    given: Variables,
) -> Claims:
    """What Argo CD applies, where there are Applications."""
    if not found.argo:
        return Claims()
    from immichlint.gitops.argo.environments import argo_environments

    reached = {path for environment in environments for path in environment.files}
    rest = [path for path in found.argo if path not in reached and path not in idle]
    written = [path for path in rest if draft(repository, path) is None]
    return argo_environments(repository, environments, found, written, given)


def _installed(repository: Repository, environments: Sequence[Environment], rest: Sequence[str]) -> frozenset[str]:
    """The folders of the charts of this repository that HelmReleases install: applied ones, or those of other files."""
    others = [path for path in rest if b"HelmRelease" in repository.raw(path)]
    if not others and not any(manifest.kind == "HelmRelease" for item in environments for manifest in item.manifests):
        return frozenset()
    from immichlint.gitops.flux.charts import installed

    return frozenset(installed(repository, environments, others))


def _with_charts(repository: Repository, environments: list[Environment], charts: frozenset[str]) -> list[Environment]:
    """The environments with what charts of this repository make by themselves, where any are installed."""
    if not charts:
        return environments
    from immichlint.gitops.flux.charts import with_charts

    return list(with_charts(repository, environments))


def _is_template(path: str, charts: frozenset[str]) -> bool:
    return any(path.startswith(f"{folder}/templates/") for folder in charts)


def _copies(repository: Repository, paths: Sequence[str], environments: Sequence[Environment]) -> tuple[Draft, ...]:
    """The files that are copies of what an engine applies."""
    if not paths or all(item.applier is None for item in environments):
        return ()
    from immichlint.gitops.copies import copies

    return tuple(copies(repository, paths, environments))


def _unclaimed(repository: Repository, environments: Iterable[Environment], argo: Claims) -> Iterator[Environment]:
    """The environments without what an Application applies: a kustomization that lists all folders applies none of
    those that have an Application."""
    claimed = {repository.kustomization_in(folder) for folder in argo.folders}
    homes = {manifest.home for item in argo.environments for manifest in item.manifests}
    for item in environments:
        if item.engine == "kustomize" and not claimed.isdisjoint(item.files):
            kept = tuple(manifest for manifest in item.manifests if manifest.home not in homes)
            item = item._replace(manifests=kept)
        if item.manifests:
            yield item


def _inflating(repository: Repository, ours: Iterable[str]) -> Iterator[str]:
    """The folders whose kustomization inflates charts and has to do with us."""
    folders = {posixpath.dirname(path) for path in ours}
    for path in repository.kustomizations:
        raw = repository.raw(path)
        if b"helmCharts" in raw and (is_ours(raw) or posixpath.dirname(path) in folders):
            yield posixpath.dirname(path)


def _rest(ours: Iterable[str], environments: Iterable[Environment]) -> list[str]:
    """The files that took part in no environment."""
    reached = {path for environment in environments for path in environment.files}
    return [path for path in ours if path not in reached]


def _with_own_names(environments: Iterable[Environment]) -> tuple[Environment, ...]:
    """The environments, those of one name told apart by their cluster, their namespace, or a number."""
    made: list[Environment] = []
    several = list(environments)
    names = [item.name for item in several]
    taken: set[str] = set()
    for item in several:
        name = item.name
        if names.count(name) > 1:
            namespace = item.applier.namespace if item.applier is not None else ""
            name = f"{name} ({item.cluster or namespace or item.engine})"
        number = 2
        own = name
        while own in taken:
            own = f"{name} {number}"
            number += 1
        taken.add(own)
        made.append(item._replace(name=own))
    return tuple(made)
