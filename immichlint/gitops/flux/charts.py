"""The charts of this repository that HelmReleases install: source-controller packs the folder of a Git repository, and
no version is asked for there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import Final

from immichlint.gitops.charts import templates
from immichlint.gitops.drafts import draft
from immichlint.gitops.environment import Environment
from immichlint.gitops.flux.sources import GIT, may_be_here
from immichlint.gitops.manifest import Manifest, manifests, text_at
from immichlint.gitops.stand_in import CHART_FILE
from immichlint.repo.repository import Repository
from immichlint.trees.tree import Leaf, get

PACKED: Final = (GIT, "Bucket")
"""The kinds of sources whose folders are charts."""
_RELEASE: Final = "HelmRelease"
_CHART: Final = ("spec", "chart", "spec")


def chart_here(repository: Repository, manifest: Manifest) -> str | None:
    """The folder of the chart that a HelmRelease installs, where that is one of this repository."""
    if manifest.kind != _RELEASE:
        return None
    path = text_at(manifest.tree, *_CHART, "chart")
    kind, name = (text_at(manifest.tree, *_CHART, "sourceRef", key) for key in ("kind", "name"))
    if not path or kind not in PACKED:
        return None
    folder = posixpath.normpath(path.lstrip("/"))
    if posixpath.join(folder, CHART_FILE) not in repository:
        return None
    return folder if may_be_here(repository, kind, name, folder) else None


def with_charts(repository: Repository, environments: Iterable[Environment]) -> Iterator[Environment]:
    """The environments with what the charts that they install make by themselves."""
    for item in environments:
        found = [(one, folder) for one in item.manifests if (folder := chart_here(repository, one)) is not None]
        for release, folder in found:
            namespace = get(release.tree, ("spec", "targetNamespace")) or get(release.tree, ("metadata", "namespace"))
            made = templates(repository, folder, namespace if isinstance(namespace, Leaf) else None)
            item = item._replace(manifests=(*item.manifests, *made.manifests), files=item.files | made.files)
        yield item


def installed(repository: Repository, environments: Iterable[Environment], others: Iterable[str]) -> Iterator[str]:
    """The folders of charts that HelmReleases install: those that are applied, and those of other files that may be."""
    yield from _folders(repository, (manifest for item in environments for manifest in item.manifests))
    for path in others:
        if draft(repository, path) is None:
            yield from _folders(repository, manifests(repository.read(path)))


def _folders(repository: Repository, found: Iterable[Manifest]) -> Iterator[str]:
    folders = (chart_here(repository, manifest) for manifest in found)
    return (folder for folder in folders if folder is not None)
