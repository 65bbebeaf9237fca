"""New objects: where they are written so that they are applied with their neighbour, and whether exactly they are."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from immichlint.findings.change import Addition
from immichlint.fixing.effects import Keyed, normal, opened
from immichlint.gitops.kustomize.kustomization import kustomization_tree, strings
from immichlint.gitops.manifest import Manifest, manifests, text_at
from immichlint.gitops.reach import Reach
from immichlint.lenses.effective import Alternative, Effective
from immichlint.repo.documents import document
from immichlint.repo.repository import Repository
from immichlint.stack.stack import Stack
from immichlint.yamltree.lookup import Data, data, find
from immichlint.yamltree.ops import AddDocument, Append, NewFile, Op, Refusal
from immichlint.yamltree.place import DocumentId, Place
from immichlint.yamltree.render import block
from immichlint.yamltree.style import Style, style_of

_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_FROM_APPLIERS: Final = ("namespace", "labels", "annotations")
"""What those who apply an object add to its metadata."""


def ways_to_add(addition: Addition, neighbour: Effective, repository: Repository) -> Iterator[Alternative]:
    """The alternatives that write a new object beside its neighbour, best first: a file of its own that the same
    kustomizations list, or another document of the neighbour's file where that holds several or none lists it."""
    manifest, home = neighbour.manifest, neighbour.manifest.home
    if addition.listed is not None:
        yield (Append(*addition.listed),)
        return
    if neighbour.source is not manifest:
        maker = neighbour.chart or neighbour.source.kind
        yield Refusal(f"{manifest.kind} {manifest.name} is made by {maker}: add the {_kind(addition)} to what it makes")
        return
    body = document(repository, home.document)
    if body is None or home.document.hosts:
        yield Refusal(f"{home.document.path} is not a file of manifests that another one could be added to")
        return
    value = _in_namespace(addition.written or addition.value, body.root, home)
    if home.route:
        yield (Append(Place(home.document, home.route[:-1]), value),)
        return
    path, style = addition.overlay or home.document.path, style_of(body)
    text = f"{block(value, 0, style._replace(json=False))}\n"
    if addition.overlay:
        new = _file_beside(repository, path, addition)
        entry = Append(Place(DocumentId(path, 0), ("resources",)), posixpath.basename(new))
        yield (NewFile(new, _as_file(text, body.source.text, style)), entry)
        return
    further = (AddDocument(path, text),)
    listed = _listed(repository, path, _file_beside(repository, path, addition))
    if isinstance(listed, Refusal):
        yield listed
        return
    if not listed or len(list(manifests(repository.read(path)))) > 1:
        yield further
        return
    yield (NewFile(_file_beside(repository, path, addition), _as_file(text, body.source.text, style)), *listed)
    yield further


def _kind(addition: Addition) -> str:
    return str(addition.value.get("kind", ""))


def _in_namespace(value: Mapping[str, Data], root: object, home: Place) -> dict[str, Data]:
    """The new object with the namespace as its neighbour's manifest writes it, where that does."""
    found = find(root, (*home.route, "metadata", "namespace"))  # type: ignore[arg-type]
    metadata = value["metadata"]
    if found is None or not isinstance(metadata, dict):
        return dict(value)
    return {**value, "metadata": {"name": metadata["name"], "namespace": data(found.node), **metadata}}


def _file_beside(repository: Repository, path: str, addition: Addition) -> str:
    """A name for the new file that its folder does not have: the kind in kebab case, else with the object's name."""
    folder, kind = posixpath.dirname(path), addition.file or _HUMP.sub("-", _kind(addition)).lower()
    ending = posixpath.splitext(path)[1]
    ending = ending if ending in (".yaml", ".yml") else ".yaml"
    file = posixpath.join(folder, f"{kind}{ending}")
    metadata = addition.value["metadata"]
    name = metadata.get("name") if isinstance(metadata, dict) else ""
    return file if file not in repository else posixpath.join(folder, f"{kind}-{name}{ending}")


def _as_file(text: str, neighbour: str, style: Style) -> str:
    """The text of a new file that begins as its neighbour does."""
    starts = neighbour.lstrip("\ufeff").startswith("---") and not style.json
    return f"---\n{text}" if starts else text


def _listed(repository: Repository, path: str, new: str) -> tuple[Op, ...] | Refusal:
    """The operations that list a new file wherever a file is listed; none where no kustomization lists it."""
    ops: list[Op] = []
    for folder in Reach(repository).listing(path):
        file = repository.kustomization_in(folder)
        tree = kustomization_tree(repository, file) if file is not None else None
        if file is None or tree is None:
            return Refusal(f"the kustomization of {folder} could not be read")
        if text_at(tree, "kind") == "Component":
            return Refusal(f"{file} is a component, which other applications may use too: decide where it belongs")
        for field in ("resources", "bases"):
            for _, entry in strings(tree, field):
                if posixpath.normpath(posixpath.join(folder, entry)) == path:
                    dot = "./" if entry.startswith("./") else ""
                    relative = posixpath.relpath(new, folder or ".")
                    ops.append(Append(Place(DocumentId(file, 0), (field,)), f"{dot}{relative}"))
    return tuple(ops)


def added(
    additions: Iterable[Addition], before: Sequence[Stack], after: Sequence[Stack], data_after: Mapping[str, Keyed]
) -> dict[str, Keyed] | str:
    """The data of the objects that additions make, by identity, each held to its addition; a sentence where one is
    not applied wherever its neighbour is, or is another one."""
    found: dict[str, Keyed] = {}
    existing = {item.key: item for stack in before for item in stack.objects}
    for addition in additions:
        neighbour = existing.get(addition.beside)
        if neighbour is None:
            return "the object is not applied any more"
        wanted = normal(dict(addition.value))
        alike = [item for stack in before for item in stack.objects if _is_same(item, neighbour)]
        if addition.overlay:
            alike = [neighbour]
        if len({item.manifest.name for item in alike}) > 1:
            return f"the {neighbour.manifest.kind} has another name in each environment: add one in each overlay"
        for item in alike:
            new = [
                other
                for stack in after
                for other in stack.objects
                if other.environment == item.environment
                and other.key not in existing
                and _is_meant(other.manifest, addition.value, item.manifest.namespace)
            ]
            where = f" by {item.environment}" if item.environment else ""
            if len(new) != 1:
                return f"the {_kind(addition)} would not be applied{where} as the {item.manifest.kind} is"
            made = opened(data_after[new[0].key])
            if _without_metadata(made) != _without_metadata(wanted) or not _is_plain(made, wanted):
                return f"the {_kind(addition)} would not be applied{where} as it is written"
            found[new[0].key] = made
    return found


def _is_same(one: Effective, other: Effective) -> bool:
    return one.manifest.home == other.manifest.home and one.manifest.kind == other.manifest.kind


def _is_meant(manifest: Manifest, value: Mapping[str, Data], namespace: str) -> bool:
    metadata = value["metadata"]
    name = metadata.get("name") if isinstance(metadata, dict) else None
    identity = (manifest.api_version, manifest.kind, manifest.namespace)
    return identity == (value["apiVersion"], value["kind"], namespace) and name in manifest.names


def _without_metadata(keyed: Keyed) -> Keyed:
    return {key: item for key, item in keyed.items() if key != "metadata"}


def _is_plain(made: Keyed, wanted: Keyed) -> bool:
    """Whether the metadata is what was wanted, with what the appliers add."""
    have, want = made["metadata"], wanted["metadata"]
    extra = set(have) - set(want) - set(_FROM_APPLIERS)
    return not extra and all(key == "name" or have.get(key) == item for key, item in want.items())
