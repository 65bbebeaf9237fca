"""Transformers and generators that a kustomization lists as objects: kustomize's own are computed, others are not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from immichlint.gitops.kustomize import metadata, naming, transformers
from immichlint.gitops.kustomize.bodies import file_or_text, patches_of
from immichlint.gitops.kustomize.fields import FieldSpec
from immichlint.gitops.kustomize.generated import Generated, generate
from immichlint.gitops.kustomize.kustomization import Kustomization
from immichlint.gitops.kustomize.namespace import set_namespace
from immichlint.gitops.kustomize.patches import apply_patches
from immichlint.gitops.kustomize.steps import Step, each, replacements
from immichlint.gitops.kustomize.words import as_texts
from immichlint.gitops.manifest import Manifest, objects, text_at
from immichlint.repo.documents import document, embedded
from immichlint.trees.grow import grow
from immichlint.trees.tree import Layer, Leaf, Map, Seq, get
from immichlint.yamltree.place import Place

_OWN: Final = "builtin"
"""The `apiVersion` of what kustomize brings along."""
_GENERATORS: Final = {"ConfigMapGenerator": "ConfigMap", "SecretGenerator": "Secret"}
_INDIFFERENT: Final = frozenset({"HelmChartInflationGenerator", "IAMPolicyGenerator"})
"""Generators that make no ConfigMap and no Secret of ours."""

_Make: TypeAlias = Callable[[Map], "Step | None"]


def inline(kustomization: Kustomization, route: tuple[str | int, ...], layer: Layer) -> list[Manifest] | None:
    """The objects in the text of an entry; None where the entry is no YAML with objects."""
    outer = document(kustomization.repository, kustomization.home.document)
    inner = embedded(outer, route) if outer is not None else None
    if inner is None:
        return None
    home = kustomization.home.document.inside(route)
    return list(objects(as_texts(grow(inner, home, layer)), Place(home))) or None


def generated(kustomization: Kustomization, config: Manifest) -> Generated | None:
    """What one of kustomize's own generators makes; None for any other."""
    kind = _GENERATORS.get(config.kind) if config.api_version == _OWN else None
    if kind is None:
        return None
    return generate(kustomization.repository, kustomization.folder, kind, config.tree, config.home)


def may_generate(config: Manifest) -> bool:
    """Whether a generator that is not computed may make ConfigMaps and Secrets."""
    return not (config.api_version == _OWN and (config.kind in _INDIFFERENT or config.kind in _GENERATORS))


def transformed(kustomization: Kustomization, config: Manifest, made: Sequence[Manifest]) -> list[Manifest]:
    """The objects after a transformer; unsettled where it is none of kustomize's own."""
    tree = config.tree
    if config.api_version == _OWN and not config.unsettled:
        if config.kind in ("PatchTransformer", "PatchJson6902Transformer"):
            return apply_patches(made, list(patches_of(kustomization, tree)))
        if config.kind == "PatchStrategicMergeTransformer":
            bodies = [patch for leaf in _leaves(tree) for patch in file_or_text(kustomization, leaf)]
            return apply_patches(made, bodies)
        if config.kind == "ReplacementTransformer":
            return replacements(kustomization, tree.items.get("replacements"), made)
        make = _STEPS.get(config.kind)
        step = make(tree) if make is not None else None
        if step is not None:
            return each(made, step, kustomization.path)
    why = f"the transformer {config.kind} {config.name} of {kustomization.path} is not computed"
    return [manifest.unsettled_by(why) for manifest in made]


def _leaves(tree: Map) -> Iterator[Leaf]:
    paths = tree.items.get("paths")
    yield from (item for item in (paths.items if isinstance(paths, Seq) else ()) if isinstance(item, Leaf))
    text = tree.items.get("patches")
    if isinstance(text, Leaf):
        yield text


def _from(field: str, change: Callable[[Manifest, Map, Iterable[FieldSpec]], Manifest]) -> _Make:
    """The step that writes what a mapping of the transformer says to where its `fieldSpecs` are."""

    def make(tree: Map) -> Step | None:
        said, specs = tree.items.get(field), metadata.specs_of(tree, "fieldSpecs")
        return (lambda manifest: change(manifest, said, specs)) if isinstance(said, Map) else None

    return make


def _namespace(tree: Map) -> Step | None:
    namespace, specs = get(tree, ("metadata", "namespace")), metadata.specs_of(tree, "fieldSpecs")
    subjects = text_at(tree, "setRoleBindingSubjects") or "defaultOnly"
    switch = tree.items.get("unsetOnly")
    unset_only = isinstance(switch, Leaf) and switch.value is True
    if not isinstance(namespace, Leaf):
        return None
    place = namespace.writes[-1].place
    return lambda manifest: set_namespace(manifest, namespace, place, specs, subjects, unset_only=unset_only)


def _affixes(tree: Map) -> Step | None:
    prefix, suffix = tree.items.get("prefix"), tree.items.get("suffix")
    specs = metadata.specs_of(tree, "fieldSpecs")

    def step(manifest: Manifest) -> Manifest:
        if isinstance(prefix, Leaf):
            manifest = naming.with_prefix(manifest, prefix, specs)
        return naming.with_suffix(manifest, suffix, specs) if isinstance(suffix, Leaf) else manifest

    return step


_STEPS: Final[Mapping[str, _Make]] = {
    "LabelTransformer": _from("labels", metadata.with_values),
    "AnnotationsTransformer": _from("annotations", metadata.with_values),
    "NamespaceTransformer": _namespace,
    "ImageTagTransformer": _from("imageTag", transformers.set_image),
    "ReplicaCountTransformer": _from("replica", transformers.set_replica),
    "PrefixTransformer": _affixes,
    "SuffixTransformer": _affixes,
    "PrefixSuffixTransformer": _affixes,
}
