"""What an Argo CD source makes of a folder of this repository: a chart, a kustomization or plain manifests.

A folder with a kustomization and a Chart.yaml is a kustomization (Argo CD looks at the files in order of their
names, and the last decides).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final, NamedTuple

from immichlint.gitops.argo.application import Application, folder_of, remote_chart
from immichlint.gitops.charts import CHART_FILE, chart_folder, placed
from immichlint.gitops.kustomize.build import Missing, build
from immichlint.gitops.kustomize.generators import Generated
from immichlint.gitops.manifest import Manifest, manifests, text_at
from immichlint.gitops.stand_in import CHART, stand_in
from immichlint.repo.classify import is_ours
from immichlint.repo.repository import Repository
from immichlint.trees.tree import Leaf, Map, Seq, get

_HARMLESS: Final = frozenset({"version", "commonLabels", "commonAnnotations", "labels"})


class Applied(NamedTuple):
    """What an Application applies, all its sources together. `folders`: those of kustomizations and charts."""

    manifests: tuple[Manifest, ...]
    files: frozenset[str]
    missing: tuple[Missing, ...]
    generated: tuple[Generated, ...]
    folders: frozenset[str]


def applied(repository: Repository, application: Application) -> Applied:
    """What the sources of an Application make of this repository."""
    made: list[Manifest] = []
    files: set[str] = set()
    missing: list[Missing] = []
    generated: list[Generated] = []
    folders: set[str] = set()
    for source, place in application.sources:
        files |= {file for file in value_files(repository, source) if is_ours(repository.raw(file))}
        name = _release_name(source, application)
        folder = folder_of(source)
        if remote_chart(source) is not None:
            made.append(stand_in(CHART, place, name, application.namespace, source))
        elif folder is None or not repository.is_folder(folder):
            continue
        elif repository.kustomization_in(folder) is not None:
            built = build(repository, folder)
            folders.add(folder)
            missing += built.missing
            generated += built.generated
            files |= built.files
            made += (_changed(placed(manifest, application.namespace), source) for manifest in built.manifests)
        elif posixpath.join(folder, CHART_FILE) in repository:
            chart = chart_folder(repository, folder, name, application.namespace, source, place)
            folders.add(folder)
            files |= chart.files
            made += chart.manifests
        else:
            for path in directory(repository, folder, source):
                files.add(path)
                made += (placed(manifest, application.namespace) for manifest in manifests(repository.read(path)))
    return Applied(tuple(made), frozenset(files), tuple(missing), tuple(generated), frozenset(folders))


def value_files(repository: Repository, source: Map) -> Iterator[str]:
    """The values files of a source that lie in this repository."""
    field = get(source, ("helm", "valueFiles"))
    for item in field.items if isinstance(field, Seq) else ():
        if isinstance(item, Leaf) and isinstance(item.value, str):
            path = value_file(item.value, folder_of(source))
            if path is not None and path in repository:
                yield path


def value_file(entry: str, folder: str | None) -> str | None:
    """The path of a values file: `$ref/path` and `/path` from the root, others from the chart's folder."""
    if "://" in entry:
        return None
    if entry.startswith("$"):
        return posixpath.normpath(entry.partition("/")[2])
    if entry.startswith("/"):
        return posixpath.normpath(entry.lstrip("/"))
    return posixpath.normpath(posixpath.join(folder, entry)) if folder is not None else None


def directory(repository: Repository, folder: str, source: Map) -> Iterator[str]:
    """The files of ours in a folder of plain manifests."""
    options = source.items.get("directory")
    recurse = get(options, ("recurse",)) if options is not None else None
    deep = isinstance(recurse, Leaf) and recurse.value is True
    include = _globs(text_at(options, "include")) if options is not None else ()
    exclude = _globs(text_at(options, "exclude")) if options is not None else ()
    prefix = f"{folder}/" if folder else ""
    for path in repository.ours():
        inner = path.removeprefix(prefix)
        if not path.startswith(prefix) or ("/" in inner and not deep):
            continue
        if include and not any(fnmatchcase(inner, glob) for glob in include):
            continue
        if not any(fnmatchcase(inner, glob) for glob in exclude):
            yield path


def _globs(text: str) -> tuple[str, ...]:
    """The alternatives of a glob: Argo CD knows `{a.yaml,b/*}`."""
    if text.startswith("{") and text.endswith("}"):
        return tuple(item.strip() for item in text[1:-1].split(","))
    return (text,) if text else ()


def _release_name(source: Map, application: Application) -> Leaf:
    name = get(source, ("helm", "releaseName"))
    return name if isinstance(name, Leaf) and name.value else application.name


def _changed(manifest: Manifest, source: Map) -> Manifest:
    """An object, unsettled where the Application changes what the kustomization makes."""
    options = source.items.get("kustomize")
    fields = [key for key in options.items if key not in _HARMLESS] if isinstance(options, Map) else []
    return manifest.unsettled_by(f"the Application's kustomize.{fields[0]} is not computed") if fields else manifest
