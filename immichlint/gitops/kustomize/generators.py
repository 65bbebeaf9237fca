"""What a kustomization generates: charts that it inflates, and files that become keys of ConfigMaps and Secrets."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from immichlint.gitops.kustomize.patches import Patch, Unreadable, selects
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.gitops.stand_in import INFLATED, is_stand_in, stand_in
from immichlint.repo.repository import Repository
from immichlint.trees.tree import Leaf, Map, Seq
from immichlint.yamltree.lookup import data
from immichlint.yamltree.place import DocumentId, Place

_GENERATED: Final = {"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"}
_AFTER_RENDERING: Final[tuple[str, ...]] = ("images", "replicas", "namePrefix", "nameSuffix")
_RENDERED: Final = frozenset({"", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"})


class Generated(NamedTuple):
    """A ConfigMap or Secret that is generated, under the name before its hash. `files`: the file of each key
    that comes from one, relative to the root."""

    kind: str
    name: str
    files: Mapping[str, str]


def inflated(path: str, tree: Map) -> Iterator[Manifest]:
    """The stand-ins for the charts that a kustomization inflates (`helmCharts`)."""
    charts = tree.items.get("helmCharts")
    for index, entry in enumerate(charts.items if isinstance(charts, Seq) else ()):
        if not isinstance(entry, Map):
            continue
        name = entry.items.get("releaseName") or entry.items.get("name")
        if isinstance(name, Leaf) and isinstance(name.value, str):
            home = Place(DocumentId(path, 0), ("helmCharts", index))
            yield stand_in(INFLATED, home, name, entry.items.get("namespace"), entry)


def inflated_files(folder: str, manifest: Manifest) -> Iterator[str]:
    """The values files of a chart that the kustomization of a folder inflates, the last over the others."""
    entry = manifest.tree.items["spec"]
    first = text_at(entry, "valuesFile")
    if first:
        yield posixpath.normpath(posixpath.join(folder, first))
    further = entry.items.get("additionalValuesFiles") if isinstance(entry, Map) else None
    for item in further.items if isinstance(further, Seq) else ():
        if isinstance(item, Leaf) and isinstance(item.value, str):
            yield posixpath.normpath(posixpath.join(folder, item.value))


def generated(folder: str, tree: Map) -> Iterator[Generated]:
    """The ConfigMaps and Secrets that the kustomization of a folder generates from files."""
    for field, kind in _GENERATED.items():
        items = tree.items.get(field)
        for item in items.items if isinstance(items, Seq) else ():
            files = item.items.get("files") if isinstance(item, Map) else None
            found: dict[str, str] = {}
            for entry in files.items if isinstance(files, Seq) else ():
                if isinstance(entry, Leaf) and isinstance(entry.value, str):
                    key, _, file = entry.value.rpartition("=")
                    found[key or posixpath.basename(file)] = posixpath.normpath(posixpath.join(folder, file))
            if found:
                yield Generated(kind, text_at(item, "name"), found)


def unsettled_charts(
    made: Sequence[Manifest], path: str, tree: Map, patches: Sequence[Patch | Unreadable]
) -> list[Manifest]:
    """The objects, with the charts unsettled whose rendered objects a kustomization changes."""
    if not any(map(is_stand_in, made)):
        return list(made)
    fields: list[str] = [field for field in _AFTER_RENDERING if field in tree.items]
    if any(_may_be_for_rendered(patch, made) for patch in patches):
        fields.append("patches")
    if not fields:
        return list(made)
    why = f"what the {fields[0]} of {path} change in the objects of a chart is not computed"
    return [manifest.unsettled_by(why) if is_stand_in(manifest) else manifest for manifest in made]


def _may_be_for_rendered(patch: Patch | Unreadable, made: Sequence[Manifest]) -> bool:
    if patch.target is None and not isinstance(patch, Unreadable):
        own = patch.body
        kind, name = text_at(own, "kind"), text_at(own, "metadata", "name")
    else:
        kind = text_at(patch.target, "kind") if patch.target is not None else ""
        name = text_at(patch.target, "name") if patch.target is not None else ""
    found = any(selects(patch, manifest) for manifest in made if not is_stand_in(manifest))
    return (kind in _RENDERED or not kind.isalpha()) and not (name and found)


def only_names(repository: Repository, folder: str, tree: Map) -> bool:
    """Whether the `configurations` of a kustomization only say which fields refer to names, as it is done for
    the `valuesFrom` of a HelmRelease: names are known here without their hashes."""
    listed = tree.items.get("configurations")
    for item in listed.items if isinstance(listed, Seq) else ():
        if not isinstance(item, Leaf) or not isinstance(item.value, str):
            return False
        reading = repository.read(posixpath.normpath(posixpath.join(folder, item.value)))
        said = [data(document.root) for document in reading.documents]
        if not said or not all(isinstance(one, dict) and one.keys() <= {"nameReference"} for one in said):
            return False
    return True
