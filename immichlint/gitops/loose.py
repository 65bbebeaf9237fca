"""What no engine and no kustomization applies: loose manifests, and charts that nothing releases."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from immichlint.gitops.drafts import draft
from immichlint.gitops.environment import Environment
from immichlint.gitops.manifest import Manifest, manifests
from immichlint.gitops.substitution import Variables, substituted
from immichlint.repo.repository import Repository


def loose(repository: Repository, paths: Iterable[str], given: Variables) -> Iterator[Environment]:
    """All manifests of some files together: without an engine, each is applied. None where there are none."""
    objects: list[Manifest] = []
    files: set[str] = set()
    for path in paths:
        found = manifests(repository.read(path)) or tuple(_releases(repository, path))
        objects += (substituted(manifest, given) for manifest in found)
        if found:
            files.add(path)
    if objects:
        yield Environment("", "none", tuple(objects), frozenset(files), variables=given)


def _releases(repository: Repository, path: str) -> Iterator[Manifest]:
    """The releases that a file describes which is no manifest: a helmfile, or values of no chart in sight."""
    name = posixpath.basename(path)
    if "values" not in name and not name.startswith("helmfile"):
        return
    from immichlint.gitops.charts import chart_folder_of, helmfile_releases, loose_values

    yield from helmfile_releases(repository, path)
    if chart_folder_of(repository, path) is None:
        yield from loose_values(repository, path)


def umbrellas(repository: Repository, paths: Iterable[str], taken: frozenset[str]) -> Iterator[Environment]:
    """The charts of the repository that bring Immich as a dependency and that nothing applies. `taken`: the folders
    that something applies."""
    if not any(path.endswith("Chart.yaml") for path in repository.paths):
        return
    from immichlint.gitops.charts import alone, chart_folder_of
    from immichlint.gitops.stand_in import CHART_FILE

    folders = dict.fromkeys(folder for path in paths if (folder := chart_folder_of(repository, path)) is not None)
    for folder in folders:
        path = posixpath.join(folder, CHART_FILE)
        raw = repository.raw(path)
        if folder in taken or draft(repository, path) is not None or b"dependencies" not in raw:
            continue
        if b"immich" in raw or b"app-template" in raw:
            made = alone(repository, folder)
            yield Environment(folder, "helm", made.manifests, made.files)
