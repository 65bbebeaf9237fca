"""What an Argo CD source makes of a folder of this repository: a chart, a kustomization or plain manifests.

A folder with a kustomization and a Chart.yaml is a kustomization (Argo CD looks at the files in order of their
names, and the last decides).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from fnmatch import fnmatchcase

from immichlint.gitops.argo.application import Application, folder_of, remote_chart
from immichlint.gitops.argo.options import changed, components, overwritten
from immichlint.gitops.charts import chart_folder, placed
from immichlint.gitops.environment import Gap, Lack
from immichlint.gitops.kustomize.build import build
from immichlint.gitops.kustomize.kustomization import Missing
from immichlint.gitops.manifest import Manifest, manifests, text_at
from immichlint.gitops.sources import is_foreign, is_own
from immichlint.gitops.stand_in import CHART, CHART_FILE, stand_in
from immichlint.gitops.starts import Wanted
from immichlint.named_tuple import NamedTuple
from immichlint.repo.classify import is_ours, parent
from immichlint.repo.repository import Repository
from immichlint.trees.tree import Leaf, Map, Seq, get


class Applied(NamedTuple):
    """What an Application applies, all its sources together. `folders`: those of kustomizations and charts."""

    manifests: tuple[Manifest, ...]
    files: frozenset[str]
    missing: tuple[Missing, ...]
    folders: frozenset[str]
    gaps: tuple[Gap, ...]


def applied(repository: Repository, application: Application, wanted: Wanted) -> Applied:
    """What the sources of an Application make of this repository, as far as it is wanted."""
    made: list[Manifest] = []
    files: set[str] = set()
    missing: list[Missing] = []
    folders: set[str] = set()
    gaps: list[Gap] = []
    for source, place in application.sources:
        files |= {file for file in value_files(repository, source) if is_ours(repository.raw(file))}
        name = _release_name(source, application)
        folder = folder_of(source)
        if remote_chart(source) is not None:
            made.append(stand_in(CHART, place, name, application.namespace, source))
        elif (gap := _gap(repository, application, source, folder)) is not None:
            gaps.append(gap)
        elif folder is None or not wanted.leads(folder):
            continue
        elif repository.kustomization_in(folder) is not None:
            built = build(repository, folder, wanted, components(source, folder), overwritten(source))
            folders.add(folder)
            missing += built.missing
            files |= built.files
            found = changed(repository, built, source)
            made += (placed(manifest, application.namespace) for manifest in found)
        elif posixpath.join(folder, CHART_FILE) in repository:
            chart = chart_folder(repository, folder, name, application.namespace, source, place)
            folders.add(folder)
            files |= chart.files
            made += chart.manifests
        else:
            for path in directory(repository, folder, source, wanted):
                files.add(path)
                made += (placed(manifest, application.namespace) for manifest in manifests(repository.read(path)))
    return Applied(tuple(made), frozenset(files), tuple(missing), frozenset(folders), tuple(gaps))


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


def directory(repository: Repository, folder: str, source: Map, wanted: Wanted) -> Iterator[str]:
    """The wanted files in a folder of plain manifests."""
    options = source.items.get("directory")
    recurse = get(options, ("recurse",)) if options is not None else None
    deep = isinstance(recurse, Leaf) and recurse.value is True
    include = _globs(text_at(options, "include")) if options is not None else ()
    exclude = _globs(text_at(options, "exclude")) if options is not None else ()
    prefix = f"{folder}/" if folder else ""
    for path in repository.paths:
        inner = path.removeprefix(prefix)
        if not path.startswith(prefix) or ("/" in inner and not deep) or not wanted.beside(parent(path)):
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


def _gap(repository: Repository, application: Application, source: Map, folder: str | None) -> Gap | None:
    """What of a source is not to be had; None where its folder is here, or where it names none."""
    path, url = source.items.get("path"), text_at(source, "repoURL")
    place = path.writes[-1].place if path is not None and path.writes else None
    if path is None or place is None:
        return None
    if folder is None:
        return Gap(application.manifest, place, Lack.UNKNOWN, "")
    if is_foreign(repository, url):
        return Gap(application.manifest, place, Lack.FOREIGN, folder)
    if repository.is_folder(folder):
        return None
    return Gap(application.manifest, place, Lack.MISSING if is_own(repository, url) else Lack.FOREIGN, folder)
