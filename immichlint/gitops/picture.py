"""The picture of what is applied: environments with their objects, after every step that can be computed."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from immichlint.facts import load
from immichlint.gitops.environment import ARGO, Environment
from immichlint.gitops.flux.kustomization import GROUP, FluxKustomization, flux_kustomizations, substitutes
from immichlint.gitops.kustomize.build import Built, build, kustomization_tree
from immichlint.gitops.kustomize.patches import apply_patches
from immichlint.gitops.kustomize.transformers import set_images, set_namespace
from immichlint.gitops.manifest import Manifest, manifests, text_at
from immichlint.gitops.reach import Reach
from immichlint.gitops.substitution import Variable, Variables, substitute
from immichlint.repo.classify import is_kustomization, is_ours
from immichlint.repo.repository import Repository

_NUMBERING: Final = "0123456789_-"
_PATHS: Final = re.compile(rb"\bpath[\"']?:\s*[\"']?([^\s\"',#}]+)")


class Picture(NamedTuple):
    """All environments. `drafts`: files of ours that nothing applies although a kustomization stands beside
    them, and what lies in folders that are put away."""

    environments: tuple[Environment, ...]
    drafts: tuple[str, ...]


def picture(repository: Repository, given: Mapping[str, str]) -> Picture:
    """What a repository applies, as far as its files tell; `given`: variables that the configuration defines."""
    ours = [path for path in repository.ours() if not is_kustomization(path)]
    reach = Reach(repository)
    tops, way = reach.roots(ours, _inflating(repository, ours))
    defaults = Variables({name: Variable(value, None) for name, value in given.items()})
    flux = [
        item._replace(variables=_with(item.variables, defaults))
        for item in flux_kustomizations(repository, _appliers(repository, {*way, *map(posixpath.dirname, ours)}))
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
        for item in appliers:
            own = build(repository, top, wanted, item.components) if item.components else built
            environments.append(_applied(own, item))
        if not appliers and not _is_component(repository, top):
            environments.append(_plain(top, built, defaults))
    rest = _rest(ours, environments)
    open_files = [path for path in rest if not _is_draft(repository, path, put_away)]
    argo = _argo(repository, environments, open_files)
    claimed = frozenset(folder for _, folders in argo for folder in folders)
    environments = [item for item in environments if item.engine != "kustomize" or item.name not in claimed]
    environments += [_with_defaults(environment, defaults) for environment, _ in argo]
    environments += _umbrellas(repository, ours, claimed, put_away)
    rest = _rest(ours, environments)
    drafts = tuple(path for path in rest if _is_draft(repository, path, put_away))
    loose = [path for path in rest if path not in drafts]
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


def _is_draft(repository: Repository, path: str, put_away: set[str]) -> bool:
    folder = posixpath.dirname(path)
    return path in put_away or _is_put_away(folder) or _beside_a_kustomization(repository, path)


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
        if folder in claimed or _is_draft(repository, path, put_away) or b"dependencies" not in raw:
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
    objects = tuple(_overlaid(built.manifests, flux))
    return Environment(flux.name, "flux", objects, built.files, built.missing, built.generated, flux.variables)


def _is_component(repository: Repository, folder: str) -> bool:
    """Whether a folder's kustomization is a component, which nothing applies by itself."""
    path = repository.kustomization_in(folder)
    tree = kustomization_tree(repository, path) if path is not None else None
    return tree is not None and text_at(tree, "kind") == "Component"


def _appliers(repository: Repository, folders: Iterable[str]) -> Iterator[str]:
    """The files that may hold a Flux Kustomization which applies one of some folders, or one above them."""
    wanted = set(folders)
    for folder in tuple(wanted):
        while folder:
            folder = posixpath.dirname(folder)
            wanted.add(folder)
    for path in repository.containing(GROUP.encode()):
        named = (posixpath.normpath(match.decode("utf-8", "replace")) for match in _PATHS.findall(repository.raw(path)))
        if any(folder.strip("/") in wanted for folder in named):
            yield path


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
    return any(
        part.strip(_NUMBERING) in names or (part.startswith(".") and len(part) > 1) for part in folder.split("/")
    )


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
        found = list(manifests(repository.read(path))) or list(_loose_releases(repository, path))
        for manifest in found:
            objects += _overlaid([manifest], applier) if applier is not None else [_substituted(manifest, defaults)]
            files.add(path)
    return [
        Environment(
            applier.name if applier is not None else "",
            "flux" if applier is not None else "none",
            tuple(objects),
            frozenset(files),
            variables=applier.variables if applier is not None else defaults,
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
