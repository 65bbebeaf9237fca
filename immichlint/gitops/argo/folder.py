"""What an Argo CD source makes of a folder of this repository: a chart, a kustomization or plain manifests.

The tool whose options the source has makes it, else what lies there says which: a folder with a kustomization and a
Chart.yaml is a kustomization (Argo CD looks at the files in order of their names, and the last decides; its
pkg/apis/application/v1alpha1/types.go, `ExplicitType`, and util/app/discovery/discovery.go).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

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
from immichlint.trees.tree import Leaf, Map, Seq, Tree, decided_at, get

_KUSTOMIZE: Final = "kustomize"
_HELM: Final = "helm"
_DIRECTORY: Final = "directory"
_MOST_GLOBS: Final = 100


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
        elif (tool := _tool(repository, folder, source)) == _KUSTOMIZE:
            built = build(repository, folder, wanted, components(source, folder), overwritten(source))
            folders.add(folder)
            missing += built.missing
            files |= built.files
            found = changed(repository, built, source)
            made += (placed(manifest, application.namespace) for manifest in found)
        elif tool == _HELM:
            chart = chart_folder(repository, folder, name, application.namespace, source, place)
            folders.add(folder)
            files |= chart.files
            made += chart.manifests
        else:
            for path in directory(repository, folder, source, wanted):
                files.add(path)
                made += (placed(manifest, application.namespace) for manifest in manifests(repository.read(path)))
    return Applied(tuple(made), frozenset(files), tuple(missing), frozenset(folders), tuple(gaps))


def _tool(repository: Repository, folder: str, source: Map) -> str:
    """The tool that makes the objects of a folder."""
    there = {
        _KUSTOMIZE: repository.kustomization_in(folder) is not None,
        _HELM: posixpath.join(folder, CHART_FILE) in repository,
        _DIRECTORY: True,
    }
    named = [tool for tool in there if _has_options(source.items.get(tool))]
    # Argo CD refuses a source that names several, and one whose tool finds nothing to work on.
    chosen = [tool for tool in named if there[tool]] if len(named) == 1 else []
    return (chosen or [tool for tool, found in there.items() if found])[0]


def _has_options(options: Tree | None) -> bool:
    """Whether the options of a tool say anything: those that are all empty are taken for absent."""
    said = options.items.values() if isinstance(options, Map) else ()
    return any(bool(item.value) if isinstance(item, Leaf) else bool(item.items) for item in said)


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
    """The alternatives of a glob, as many as are reasonable: Argo CD knows `{a.yaml,b/*}` and `*.{yaml,yml}`."""
    found = [text] if text else []
    while len(found) < _MOST_GLOBS and any("{" in glob and "}" in glob.partition("{")[2] for glob in found):
        found = [item for glob in found for item in _alternatives(glob)]
    return tuple(found)


def _alternatives(glob: str) -> list[str]:
    before, _, rest = glob.partition("{")
    inner, closed, after = rest.partition("}")
    return [f"{before}{item.strip()}{after}" for item in inner.split(",")] if closed else [glob]


def _release_name(source: Map, application: Application) -> Leaf:
    name = get(source, ("helm", "releaseName"))
    return name if isinstance(name, Leaf) and name.value else application.name


def _gap(repository: Repository, application: Application, source: Map, folder: str | None) -> Gap | None:
    """What of a source is not to be had; None where its folder is here, or where it names none."""
    path, url = source.items.get("path"), text_at(source, "repoURL")
    place = decided_at(path)
    if path is None or place is None:
        return None
    if folder is None:
        return Gap(application.manifest, place, Lack.UNKNOWN, "")
    if is_foreign(repository, url):
        return Gap(application.manifest, place, Lack.FOREIGN, folder)
    if repository.is_folder(folder):
        return None
    return Gap(application.manifest, place, Lack.MISSING if is_own(repository, url) else Lack.FOREIGN, folder)
