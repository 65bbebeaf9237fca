"""The transformers of a kustomization, in kustomize's order (api/internal/target/kusttarget_configplugin.go).

Most kustomizations have few of them: each is imported where there is a field for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from immichlint.gitops.kustomize.configuration import Configuration
from immichlint.gitops.kustomize.fields import FieldError, own_specs
from immichlint.gitops.kustomize.inflated import unsettled_charts
from immichlint.gitops.kustomize.kustomization import Kustomization, is_remote, joined_path
from immichlint.gitops.kustomize.namespace import set_namespace
from immichlint.gitops.kustomize.patches import Patch, Unreadable, apply_patches
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.trees.grow import grow
from immichlint.trees.tree import Layer, Leaf, Map, Seq, Tree
from immichlint.yamltree.place import DocumentId

Step: TypeAlias = Callable[[Manifest], Manifest]

_IMAGES: Final = ("images", "imageTags")


def transformed(kustomization: Kustomization, made: Sequence[Manifest], configuration: Configuration) -> list[Manifest]:
    """The objects after the transformers that a kustomization has fields for."""
    tree = kustomization.tree
    items = tree.items
    bodies = [*_patches(kustomization, "patchesStrategicMerge"), *_patches(kustomization, "patches")]
    later = _patches(kustomization, "patchesJson6902")
    result = unsettled_charts(apply_patches(made, bodies), kustomization.path, tree, [*bodies, *later])
    for step in before_json_patches(items, configuration):
        result = each(result, step, kustomization.path)
    if later:
        result = apply_patches(result, later)
    for step in after_json_patches(items, configuration):
        result = each(result, step, kustomization.path)
    return replacements(kustomization, items.get("replacements"), result)


def _patches(kustomization: Kustomization, field: str) -> list[Patch | Unreadable]:
    if field not in kustomization.tree.items:
        return []
    from immichlint.gitops.kustomize.bodies import patches

    return list(patches(kustomization, field))


def each(made: Sequence[Manifest], step: Step, path: str) -> list[Manifest]:
    """The objects after a step; one that it cannot be made on is unsettled. `path`: of the kustomization."""
    result: list[Manifest] = []
    for manifest in made:
        try:
            result.append(step(manifest))
        except FieldError as error:
            result.append(manifest.unsettled_by(f"{path} changes a field that is not what it should be: {error}"))
    return result


def before_json_patches(items: Mapping[str, Tree], configuration: Configuration) -> Iterator[Step]:
    """The steps of a kustomization's fields that come before its `patchesJson6902`."""
    namespace, prefix, suffix = (items.get(key) for key in ("namespace", "namePrefix", "nameSuffix"))
    labels, common, annotations = (items.get(key) for key in ("labels", "commonLabels", "commonAnnotations"))
    if isinstance(namespace, Leaf):
        place, fields = namespace.writes[-1].place, (*own_specs("namespace"), *configuration.of("namespace"))
        yield lambda manifest: set_namespace(manifest, namespace, place, fields)
    if isinstance(prefix, Leaf):
        from immichlint.gitops.kustomize import naming

        yield lambda manifest: naming.with_prefix(manifest, prefix, (naming.OWN_NAME, *configuration.of("namePrefix")))
    if isinstance(suffix, Leaf):
        from immichlint.gitops.kustomize import naming

        yield lambda manifest: naming.with_suffix(manifest, suffix, (naming.OWN_NAME, *configuration.of("nameSuffix")))
    if isinstance(labels, Seq):
        from immichlint.gitops.kustomize import metadata

        yield lambda manifest: metadata.with_labels(manifest, labels, configuration)
    if isinstance(common, Map):
        from immichlint.gitops.kustomize import metadata

        yield lambda manifest: metadata.with_common_labels(manifest, common, configuration)
    if isinstance(annotations, Map):
        from immichlint.gitops.kustomize import metadata

        yield lambda manifest: metadata.with_annotations(manifest, annotations, configuration)


def after_json_patches(items: Mapping[str, Tree], configuration: Configuration) -> Iterator[Step]:
    """The steps of a kustomization's fields that come after its `patchesJson6902`."""
    replicas = items.get("replicas")
    if isinstance(replicas, Seq):
        from immichlint.gitops.kustomize import transformers

        yield lambda manifest: transformers.set_replicas(manifest, replicas, configuration.of("replicas"))
    for images in (items[key] for key in _IMAGES if key in items):
        if isinstance(images, Seq):
            yield _images(images, configuration)


def _images(images: Seq, configuration: Configuration) -> Step:
    from immichlint.gitops.kustomize.transformers import set_images

    return lambda manifest: set_images(manifest, images, configuration.of("images"))


def replacements(kustomization: Kustomization, field: Tree | None, made: Sequence[Manifest]) -> list[Manifest]:
    """The objects after the replacements of a list, which stand in it or in files."""
    result = list(made)
    if not isinstance(field, Seq):
        return result
    from immichlint.gitops.kustomize.replacements import replaced_by

    for index, item in enumerate(field.items):
        if not isinstance(item, Map):
            continue
        path = text_at(item, "path")
        found = [item] if not path else _from_file(kustomization, ("replacements", index, "path"), path)
        if found is None:
            why = f"the replacements in {path} are not known"
            result = [manifest.unsettled_by(why) for manifest in result]
        for replacement in found or ():
            result = replaced_by(result, replacement, kustomization.path)
    return result


def _from_file(kustomization: Kustomization, route: tuple[str | int, ...], entry: str) -> list[Map] | None:
    """The replacements of a file; None where they are not known."""
    repository = kustomization.repository
    file = repository.resolved(joined_path(kustomization.folder, entry))
    if file not in repository:
        if not is_remote(entry):
            kustomization.lacks(route, entry, file)
        return None
    kustomization.notes.files.add(file)
    reading = repository.read(file)
    if not reading.documents:
        return None
    tree = grow(reading.documents[0], DocumentId(file, 0), Layer.TRANSFORMER)
    if isinstance(tree, Map):
        return [tree]
    return [item for item in tree.items if isinstance(item, Map)] if isinstance(tree, Seq) else None
