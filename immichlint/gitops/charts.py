"""Charts whose folder is in the repository, helmfiles, and values that nothing refers to."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from immichlint.gitops.manifest import Manifest, manifests
from immichlint.gitops.stand_in import CHART, CHART_FILE, HELMFILE, HELMFILES, VALUES, stand_in
from immichlint.named_tuple import NamedTuple
from immichlint.repo.classify import is_ours
from immichlint.repo.repository import Repository
from immichlint.trees.grow import grow
from immichlint.trees.tree import Layer, Leaf, Map, Seq, Tree, Write, decided_at, get
from immichlint.yamltree.place import DocumentId, Place


class Folder(NamedTuple):
    """What a folder makes: objects, and the files that took part."""

    manifests: tuple[Manifest, ...]
    files: frozenset[str]


def chart_folder_of(repository: Repository, path: str) -> str | None:
    """The chart whose folder a file is in: beside its Chart.yaml or among its templates."""
    folder = posixpath.dirname(path)
    while folder:
        if posixpath.join(folder, CHART_FILE) in repository and repository.kustomization_in(folder) is None:
            return folder
        folder = posixpath.dirname(folder)
    return None


def chart_folder(
    repository: Repository, folder: str, name: Leaf, namespace: Leaf | None, spec: Map, home: Place
) -> Folder:
    """The chart in a folder, released under a name: its stand-in, and the templates that are plain YAML."""
    made = templates(repository, folder, namespace)
    return made._replace(manifests=(stand_in(CHART, home, name, namespace, spec), *made.manifests))


def templates(repository: Repository, folder: str, namespace: Leaf | None) -> Folder:
    """What the chart in a folder makes by itself: the templates that are plain YAML."""
    made: list[Manifest] = []
    files = {path for path in _beside(repository, folder) if is_ours(repository.raw(path))}
    for path in _below(repository, posixpath.join(folder, "templates")):
        if is_ours(repository.raw(path)):
            files.add(path)
            made += (placed(manifest, namespace) for manifest in manifests(repository.read(path)))
    return Folder(tuple(made), frozenset({*files, posixpath.join(folder, CHART_FILE)}))


def placed(manifest: Manifest, namespace: Leaf | None) -> Manifest:
    """An object in the namespace of what applies it, where it names none."""
    if namespace is None or manifest.namespace or get(manifest.tree, ("metadata", "namespace")) is not None:
        return manifest
    if manifest.kind == "Namespace":
        return manifest
    from immichlint.gitops.kustomize.namespace import set_namespace

    return set_namespace(manifest, namespace, decided_at(namespace))


def alone(repository: Repository, folder: str) -> Folder:
    """The chart in a folder that nothing in the repository releases: the folder's name stands for the release's."""
    home = Place(DocumentId(posixpath.join(folder, CHART_FILE), 0))
    said = (Write(Layer.BASE, home.at("name")),)
    path = Leaf(folder, (Write(Layer.BASE, home),))
    spec = Map({"path": path}, path.writes)
    return chart_folder(repository, folder, Leaf(posixpath.basename(folder), said), None, spec, home)


def helmfile_releases(repository: Repository, path: str) -> Iterator[Manifest]:
    """The stand-ins for the releases of a helmfile that is no template; none for any other file."""
    if posixpath.basename(path) not in HELMFILES:
        return
    for document in repository.read(path).documents:
        identity = DocumentId(path, document.index)
        releases = get(grow(document, identity, Layer.VALUES), ("releases",))
        for index, entry in enumerate(releases.items if isinstance(releases, Seq) else ()):
            name = entry.items.get("name") if isinstance(entry, Map) else None
            if isinstance(entry, Map) and isinstance(name, Leaf) and isinstance(name.value, str):
                home = Place(identity, ("releases", index))
                yield stand_in(HELMFILE, home, name, entry.items.get("namespace"), entry)


def loose_values(repository: Repository, path: str) -> Iterator[Manifest]:
    """The stand-in for a values file; its name tells that it is one."""
    if "values" not in posixpath.basename(path) or len(repository.read(path).documents) != 1:
        return
    home = Place(DocumentId(path, 0))
    said = (Write(Layer.BASE, home),)
    spec = Map({"path": Leaf(path, said)}, said)
    yield stand_in(VALUES, home, Leaf("immich", said), None, spec)


def _beside(repository: Repository, folder: str) -> Iterable[str]:
    return iter(repository.by_folder.get(folder, ()))


def _below(repository: Repository, folder: str) -> Iterable[str]:
    return (path for path in repository.paths if path.startswith(f"{folder}/"))


def spec_of(tree: Tree | None) -> Map:
    """The spec of a stand-in."""
    spec = tree.items.get("spec") if isinstance(tree, Map) else None
    return spec if isinstance(spec, Map) else Map({}, ())
