"""Charts that a kustomization inflates (`helmCharts`): they are not rendered, a stand-in says what is known."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from typing import Final

from immichlint.gitops.kustomize.patches import Patch, Unreadable, selects
from immichlint.gitops.manifest import Manifest, hint_at, text_at
from immichlint.gitops.stand_in import INFLATED, is_stand_in, stand_in
from immichlint.trees.tree import Leaf, Map, Seq
from immichlint.yamltree.place import DocumentId, Place

_AFTER_RENDERING: Final[tuple[str, ...]] = ("images", "replicas", "namePrefix", "nameSuffix")
_RENDERED: Final = frozenset({"", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"})


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
    first = hint_at(entry, "valuesFile")
    if first:
        yield posixpath.normpath(posixpath.join(folder, first))
    further = entry.items.get("additionalValuesFiles") if isinstance(entry, Map) else None
    for index in range(len(further.items)) if isinstance(further, Seq) else ():
        path = hint_at(entry, "additionalValuesFiles", index)
        if path:
            yield posixpath.normpath(posixpath.join(folder, path))


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
