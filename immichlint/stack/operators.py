"""Which operator a repository deploys, by what says so: a chart's version, an image's tag, a pinned manifest.

All that the repository says has to agree: with several clusters, or a version that is not exact, nothing is known.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any, Final

from immichlint.facts import load
from immichlint.gitops.cluster import cluster_of, may_be_one
from immichlint.gitops.drafts import is_put_away, left_out
from immichlint.gitops.environment import ARGO, Idle
from immichlint.gitops.kustomize.kustomization import is_remote, kustomization_tree, strings
from immichlint.gitops.manifest import Manifest, manifests, text_at
from immichlint.gitops.sources import address
from immichlint.gitops.stand_in import CHART_FILE, HELMFILES
from immichlint.named_tuple import NamedTuple
from immichlint.repo.classify import is_kustomization
from immichlint.repo.repository import Repository
from immichlint.stack.image import parse_image
from immichlint.stack.release import Running, parse_release
from immichlint.trees.grow import grow
from immichlint.trees.tree import Leaf, Map, Seq, Tree, decided_at, get
from immichlint.yamltree.place import DocumentId

_CHART_KINDS: Final = ("HelmChart",)
_REF: Final = ("digest", "semver", "tag")


class Trace(NamedTuple):
    """Something that deploys an operator. `version`: what decides its version. `is_chart`: that of the chart."""

    version: Tree | None
    is_chart: bool


def running(repository: Repository, name: str, cluster: str = "") -> Running:
    """The operator of a name (`cnpg`, `barman-plugin`) that a repository deploys to a cluster."""
    return repository.remember(("operator", name, cluster), lambda: _running(repository, name, cluster))


def _running(repository: Repository, name: str, cluster: str) -> Running:
    facts = load("operators")["operators"][name]
    traces = [
        (_read(trace, facts), _is_listed(repository, path))
        for path in _naming(repository, facts)
        if may_be_one(cluster_of(path), cluster) and not is_put_away(posixpath.dirname(path))
        for trace in _in_file(repository, path, facts)
    ]
    sure = [found for found, listed in traces if listed]
    if sure and sure[0].version and {found.version for found, _ in traces} == {sure[0].version}:
        return sure[0]
    return Running(is_newer=any(found.is_newer for found, _ in traces))


def _naming(repository: Repository, facts: dict[str, Any]) -> Iterator[str]:
    """The files that may say which version of the operator is deployed."""
    for path in repository.containing(facts["chart"].encode()):
        raw = repository.raw(path)
        if facts["project"].encode() in raw or b"hart" in raw or posixpath.basename(path) == CHART_FILE:
            yield path


def _is_listed(repository: Repository, path: str) -> bool:
    """Whether the kustomizations near a file let it be applied."""
    out = left_out(repository, path)
    if out is None or out.why is Idle.UNREACHED:
        return True
    return out.why is Idle.UNLISTED and is_kustomization(path) and bool(_naming_folder(repository, path))


def _naming_folder(repository: Repository, path: str) -> tuple[str, ...]:
    return repository.containing(posixpath.dirname(path).encode())


def _read(trace: Trace, facts: dict[str, Any]) -> Running:
    text = str(trace.version.value) if isinstance(trace.version, Leaf) else ""
    text = text.partition("@")[0].removeprefix("v")
    release, place = parse_release(text), decided_at(trace.version)
    if release is None or len(release) != 3:
        return Running()
    if not trace.is_chart:
        return Running(text, place)
    newest = max(parse_release(version) or () for version in facts["charts"])
    return Running(facts["charts"].get(text, ""), place, is_newer=release > newest)


def _in_file(repository: Repository, path: str, facts: dict[str, Any]) -> Iterator[Trace]:
    reading = repository.read(path)
    if is_kustomization(path):
        tree = kustomization_tree(repository, path)
        if tree is not None:
            yield from _in_kustomization(tree, facts)
    elif posixpath.basename(path) == CHART_FILE:
        for document in reading.documents:
            yield from _listed(grow(document, DocumentId(path, document.index)), "dependencies", "name", facts)
    else:
        for manifest in manifests(reading):
            yield from _of_object(repository, manifest, facts)
    if posixpath.basename(path) in HELMFILES:
        from immichlint.gitops.charts import helmfile_releases

        for release in helmfile_releases(repository, path):
            if _is_chart(text_at(release.tree, "spec", "chart"), facts):
                yield Trace(get(release.tree, ("spec", "version")), is_chart=True)


def _in_kustomization(tree: Map, facts: dict[str, Any]) -> Iterator[Trace]:
    yield from _listed(tree, "helmCharts", "name", facts)
    images = tree.items.get("images")
    for image in images.items if isinstance(images, Seq) else ():
        if text_at(image, "name").endswith(facts["project"]):
            yield Trace(get(image, ("newTag",)), is_chart=False)
    for index, entry in strings(tree, "resources"):
        if is_remote(entry) and f"{facts['project']}/" in entry.replace("?", "/").replace(".git", ""):
            written = get(tree, ("resources", index))
            yield Trace(Leaf(_pinned(entry), written.writes if written is not None else ()), is_chart=False)


def _pinned(url: str) -> str:
    """The release that the address of a manifest names, empty where it names none."""
    for mark in "?=&":
        url = url.replace(mark, "/")
    parts = [posixpath.splitext(part)[0] if part.endswith((".yaml", ".yml")) else part for part in url.split("/")]
    words = [part.removeprefix("cnpg-").removeprefix("v") for part in parts]
    return next((word for word in reversed(words) if len(parse_release(word) or ()) == 3), "")


def _listed(tree: Tree, field: str, key: str, facts: dict[str, Any]) -> Iterator[Trace]:
    """The charts of a list that are the operator's."""
    items = get(tree, (field,))
    for item in items.items if isinstance(items, Seq) else ():
        if text_at(item, key) == facts["chart"]:
            yield Trace(get(item, ("version",)), is_chart=True)


def _of_object(repository: Repository, manifest: Manifest, facts: dict[str, Any]) -> Iterator[Trace]:
    tree = manifest.tree
    if manifest.kind == "HelmRelease" and _is_chart(text_at(tree, "spec", "chart", "spec", "chart"), facts):
        yield Trace(get(tree, ("spec", "chart", "spec", "version")), is_chart=True)
    elif manifest.kind in _CHART_KINDS and _is_chart(text_at(tree, "spec", "chart"), facts):
        yield Trace(get(tree, ("spec", "version")), is_chart=True)
    elif manifest.kind == "OCIRepository" and _is_chart(text_at(tree, "spec", "url"), facts):
        digest, semver, tag = (get(tree, ("spec", "ref", key)) for key in _REF)
        yield Trace(tag if digest is not None else semver or tag, is_chart=True)
    elif manifest.group == ARGO:
        from immichlint.gitops.argo.application import applications

        for application in applications(repository, manifest):
            for source, _ in application.sources:
                yield from _of_source(source, facts)
    elif manifest.kind == "Deployment":
        containers = get(tree, ("spec", "template", "spec", "containers"))
        for container in containers.items if isinstance(containers, Seq) else ():
            image = parse_image(text_at(container, "image"))
            if image.repository.endswith(facts["project"]):
                at = get(container, ("image",))
                yield Trace(Leaf(image.tag, at.writes if at is not None else ()), is_chart=False)


def _of_source(source: Map, facts: dict[str, Any]) -> Iterator[Trace]:
    """What a source of an Argo CD Application says: of a chart's registry, or of a project's own repository."""
    revision, repository = get(source, ("targetRevision",)), address(text_at(source, "repoURL"))
    if _is_chart(text_at(source, "chart"), facts):
        yield Trace(revision, is_chart=True)
    elif _is_chart(text_at(source, "path"), facts) and repository.endswith("/charts") and isinstance(revision, Leaf):
        tag = str(revision.value).removeprefix(f"{facts['chart']}-")
        yield Trace(Leaf(tag, revision.writes), is_chart=True)
    elif repository.endswith(f"/{facts['project']}"):
        yield Trace(revision, is_chart=False)


def _is_chart(text: str, facts: dict[str, Any]) -> bool:
    return text.rstrip("/").rpartition("/")[2] == str(facts["chart"])
