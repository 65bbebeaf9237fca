"""What the generators of an ApplicationSet produce, as far as this repository determines it.

Each element is a mapping of parameters. What others decide (pull requests, SCM providers, plugins) is None; a
cluster that only Argo CD knows is an element without parameters.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final

from immichlint.gitops.argo.template import filled
from immichlint.gitops.manifest import manifests, text_at
from immichlint.gitops.sources import is_foreign
from immichlint.repo.repository import Repository
from immichlint.trees.grow import grow
from immichlint.trees.tree import Leaf, Map, Seq, Tree, Writes, get
from immichlint.yamltree.place import DocumentId

_MAX_ELEMENTS: Final = 2_000
"""How many elements are computed: people have a few dozen."""
_CLUSTER_FIELDS: Final[tuple[str, ...]] = ("name", "server")
_CLUSTER_SECRET: Final = "argocd.argoproj.io/secret-type"


def elements(repository: Repository, generators: Tree | None) -> list[Map] | None:
    """The elements of a list of generators, one after the other; None where one of them is not determined here."""
    found: list[Map] = []
    for generator in generators.items if isinstance(generators, Seq) else ():
        made = _elements(repository, generator) if isinstance(generator, Map) else None
        if made is None or len(found) + len(made) > _MAX_ELEMENTS:
            return None
        found += made
    return found


def _elements(repository: Repository, generator: Map) -> list[Map] | None:
    if len(generator.items) != 1:
        return None
    ((kind, options),) = generator.items.items()
    if not isinstance(options, Map) or "template" in options.items:
        return None
    if kind == "list":
        return _listed(options)
    if kind == "git":
        return _git(repository, options)
    if kind == "clusters":
        return _clusters(repository, options)
    if kind == "matrix":
        return _matrix(repository, options)
    return _merge(repository, options) if kind == "merge" else None


def _listed(options: Map) -> list[Map] | None:
    items = options.items.get("elements")
    if not isinstance(items, Seq) or "elementsYaml" in options.items:
        return None
    return [item for item in items.items if isinstance(item, Map)]


def _clusters(repository: Repository, options: Map) -> list[Map]:
    """The clusters that Secrets of this repository describe and the selector chooses; where there are none, one
    cluster of which nothing is known."""
    made: list[Map] = []
    chosen = get(options, ("selector", "matchLabels"))
    wanted = chosen.items if isinstance(chosen, Map) else {}
    for path in repository.containing(_CLUSTER_SECRET.encode()):
        for manifest in manifests(repository.read(path)):
            labels = get(manifest.tree, ("metadata", "labels"))
            if manifest.kind != "Secret" or not isinstance(labels, Map) or _CLUSTER_SECRET not in labels.items:
                continue
            if all(text_at(labels, key) == text_at(chosen, key) for key in wanted if chosen is not None):
                data = get(manifest.tree, ("stringData",))
                known = data.items if isinstance(data, Map) else {}
                own = {key: known[key] for key in _CLUSTER_FIELDS if key in known}
                made.append(Map({**own, "metadata": manifest.tree.items["metadata"]}, labels.writes))
    return made or [Map({}, ())]


def _matrix(repository: Repository, options: Map) -> list[Map] | None:
    """Each element of the first generator with each of the second, which may use the first one's parameters."""
    pair = options.items.get("generators")
    if not isinstance(pair, Seq) or len(pair.items) != 2:
        return None
    first = elements(repository, Seq(pair.items[:1], pair.writes))
    if first is None:
        return None
    made: list[Map] = []
    for one in first:
        second = elements(repository, Seq([filled(pair.items[1], one)], pair.writes))
        if second is None or len(made) + len(second) > _MAX_ELEMENTS:
            return None
        made += (_joined(one, other) for other in second)
    return made


def _merge(repository: Repository, options: Map) -> list[Map] | None:
    """The elements of the first generator, with the parameters of those of the others that have the same keys."""
    several, keys = options.items.get("generators"), options.items.get("mergeKeys")
    if not isinstance(several, Seq) or not isinstance(keys, Seq) or not several.items:
        return None
    names = [item.value for item in keys.items if isinstance(item, Leaf) and isinstance(item.value, str)]
    made: list[Map] | None = None
    for generator in several.items:
        found = elements(repository, Seq([generator], several.writes))
        if found is None:
            return None
        if made is None:
            made = found
            continue
        by_key = {_key(item, names): item for item in found}
        made = [_joined(item, by_key[key]) if (key := _key(item, names)) in by_key else item for item in made]
    return made


def _key(element: Map, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(text_at(element, *name.split(".")) for name in names)


def _joined(one: Map, other: Map) -> Map:
    return Map({**one.items, **other.items}, one.writes)


def _git(repository: Repository, options: Map) -> list[Map] | None:
    if is_foreign(repository, text_at(options, "repoURL")):
        return None
    prefix, values = text_at(options, "pathParamPrefix"), options.items.get("values")
    made = list(_directories(repository, options) if "directories" in options.items else _files(repository, options))
    if prefix:
        made = [_with_prefix(item, prefix) for item in made]
    if isinstance(values, Map):
        made = [Map({**item.items, "values": filled(values, item)}, item.writes) for item in made]
    return made


def _with_prefix(element: Map, prefix: str) -> Map:
    path = element.items["path"]
    rest = {key: item for key, item in element.items.items() if key != "path"}
    return Map({**rest, prefix: Map({"path": path}, element.writes)}, element.writes)


def _globs(options: Map, field: str) -> Iterator[tuple[str, bool, Writes]]:
    """The patterns of a Git generator, whether each excludes, and where it is written."""
    items = options.items.get(field)
    for item in items.items if isinstance(items, Seq) else ():
        path, exclude = get(item, ("path",)), get(item, ("exclude",))
        if isinstance(path, Leaf) and isinstance(path.value, str):
            yield path.value.strip("/"), isinstance(exclude, Leaf) and exclude.value is True, path.writes


def _directories(repository: Repository, options: Map) -> Iterator[Map]:
    """The folders that a pattern includes and none excludes; hidden ones are left out."""
    globs = list(_globs(options, "directories"))
    for folder, index in _chosen(repository, globs, "folders"):
        writes = globs[index][2]
        yield Map({"path": _path(folder, writes)}, writes)


def _files(repository: Repository, options: Map) -> Iterator[Map]:
    """The mappings in the files that a pattern includes and none excludes, each with its path."""
    globs = list(_globs(options, "files"))
    for path, index in _chosen(repository, globs, "files"):
        writes = globs[index][2]
        own = _path(posixpath.dirname(path), writes)
        name = posixpath.basename(path)
        own.items["filename"] = Leaf(name, writes)
        own.items["filenameNormalized"] = Leaf(_normalized(name), writes)
        for document in repository.read(path).documents:
            tree = grow(document, DocumentId(path, document.index))
            for item in tree.items if isinstance(tree, Seq) else (tree,):
                if isinstance(item, Map):
                    yield Map({**item.items, "path": own}, item.writes)


def _path(folder: str, writes: Writes) -> Map:
    """The parameters that a folder gives."""
    segments = folder.split("/")
    texts = {"path": folder, "basename": segments[-1], "basenameNormalized": _normalized(segments[-1])}
    items: dict[str, Tree] = {key: Leaf(text, writes) for key, text in texts.items()}
    items["segments"] = Seq([Leaf(segment, writes) for segment in segments], writes)
    return Map(items, writes)


def _normalized(name: str) -> str:
    """A name as Argo CD makes it fit for DNS."""
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.")


def _chosen(
    repository: Repository, globs: Sequence[tuple[str, bool, Writes]], among: str
) -> tuple[tuple[str, int], ...]:
    """The `files` or `folders` that a pattern includes and none excludes, each with the number of the first such
    pattern."""

    def choose() -> Iterator[tuple[str, int]]:
        for name in repository.paths if among == "files" else sorted(repository.folders):
            found = [(exclude, index) for index, (glob, exclude, _) in enumerate(globs) if _matches(name, glob)]
            hidden = among == "folders" and "/." in f"/{name}"
            if found and not hidden and not any(exclude for exclude, _ in found):
                yield name, found[0][1]

    key = ("chosen", among, *((glob, exclude) for glob, exclude, _ in globs))
    return repository.remember(key, lambda: tuple(choose()))


def _matches(path: str, glob: str) -> bool:
    """Whether a path is what a pattern means: `*` stays in one folder, `**` goes through any number of them."""
    parts = path.split("/")
    reached = {0}
    for piece in glob.split("/"):
        if piece == "**":
            reached = set(range(min(reached), len(parts) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(parts) and _is_like(parts[at], piece)}
        if not reached:
            return False
    return len(parts) in reached


def _is_like(name: str, glob: str) -> bool:
    return name == glob or fnmatchcase(name, glob)
