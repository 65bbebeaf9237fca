"""What the `kustomize` options of an Argo CD source do: they are written into the folder's kustomization."""

from __future__ import annotations

import posixpath
from typing import Final

from immichlint.gitops.kustomize.bodies import inline_patch
from immichlint.gitops.kustomize.finish import overlaid
from immichlint.gitops.kustomize.kustomization import AFFIXES, Built
from immichlint.gitops.kustomize.patches import Patch, Unreadable
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.repo.repository import Repository
from immichlint.trees.tree import Layer, Leaf, Map, Seq, Tree, Write, decided_at, get

_AS_WRITTEN: Final = ("namespace", "namePrefix", "nameSuffix", "commonAnnotations", "replicas")
_COMPUTED: Final = frozenset(
    {
        "commonAnnotations",
        "commonLabels",
        "components",
        "forceCommonAnnotations",
        "forceCommonLabels",
        "ignoreMissingComponents",
        "images",
        "labelIncludeTemplates",
        "labelWithoutSelector",
        "namePrefix",
        "nameSuffix",
        "namespace",
        "patches",
        "replicas",
        "version",
    }
)


def components(source: Map, folder: str) -> tuple[str, ...]:
    """The folders of the components that a source adds, relative to the root."""
    field = get(source, ("kustomize", "components"))
    entries = (item.value for item in field.items if isinstance(item, Leaf)) if isinstance(field, Seq) else ()
    return tuple(posixpath.normpath(posixpath.join(folder, entry)) for entry in entries if isinstance(entry, str))


def overwritten(source: Map) -> frozenset[str]:
    """The fields that the options write anew into the folder's kustomization (`kustomize edit set nameprefix`)."""
    return frozenset(key for key in AFFIXES if text_at(source, "kustomize", key))


def changed(repository: Repository, built: Built, source: Map) -> tuple[Manifest, ...]:
    """The objects of a folder as the options of a source change them, unsettled where an option is not computed."""
    options = source.items.get("kustomize")
    if not isinstance(options, Map):
        return built.manifests
    fields: dict[str, Tree] = {key: options.items[key] for key in _AS_WRITTEN if key in options.items}
    labels, images = options.items.get("commonLabels"), options.items.get("images")
    if isinstance(labels, Map):
        fields |= _labels(labels, options)
    if isinstance(images, Seq):
        fields["images"] = Seq([_image(item) for item in images.items if isinstance(item, Leaf)], images.writes)
    made = overlaid(built, "an Application", _patches(repository, options), fields)
    rest = [key for key in options.items if key not in _COMPUTED]
    why = f"the Application's kustomize.{rest[0]} is not computed" if rest else ""
    return tuple(item.unsettled_by(why) for item in made) if why else made


def _labels(labels: Map, options: Map) -> dict[str, Tree]:
    """Labels reach selectors and templates unless the options say otherwise."""
    if not _says(options, "labelWithoutSelector"):
        return {"commonLabels": labels}
    templates = Leaf(_says(options, "labelIncludeTemplates"), labels.writes)
    entry: dict[str, Tree] = {"pairs": labels, "includeTemplates": templates}
    return {"labels": Seq([Map(entry, labels.writes)], labels.writes)}


def _says(options: Map, key: str) -> bool:
    switch = options.items.get(key)
    return isinstance(switch, Leaf) and switch.value is True


def _patches(repository: Repository, options: Map) -> list[Patch | Unreadable]:
    found: list[Patch | Unreadable] = []
    field = options.items.get("patches")
    for item in field.items if isinstance(field, Seq) else ():
        target, body = get(item, ("target",)), get(item, ("patch",))
        selector = target if isinstance(target, Map) else None
        place = decided_at(body) if isinstance(body, Leaf) else None
        if place is not None:
            found.append(inline_patch(repository, place, selector))
        else:
            found.append(Unreadable("a patch of the Application is not in its manifest", selector))
    return found


def _image(leaf: Leaf) -> Map:
    """An entry of `images`, `[name=]new[:tag][@digest]`, as an item of a kustomization's."""
    text = leaf.value if isinstance(leaf.value, str) else ""
    name, equals, new = text.rpartition("=")
    body, _, digest = new.partition("@")
    repository, colon, tag = body.rpartition(":")
    if not colon or "/" in tag:
        repository, tag = body, ""
    writes = tuple(Write(Layer.PARAMETER, write.place) for write in leaf.writes[-1:])
    parts = {"name": name or repository, "newName": repository if equals else "", "newTag": tag, "digest": digest}
    return Map({key: Leaf(value, writes) for key, value in parts.items() if value}, writes)
