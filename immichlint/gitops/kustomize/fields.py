"""Field specs: which fields of which kinds a transformer changes, and changing them in a tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final, TypeAlias

from immichlint.facts import load
from immichlint.gitops.kustomize.identity import versioned
from immichlint.gitops.manifest import Manifest
from immichlint.named_tuple import NamedTuple
from immichlint.trees.tree import Leaf, Map, Seq, Tree, Writes

Change: TypeAlias = Callable[[Tree], Tree]

_LABELS: Final = "metadata/labels"


class FieldError(ValueError):
    """A field that cannot be what a spec takes it for; the message names it."""


class FieldSpec(NamedTuple):
    """A field of objects of some kinds; empty kinds, group or version are any. `create`: it is made where it is
    absent. `path`: steps, `[]` behind one whose value must be a list."""

    path: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    group: str = ""
    version: str = ""
    create: bool = False

    def is_for(self, kind: str, group: str, version: str) -> bool:
        """Whether an object is of these kinds."""
        return (not self.kinds or kind in self.kinds) and self.group in ("", group) and self.version in ("", version)


def field_spec(row: Mapping[str, Any]) -> FieldSpec:
    """A field spec from its data, as it stands in the facts or in a transformer's configuration."""
    kinds = row.get("kinds") or ([row["kind"]] if row.get("kind") else [])
    group, version = str(row.get("group") or ""), str(row.get("version") or "")
    return FieldSpec(split(str(row.get("path", "")), "/"), tuple(kinds), group, version, row.get("create") is True)


@cache
def own_specs(field: str) -> tuple[FieldSpec, ...]:
    """The specs that kustomize has by itself for a transformer."""
    return tuple(field_spec(row) for row in load("kustomize_fields")[field])


@cache
def template_labels() -> tuple[FieldSpec, ...]:
    """The specs for labels of objects and of the templates in them."""
    return tuple(spec for spec in own_specs("commonLabels") if "/".join(spec.path).endswith(_LABELS))


def split(path: str, delimiter: str) -> tuple[str, ...]:
    """The steps of a path; a delimiter behind a backslash belongs to its step (kyaml/utils/pathsplitter.go)."""
    parts = path.split(delimiter)
    if len(parts) > 1 and parts[0] == "":
        parts = parts[1:]
    steps = parts[:1]
    for part in parts[1:]:
        if steps[-1].endswith("\\"):
            steps[-1] = f"{steps[-1][:-1]}{delimiter}{part}"
        else:
            steps.append(part)
    return tuple(steps)


def changed_at(manifest: Manifest, specs: Iterable[FieldSpec], change: Change, new: Tree | None = None) -> Manifest:
    """The object with the fields of all specs for it changed; `new`: what a missing field is before the change,
    None where it is never made. Raises FieldError."""
    tree: Tree = manifest.tree
    kind, (group, version) = manifest.kind, versioned(manifest.api_version)
    for spec in specs:
        if spec.is_for(kind, group, version):
            tree = _changed(tree, spec.path, change, new if spec.create else None)
    return manifest if tree is manifest.tree else manifest.with_tree(tree)


def changed_below(tree: Tree, path: tuple[str, ...], change: Change) -> Tree:
    """A tree with the fields at a path changed that are there. Raises FieldError."""
    return _changed(tree, path, change, None)


def _changed(tree: Tree, path: tuple[str, ...], change: Change, new: Tree | None) -> Tree:
    if not path:
        return change(tree)
    if isinstance(tree, Seq):
        items = [_changed(item, path, change, new) for item in tree.items]
        return tree if _same(items, tree.items) else Seq(items, tree.writes, tree.open)
    if isinstance(tree, Leaf):
        if tree.value is None:
            return tree
        raise FieldError(f"{path[0]} is sought in a scalar")
    name = path[0].removesuffix("[]")
    below = tree.items.get(name)
    if new is not None and name == path[0] and (below is None or (isinstance(below, Leaf) and below.value is None)):
        below = new if len(path) == 1 else Map({}, _writes(new))
    if below is None:
        return tree
    made = _changed(below, path[1:], change, new)
    if made is tree.items.get(name):
        return tree
    return Map({**tree.items, name: made}, tree.writes, tree.deleted, tree.open)


def _same(one: list[Tree], other: list[Tree]) -> bool:
    return all(new is old for new, old in zip(one, other, strict=True))


def _writes(tree: Tree) -> Writes:
    return tree.writes
