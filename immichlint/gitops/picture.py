"""The picture of what is applied: environments with their objects, after every step that can be computed."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from immichlint.gitops.drafts import draft, is_put_away
from immichlint.gitops.environment import ARGO, FLUX, Draft, Environment, Undefined
from immichlint.gitops.kustomize.build import Built, build, kustomization_tree
from immichlint.gitops.kustomize.patches import apply_patches
from immichlint.gitops.kustomize.transformers import set_images, set_namespace
from immichlint.gitops.manifest import Manifest, manifests, text_at
from immichlint.gitops.reach import Reach
from immichlint.gitops.substitution import Variable, Variables, substitute, substitutes, undefined
from immichlint.repo.classify import is_kustomization, is_ours
from immichlint.repo.repository import Repository

_PATHS: Final = re.compile(rb"\bpath[\"']?:\s*[\"']?([^\s\"',#}]+)")

if TYPE_CHECKING:
    from immichlint.gitops.flux.kustomization import FluxKustomization


class Picture(NamedTuple):
    """All environments, and the files of ours that nothing applies although something applied is near them."""

    environments: tuple[Environment, ...]
    drafts: tuple[Draft, ...]


def picture(repository: Repository, given: Mapping[str, str]) -> Picture:
    """What a repository applies, as far as its files tell; `given`: variables that the configuration defines."""
    ours = [path for path in repository.ours() if not is_kustomization(path)]
    reach = Reach(repository)
    tops, way = reach.roots(ours, _inflating(repository, ours))
    defaults = Variables({name: Variable(value, None) for name, value in given.items()})
    flux = [
        item._replace(variables=_with(item.variables, defaults))
        for item in _flux(repository, {*way, *map(posixpath.dirname, ours)})
        if item.folder is not None
    ]
    started = {item.folder for item in flux if repository.kustomization_in(item.folder or "") is not None}

    def wanted(folder: str) -> bool:
        return folder in way or "immich" in folder

    environments: list[Environment] = []
    put_away: set[str] = set()
    for top in sorted({*tops, *(folder for folder in started if folder in way)}):
        built = build(repository, top, wanted)
        if is_put_away(top) and not any(item.folder == top for item in flux):
            put_away |= built.files
            continue
        appliers = [item for item in flux if item.folder == top]
        if not appliers and top in started:
            continue
        for item in appliers:
            own = build(repository, top, wanted, item.components) if item.components else built
            environments.append(_applied(own, item))
        if not appliers and not _is_component(repository, top):
            environments.append(_plain(top, built, defaults))
    rest = _rest(ours, environments)
    open_files = [path for path in rest if draft(repository, path, put_away) is None]
    argo = _argo(repository, environments, open_files)
    claimed = frozenset(folder for _, folders in argo for folder in folders)
    environments = [item for item in environments if item.engine != "kustomize" or item.name not in claimed]
    environments += [_with_defaults(environment, defaults) for environment, _ in argo]
    environments += _umbrellas(repository, ours, claimed, put_away)
    rest = _rest(ours, environments)
    found = {path: draft(repository, path, put_away) for path in rest}
    drafts = tuple(item for item in found.values() if item is not None)
    loose = [path for path, item in found.items() if item is None]
    environments += _loose(repository, loose, flux, defaults)
    return Picture(tuple(environments), drafts)


def _argo(
    repository: Repository, environments: list[Environment], paths: list[str]
) -> list[tuple[Environment, frozenset[str]]]:
    """The environments of Argo CD Applications, with the folders that they apply."""
    if not any(ARGO.encode() in repository.raw(path) for path in repository.ours()):
        return []
    from immichlint.gitops.argo.environments import argo_environments

    return list(argo_environments(repository, environments, paths))


def _inflating(repository: Repository, ours: Iterable[str]) -> Iterator[str]:
    """The folders whose kustomization inflates charts and has to do with us."""
    folders = {posixpath.dirname(path) for path in ours}
    for path in repository.kustomizations():
        raw = repository.raw(path)
        if b"helmCharts" in raw and (is_ours(raw) or posixpath.dirname(path) in folders):
            yield posixpath.dirname(path)


def _rest(ours: Iterable[str], environments: Iterable[Environment]) -> list[str]:
    """The files that took part in no environment."""
    reached = {path for environment in environments for path in environment.files}
    return [path for path in ours if path not in reached]


def _umbrellas(
    repository: Repository, ours: Iterable[str], claimed: frozenset[str], put_away: set[str]
) -> Iterator[Environment]:
    """The charts of the repository that bring Immich as a dependency and that nothing else applies."""
    if not any(path.rpartition("/")[2] == "Chart.yaml" for path in repository.paths):
        return
    from immichlint.gitops.charts import CHART_FILE, alone, chart_folder_of

    folders = dict.fromkeys(folder for path in ours if (folder := chart_folder_of(repository, path)) is not None)
    for folder in folders:
        path = posixpath.join(folder, CHART_FILE)
        raw = repository.raw(path)
        if folder in claimed or draft(repository, path, put_away) is not None or b"dependencies" not in raw:
            continue
        if b"immich" in raw or b"app-template" in raw:
            made = alone(repository, folder)
            yield Environment(folder, "helm", made.manifests, made.files)


def _with(variables: Variables, defaults: Variables) -> Variables:
    """The variables of the repository over those that the configuration gives."""
    return Variables({**defaults.known, **variables.known}, variables.open)


def _plain(top: str, built: Built, defaults: Variables) -> Environment:
    objects = tuple(_substituted(manifest, defaults) for manifest in built.manifests)
    return Environment(top or ".", "kustomize", objects, built.files, built.missing, built.generated, defaults)


def _with_defaults(environment: Environment, defaults: Variables) -> Environment:
    objects = tuple(_substituted(manifest, defaults) for manifest in environment.manifests)
    return environment._replace(manifests=objects, variables=defaults)


def _applied(built: Built, flux: FluxKustomization) -> Environment:
    objects, missing_variables = _overlaid(built.manifests, flux)
    return Environment(
        flux.name,
        "flux",
        objects,
        built.files,
        built.missing,
        built.generated,
        flux.variables,
        missing_variables,
        applier=flux.applier,
    )


def _is_component(repository: Repository, folder: str) -> bool:
    """Whether a folder's kustomization is a component, which nothing applies by itself."""
    path = repository.kustomization_in(folder)
    tree = kustomization_tree(repository, path) if path is not None else None
    return tree is not None and text_at(tree, "kind") == "Component"


def _flux(repository: Repository, folders: Iterable[str]) -> Iterator[FluxKustomization]:
    appliers = list(_appliers(repository, folders))
    if appliers:
        from immichlint.gitops.flux.kustomization import flux_kustomizations

        yield from flux_kustomizations(repository, appliers)


def _appliers(repository: Repository, folders: Iterable[str]) -> Iterator[str]:
    """The files that may hold a Flux Kustomization which applies one of some folders, or one above them."""
    wanted = set(folders)
    for folder in tuple(wanted):
        while folder:
            folder = posixpath.dirname(folder)
            wanted.add(folder)
    for path in repository.containing(FLUX.encode()):
        named = (posixpath.normpath(match.decode("utf-8", "replace")) for match in _PATHS.findall(repository.raw(path)))
        if any(folder.strip("/") in wanted for folder in named):
            yield path


def _overlaid(
    objects: Iterable[Manifest], flux: FluxKustomization
) -> tuple[tuple[Manifest, ...], tuple[Undefined, ...]]:
    """The objects as a Flux Kustomization applies them: patched, put into its namespace, with its images, and
    substituted; and the variables that it lacks."""
    made: list[Manifest] = []
    lacking: list[Undefined] = []
    for manifest in apply_patches(list(objects), flux.patches):
        if flux.target_namespace is not None:
            manifest = set_namespace(manifest, flux.target_namespace, flux.target_namespace.writes[-1].place)
        if flux.images is not None:
            manifest = set_images(manifest, flux.images)
        if _takes_part(manifest):
            lacking += (Undefined(*found, manifest) for found in undefined(manifest.tree, flux.variables))
        made.append(_substituted(manifest, flux.variables))
    return tuple(made), tuple(lacking)


def _substituted(manifest: Manifest, variables: Variables) -> Manifest:
    if not _takes_part(manifest):
        return manifest
    return manifest.with_tree(substitute(manifest.tree, variables))


def _takes_part(manifest: Manifest) -> bool:
    return manifest.group != FLUX and substitutes(manifest)


def _loose(
    repository: Repository, paths: Iterable[str], flux: list[FluxKustomization], defaults: Variables
) -> list[Environment]:
    """Manifests that no kustomization lists: those of a Flux Kustomization's folder, and all others together."""
    groups: dict[int, tuple[FluxKustomization | None, list[Manifest], set[str]]] = {}
    for path in paths:
        applier = _applier(path, flux)
        _, objects, files = groups.setdefault(id(applier), (applier, [], set()))
        found = list(manifests(repository.read(path))) or list(_loose_releases(repository, path))
        for manifest in found:
            objects.append(manifest)
            files.add(path)
    return [
        _applied(Built(tuple(objects), frozenset(files), (), ()), applier)
        if applier is not None
        else Environment(
            "",
            "none",
            tuple(_substituted(manifest, defaults) for manifest in objects),
            frozenset(files),
            variables=defaults,
        )
        for applier, objects, files in groups.values()
        if objects
    ]


def _loose_releases(repository: Repository, path: str) -> Iterator[Manifest]:
    """The releases that a file describes which is no manifest: a helmfile, or values of no chart in sight."""
    name = posixpath.basename(path)
    if "values" not in name and not name.startswith("helmfile"):
        return
    from immichlint.gitops.charts import chart_folder_of, helmfile_releases, loose_values

    yield from helmfile_releases(repository, path)
    if chart_folder_of(repository, path) is None:
        yield from loose_values(repository, path)


def _applier(path: str, flux: list[FluxKustomization]) -> FluxKustomization | None:
    """The Flux Kustomization with the longest folder above a file."""
    above = [item for item in flux if item.folder and path.startswith(f"{item.folder}/")]
    return max(above, key=lambda item: len(item.folder or ""), default=None)
