"""ConfigMaps and Secrets that a kustomization generates, and what they are merged into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from immichlint.gitops.kustomize.identity import current, every
from immichlint.gitops.kustomize.kustomization import MERGING, generator_entries, kustomization_tree
from immichlint.gitops.kustomize.sources import Absent, SourceError, sources
from immichlint.gitops.manifest import Manifest, Past, text_at
from immichlint.named_tuple import NamedTuple
from immichlint.repo.classify import is_kustomization, parent
from immichlint.repo.repository import Repository
from immichlint.trees.merge import over_written
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Tree, Write, Writes, get, replaced
from immichlint.yamltree.place import FILE, DocumentId, Place

_OPTIONS: Final = ("labels", "annotations")
_SECRET: Final = "it is data of a generated Secret"


class Generated(NamedTuple):
    """An object that a generator makes, with its `behavior`: empty, `create`, `merge` or `replace`. `absent`: the
    files that are not there."""

    manifest: Manifest
    behavior: str
    absent: tuple[Absent, ...] = ()


def generate(
    repository: Repository, folder: str, kind: str, entry: Map, home: Place, common: Tree | None = None
) -> Generated | None:
    """The object of a generator's entry; None without a name. `common`: the kustomization's `generatorOptions`."""
    name = entry.items.get("name") or get(entry, ("metadata", "name"))
    if not isinstance(name, Leaf) or not isinstance(name.value, str):
        return None
    namespace = entry.items.get("namespace") or get(entry, ("metadata", "namespace"))
    options = [item for item in (entry.items.get("options"), common) if isinstance(item, Map)]
    # No document holds what is generated as a whole: only its parts have places, where they can be changed.
    said = (Write(Layer.GENERATOR, None),)
    metadata: dict[str, Tree] = {"name": name}
    if isinstance(namespace, Leaf):
        metadata["namespace"] = namespace
    for field in _OPTIONS:
        values = _together([option.items.get(field) for option in options])
        if values:
            metadata[field] = Map(values, said)
    items: dict[str, Tree] = {"apiVersion": Leaf("v1", said), "kind": Leaf(kind, said), "metadata": Map(metadata, said)}
    if kind == "Secret":
        items["type"] = entry.items.get("type") or Leaf("Opaque", said)
        items["data"] = Map({}, said)
    if any(_says(option, "immutable") for option in options):
        items["immutable"] = Leaf(True, said)
    past = Past(generated=True, hashed=not any(_says(option, "disableNameSuffixHash") for option in options))
    manifest, absent = _filled(Manifest(Map(items, said), home, past=past), repository, folder, entry)
    return Generated(manifest, text_at(entry, "behavior"), absent)


def generated_named(repository: Repository, kind: str, name: str) -> tuple[Manifest, ...]:
    """The ConfigMaps or Secrets of this name that any kustomization generates, applied or not."""
    key = ("generated named", kind, name)
    return repository.remember(key, lambda: tuple(_generated_named(repository, kind, name)))


def _generated_named(repository: Repository, kind: str, name: str) -> Iterator[Manifest]:
    for path in repository.containing(name.encode(), b"Generator") if name else ():
        tree = kustomization_tree(repository, path) if is_kustomization(path) else None
        if tree is None:
            continue
        for field, index, made, entry in generator_entries(tree):
            if made == kind and text_at(entry, "name") == name:
                home, common = Place(DocumentId(path, 0), (field, index)), tree.items.get("generatorOptions")
                found = generate(repository, parent(path), kind, entry, home, common)
                if found is not None:
                    yield found.manifest


def _filled(manifest: Manifest, repository: Repository, folder: str, entry: Map) -> tuple[Manifest, tuple[Absent, ...]]:
    data: dict[str, Leaf] = {}
    binary: dict[str, Leaf] = {}
    absent: list[Absent] = []
    secret = manifest.kind == "Secret"
    said = manifest.tree.writes
    try:
        for source in sources(repository, folder, entry):
            if isinstance(source, Absent):
                absent.append(source)
                continue
            if source.key in data or source.key in binary:
                raise SourceError(f"the key {source.key} is there twice")
            place = binary if isinstance(source.value, bytes) and not secret else data
            place[source.key] = source.leaf(as_base64=secret)
    except SourceError as error:
        manifest = manifest.unsettled_by(f"{manifest.kind} {manifest.name} cannot be generated: {error}")
    why = f"{absent[0].path} is not known: {absent[0].unread or 'it is not there'}" if absent else None
    tree = manifest.tree
    if data or secret or why:
        # The key of an absent env file is not known either, nor is the hash.
        tree = Map({**tree.items, "data": Map(_as_trees(data), said, None, why)}, said)
    if binary:
        tree = Map({**tree.items, "binaryData": Map(_as_trees(binary), said)}, said)
    if why:
        manifest = manifest._replace(past=manifest.past._replace(hashed=False))
    return manifest.with_tree(tree), tuple(absent)


def _as_trees(leaves: dict[str, Leaf]) -> dict[str, Tree]:
    return dict(sorted(leaves.items()))


def _together(maps: Sequence[Tree | None]) -> dict[str, Tree]:
    found: dict[str, Tree] = {}
    for values in reversed(maps):
        found |= values.items if isinstance(values, Map) else {}
    return found


def _says(tree: Map, key: str) -> bool:
    switch = tree.items.get(key)
    return isinstance(switch, Leaf) and switch.value is True


def absorbed(made: Sequence[Manifest], found: Generated) -> list[Manifest]:
    """The objects with a generated one among them: added, merged into another, or in its place."""
    new, behavior = found.manifest, found.behavior
    wanted = current(new)
    at = [index for index, manifest in enumerate(made) if wanted in every(manifest)]
    merging = behavior in MERGING
    if not at:
        # Kustomize refuses to merge into what is not there: it comes from elsewhere, or it is wrong.
        return [*made, _refused(new, behavior) if merging else new]
    if len(at) > 1 or not merging:
        why = f"several objects are the {new.kind} {new.name}, and kustomize refuses to generate it"
        return [*(item.unsettled_by(why) if index in at else item for index, item in enumerate(made))]
    result = list(made)
    result[at[0]] = _merged(made[at[0]], new, keep=behavior == "merge")
    return result


def _refused(manifest: Manifest, behavior: str) -> Manifest:
    return manifest.unsettled_by(f"there is no {manifest.kind} {manifest.name} to {behavior} it with")


def _merged(old: Manifest, new: Manifest, *, keep: bool) -> Manifest:
    metadata = new.tree.items["metadata"]
    before = old.tree.items.get("metadata")
    assert isinstance(metadata, Map)
    assert isinstance(before, Map)
    fields: dict[str, Tree] = {key: before.items[key] for key in ("name", "namespace") if key in before.items}
    for field in _OPTIONS:
        values = _over(before.items.get(field), metadata.items.get(field))
        if values.items:
            fields[field] = values
    items = {**new.tree.items, "metadata": Map(fields, before.writes + metadata.writes)}
    for field in ("data", "binaryData") if keep else ():
        values = _over(before=old.tree.items.get(field), after=new.tree.items.get(field))
        if values.items or values.open:
            items[field] = values
    past = old.past._replace(
        hashed=old.past.hashed and new.past.hashed, generated=old.past.generated or new.past.generated
    )
    return Manifest(Map(items, old.tree.writes + new.tree.writes), old.home, old.unsettled or new.unsettled, past)


def _over(before: Tree | None, after: Tree | None) -> Map:
    old = before if isinstance(before, Map) else Map({}, ())
    new = after if isinstance(after, Map) else Map({}, ())
    items: dict[str, Tree] = {key: _as_text(item) for key, item in old.items.items()}
    for key, value in new.items.items():
        items[key] = over_written(items[key], value) if key in items else value
    return Map(items, old.writes + new.writes, old.deleted, old.open or new.open)


def _as_text(tree: Tree) -> Tree:
    if isinstance(tree, Leaf) and tree.raw and tree.value is not None:
        return Leaf(tree.raw, tree.writes)
    return tree


def concealed(manifest: Manifest) -> Manifest:
    """A generated Secret as everything after the build sees it: the keys without their values."""
    tree: Tree = manifest.tree
    for key, value in _data(manifest.tree):
        tree = replaced(tree, ("data", key), Leaf(Hole("", _SECRET), _in_manifests(value)))
    return manifest.with_tree(tree)


def _in_manifests(writes: Writes) -> Writes:
    """The writes without places in other files, which hold nothing but secrets and are never shown."""
    return tuple(
        write._replace(place=None) if write.place is not None and write.place.document.index == FILE else write
        for write in writes
    )


def _data(tree: Map) -> Iterable[tuple[str, Writes]]:
    data = tree.items.get("data")
    return [(key, item.writes) for key, item in data.items.items()] if isinstance(data, Map) else []
