"""What outside of the picture may make an object.

The picture of what is applied holds files that name Immich or CNPG. Whether another one makes the object that is
sought is answered by searching all files for its name before any of them is parsed.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice
from typing import Final

from immichlint.gitops.drafts import is_put_away
from immichlint.gitops.environment import ARGO, FLUX
from immichlint.gitops.kustomize.inflated import inflated
from immichlint.gitops.kustomize.kustomization import generator_entries, is_remote, kustomization_tree, strings
from immichlint.gitops.manifest import Manifest, manifests, text_at
from immichlint.gitops.named import objects_named
from immichlint.gitops.stand_in import CHART_FILE, HELMFILES
from immichlint.gitops.starts import paths_in
from immichlint.named_tuple import NamedTuple
from immichlint.repo.classify import is_kustomization
from immichlint.stack.makers import COPIED, Makes, Wanted, holds, inert_groups, made_namespace, makes
from immichlint.stack.stack import may_share
from immichlint.stack.surroundings import Surroundings
from immichlint.trees.tree import Map, Seq, get

_API_VERSION: Final = re.compile(rb"apiVersion[\"']?:[ \t]*[\"']?([^\s\"',}#]+)")


class Trace(NamedTuple):
    """Something outside of the picture that may make an object. `namespace`: where, empty where nothing says."""

    namespace: str
    why: str
    manifest: Manifest | None = None


class Traces:
    """What may make objects around a picture, by what is sought."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._repository = around.repository
        self._found: dict[tuple[Wanted, str], tuple[Trace, ...]] = {}

    def of(self, sought: Wanted, namespace: str) -> tuple[Trace, ...]:
        """What outside of the picture may make an object in a namespace: all that defines it, else the first that may
        make it otherwise. Many files name it, and most answers need none of them but one."""
        key = (sought, namespace)
        if key not in self._found:
            defined = self._there(self._definitions(sought), namespace)
            self._found[key] = tuple(defined) or tuple(islice(self._there(self._others(sought), namespace), 1))
        return self._found[key]

    def _others(self, sought: Wanted) -> Iterator[Trace]:
        yield from self._mentions(sought)
        yield from self._policies(sought)
        yield from self._foreign

    def _there(self, found: Iterable[Trace], namespace: str) -> Iterator[Trace]:
        return (trace for trace in found if may_share(trace.namespace, namespace))

    def _definitions(self, sought: Wanted) -> Iterator[Trace]:
        """The objects of the kind and name that no environment holds, also under a name before a prefix."""
        for manifest in objects_named(self._repository, sought.kind, sought.name, sought.group):
            if manifest.home not in self._around.homes:
                why = f"{manifest.home.document.path} defines it, and nothing tells whether that is applied"
                yield Trace(manifest.namespace, why, manifest)
        for path in self._repository.kustomizations:
            raw = self._repository.raw(path)
            if b"namePrefix" not in raw and b"nameSuffix" not in raw:
                continue
            tree = kustomization_tree(self._repository, path)
            prefix, suffix = (
                (text_at(tree, "namePrefix"), text_at(tree, "nameSuffix")) if tree is not None else ("", "")
            )
            inner = sought.name.removeprefix(prefix).removesuffix(suffix)
            if inner and inner != sought.name:
                for manifest in objects_named(self._repository, sought.kind, inner, sought.group):
                    yield Trace("", f"{path} may apply one of the name {inner} under this name", manifest)

    def _mentions(self, sought: Wanted) -> Iterator[Trace]:
        """The files that hold the name, or a part of it under which something may make the object."""
        stems = [stem.encode() for stem in sorted(sought.stems)]
        found = re.compile(rb"(?<![\w.-])(?:" + b"|".join(map(re.escape, stems)) + rb")(?![\w-])")
        for path in sorted({path for stem in stems for path in self._repository.containing(stem)}):
            raw = self._repository.raw(path)
            if found.search(raw):
                yield from self._in_file(path, raw, sought)
        for folder in sorted(self._repository.folders):
            if posixpath.basename(folder) in sought.stems and f"{folder}/{CHART_FILE}" in self._repository:
                yield Trace("", f"the chart {folder} may make it")

    def _in_file(self, path: str, raw: bytes, sought: Wanted) -> Iterator[Trace]:
        if is_kustomization(path):
            yield from self._in_kustomization(path, sought)
            return
        if path in self._around.applied or (sought.name.encode() not in raw and _is_inert(path, raw)):
            return
        reading = self._repository.read(path)
        if reading.trouble is not None and sought.name.encode() in raw:
            yield Trace("", f"{path}, which names it, could not be read")
        if posixpath.basename(path) == CHART_FILE:
            yield Trace("", f"the chart {posixpath.dirname(path)} may make it")
        for manifest in (*manifests(reading), *self._released(path)):
            if manifest.home not in self._around.homes and makes(manifest, sought) is not Makes.NO:
                yield Trace(made_namespace(manifest), f"the {manifest.kind} {manifest.name} in {path} may make it")

    def _released(self, path: str) -> Iterable[Manifest]:
        if posixpath.basename(path) not in HELMFILES:
            return ()
        from immichlint.gitops.charts import helmfile_releases

        return helmfile_releases(self._repository, path)

    def _in_kustomization(self, path: str, sought: Wanted) -> Iterator[Trace]:
        tree = kustomization_tree(self._repository, path)
        if tree is None:
            yield Trace("", f"{path}, which names it, could not be read")
            return
        for field, _, kind, entry in generator_entries(tree):
            if kind == sought.kind and text_at(entry, "name") in sought.stems:
                yield Trace("", f"the {field} of {path} may make it")
        if path not in self._around.applied:
            for chart in inflated(path, tree):
                if makes(chart, sought) is not Makes.NO:
                    yield Trace(made_namespace(chart), f"the chart {chart.name} of {path} may make it")

    def _policies(self, sought: Wanted) -> Iterator[Trace]:
        """The policies that generate objects of the kind, whatever their names."""
        if sought.group or sought.kind not in COPIED:
            return
        for path in self._repository.containing(b"kyverno.io", b"generate", sought.kind.encode()):
            for manifest in manifests(self._repository.read(path)):
                if _generates(manifest, sought.kind):
                    yield Trace("", f"the {manifest.kind} {manifest.name} may generate it")

    @cached_property
    def _foreign(self) -> tuple[Trace, ...]:
        """What applies folders of other repositories."""
        return tuple(self._applying_elsewhere())

    def _applying_elsewhere(self) -> Iterator[Trace]:
        for group in (FLUX, ARGO):
            for path in self._repository.containing(group.encode()):
                if is_put_away(posixpath.dirname(path)):
                    continue
                if any(map(self._is_foreign, paths_in(self._repository, path))):
                    yield from self._applying(path, group)

    def _is_foreign(self, folder: str) -> bool:
        if "${" in folder or "{{" in folder:
            return False
        folder = posixpath.normpath(folder.strip("/") or ".")
        return folder != "." and folder not in self._around.folders and not folder.startswith(".")

    def _applying(self, path: str, group: str) -> Iterator[Trace]:
        for manifest in manifests(self._repository.read(path)):
            if manifest.group != group:
                continue
            if manifest.kind == "Kustomization":
                is_foreign = self._is_foreign(text_at(manifest.tree, "spec", "path"))
            else:
                is_foreign = manifest.kind == "Application" and any(map(self._is_foreign_source, _sources(manifest)))
            if is_foreign:
                why = f"the {manifest.kind} {manifest.name} applies a folder that is not in this repository"
                yield Trace(made_namespace(manifest), why)

    def _is_foreign_source(self, source: Map) -> bool:
        from immichlint.gitops.argo.application import remote_chart

        return remote_chart(source) is None and self._is_foreign(text_at(source, "path"))

    def remote_near(self, folders: frozenset[str], namespace: str) -> str:
        """Which kustomization of some folders, or of a namespace, lists what is not in the repository, or makes
        objects with a plugin; empty where none does."""
        for path in self._repository.kustomizations:
            raw = self._repository.raw(path)
            if not any(mark in raw for mark in (b"://", b"?ref=", b"github.com", b"generators")):
                continue
            tree = kustomization_tree(self._repository, path)
            own = text_at(tree, "namespace") if tree is not None else ""
            if tree is None or (own and namespace and own != namespace):
                continue
            if posixpath.dirname(path) in folders or own == namespace != "":
                if "generators" in tree.items:
                    return f"generator plugins of {path} may make it"
                entry = next(_remote(tree), "")
                if entry:
                    return f"{path} takes {entry[:200]} from elsewhere"
        return ""

    def unread_near(self, folders: frozenset[str]) -> str:
        """Which file of some folders, where it may be applied, could not be read; empty where none."""
        for folder in sorted(folders):
            for path in self._repository.by_folder.get(folder, ()):
                if path in self._around.applied or self._repository.kustomization_in(folder) is None:
                    reading = self._repository.read(path)
                    if reading.trouble is not None:
                        return f"{path} could not be read: {reading.why}"
        return ""


def _is_inert(path: str, raw: bytes) -> bool:
    """Whether all objects of a file are of groups that make nothing: definitions of kinds have many words."""
    versions = [version.decode("utf-8", "replace") for version in _API_VERSION.findall(raw)]
    groups = {version.rpartition("/")[0] for version in versions}
    return bool(groups) and posixpath.basename(path) not in HELMFILES and groups <= inert_groups()


def _sources(manifest: Manifest) -> Iterator[Map]:
    spec = manifest.tree.items.get("spec")
    several = get(spec, ("sources",)) if spec is not None else None
    one = get(spec, ("source",)) if spec is not None else None
    for item in (*(several.items if isinstance(several, Seq) else ()), one):
        if isinstance(item, Map):
            yield item


def _remote(tree: Map) -> Iterator[str]:
    """The entries of a kustomization that are not in the repository; definitions of kinds make no objects."""
    for field in ("resources", "bases", "components"):
        for _, entry in strings(tree, field):
            if is_remote(entry) and "crd" not in entry.lower():
                yield entry


def _generates(manifest: Manifest, kind: str) -> bool:
    rules = get(manifest.tree, ("spec", "rules"))
    for rule in rules.items if isinstance(rules, Seq) else ():
        generate = get(rule, ("generate",))
        if isinstance(generate, Map) and holds(generate, kind):
            return True
    return "GeneratingPolicy" in manifest.kind
