"""The picture of what is applied: environments with their objects, after every step that can be computed."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from immichlint.facts import load
from immichlint.gitops.flux.kustomization import GROUP, FluxKustomization, flux_kustomizations, substitutes
from immichlint.gitops.kustomize.build import Built, Missing, build, extend
from immichlint.gitops.kustomize.patches import apply_patches
from immichlint.gitops.kustomize.transformers import set_images, set_namespace
from immichlint.gitops.manifest import Manifest, manifests
from immichlint.gitops.reach import Reach
from immichlint.gitops.substitution import Variable, Variables, substitute
from immichlint.repo.classify import is_kustomization
from immichlint.repo.repository import Repository


class Environment(NamedTuple):
    """What is applied together from one start: a kustomization, a Flux Kustomization, or loose manifests.

    `name`: the folder or Kustomization, empty for loose manifests. `files`: those that took part.
    """

    name: str
    engine: str
    manifests: tuple[Manifest, ...]
    files: frozenset[str]
    missing: tuple[Missing, ...] = ()


class Picture(NamedTuple):
    """All environments. `drafts`: files of ours that nothing applies although a kustomization stands beside
    them, and what lies in folders that are put away."""

    environments: tuple[Environment, ...]
    drafts: tuple[str, ...]


def picture(repository: Repository, given: Mapping[str, str]) -> Picture:
    """What a repository applies, as far as its files tell; `given`: variables that the configuration defines."""
    ours = [path for path in repository.ours() if not is_kustomization(path)]
    reach = Reach(repository)
    tops, way = reach.roots(ours)
    defaults = Variables({name: Variable(value, None) for name, value in given.items()})
    flux = [
        item._replace(variables=_with(item.variables, defaults))
        for item in flux_kustomizations(repository, ours)
        if item.folder is not None
    ]
    started = {item.folder for item in flux if repository.kustomization_in(item.folder or "") is not None}

    def wanted(folder: str) -> bool:
        return folder in way or "immich" in folder

    environments: list[Environment] = []
    put_away: set[str] = set()
    for top in sorted({*tops, *(folder for folder in started if folder in way)}):
        built = build(repository, top, wanted)
        if _is_put_away(top) and not any(item.folder == top for item in flux):
            put_away |= built.files
            continue
        appliers = [item for item in flux if item.folder == top]
        if not appliers and top in started:
            continue
        environments += [_applied(_with_components(repository, built, item), item) for item in appliers] or [
            _plain(top, built, defaults)
        ]
    reached = {path for environment in environments for path in environment.files}
    rest = [path for path in ours if path not in reached]
    drafts = tuple(
        path
        for path in rest
        if path in put_away or _is_put_away(posixpath.dirname(path)) or _beside_a_kustomization(repository, path)
    )
    loose = [path for path in rest if path not in drafts]
    environments += _loose(repository, loose, flux, defaults)
    return Picture(tuple(environments), drafts)


def _with(variables: Variables, defaults: Variables) -> Variables:
    """The variables of the repository over those that the configuration gives."""
    return Variables({**defaults.known, **variables.known}, variables.open)


def _plain(top: str, built: Built, defaults: Variables) -> Environment:
    objects = tuple(_substituted(manifest, defaults) for manifest in built.manifests)
    return Environment(top or ".", "kustomize", objects, built.files, built.missing)


def _applied(built: Built, flux: FluxKustomization) -> Environment:
    objects = tuple(_overlaid(built.manifests, flux))
    return Environment(flux.name, "flux", objects, built.files, built.missing)


def _with_components(repository: Repository, built: Built, flux: FluxKustomization) -> Built:
    return extend(repository, built, flux.components) if flux.components else built


def _overlaid(objects: Iterable[Manifest], flux: FluxKustomization) -> Iterator[Manifest]:
    """The objects as a Flux Kustomization applies them: patched, put into its namespace, with its images, and
    substituted."""
    for manifest in apply_patches(list(objects), flux.patches):
        if flux.target_namespace is not None:
            manifest = set_namespace(manifest, flux.target_namespace, flux.target_namespace.writes[-1].place)
        if flux.images is not None:
            manifest = set_images(manifest, flux.images)
        yield _substituted(manifest, flux.variables)


def _substituted(manifest: Manifest, variables: Variables) -> Manifest:
    if manifest.group == GROUP or not substitutes(manifest):
        return manifest
    return manifest.with_tree(substitute(manifest.tree, variables))


def _is_put_away(folder: str) -> bool:
    """Whether a folder's name says that what is in it is not in use."""
    names = load("draft_folders")["names"]
    return any(part in names or (part.startswith(".") and len(part) > 1) for part in folder.split("/"))


def _beside_a_kustomization(repository: Repository, path: str) -> bool:
    return repository.kustomization_in(posixpath.dirname(path)) is not None


def _loose(
    repository: Repository, paths: Iterable[str], flux: list[FluxKustomization], defaults: Variables
) -> list[Environment]:
    """Manifests that no kustomization lists: those of a Flux Kustomization's folder, and all others together."""
    groups: dict[int, tuple[FluxKustomization | None, list[Manifest], set[str]]] = {}
    for path in paths:
        applier = _applier(path, flux)
        _, objects, files = groups.setdefault(id(applier), (applier, [], set()))
        for manifest in manifests(repository.read(path)):
            objects += _overlaid([manifest], applier) if applier is not None else [_substituted(manifest, defaults)]
            files.add(path)
    return [
        Environment(
            applier.name if applier is not None else "",
            "flux" if applier is not None else "none",
            tuple(objects),
            frozenset(files),
        )
        for applier, objects, files in groups.values()
        if objects
    ]


def _applier(path: str, flux: list[FluxKustomization]) -> FluxKustomization | None:
    """The Flux Kustomization with the longest folder above a file."""
    above = [item for item in flux if item.folder and path.startswith(f"{item.folder}/")]
    return max(above, key=lambda item: len(item.folder or ""), default=None)
