"""Replacements: values that are copied from a field of one object into fields of others (api/filters/replacement)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from immichlint.gitops.kustomize.identity import every, picks
from immichlint.gitops.kustomize.paths import Matcher, PathError, at, steps, text
from immichlint.gitops.kustomize.selectors import matches
from immichlint.gitops.kustomize.words import typed_by_kustomize
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.trees.pieces import joined, part
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, Write, get

_DEFAULT_PATH: Final = "metadata.name"
_IDENTITY: Final = ("group", "version", "kind", "name", "namespace")


class _UnknownError(Exception):
    """A replacement that cannot be made; the message says why."""


def replaced_by(made: Sequence[Manifest], replacement: Map, where: str) -> list[Manifest]:
    """The objects after one replacement. `where`: the kustomization, for messages.

    What kustomize refuses, or what depends on an object that is not known, leaves the targets unsettled.
    """
    targets = [item for item in _items(replacement, "targets") if isinstance(item, Map)]
    try:
        value = _source(made, replacement)
    except (_UnknownError, PathError) as error:
        why = f"a replacement of {where} is not computed: {error}"
        return [item.unsettled_by(why) if _is_target(targets, item) else item for item in made]
    result = list(made)
    for target in targets:
        for index, manifest in enumerate(result):
            if _selects(target, manifest):
                result[index] = _put(manifest, target, value, where)
    return result


def _items(tree: Map | None, key: str) -> list[Tree]:
    field = tree.items.get(key) if tree is not None else None
    return field.items if isinstance(field, Seq) else []


def _source(made: Sequence[Manifest], replacement: Map) -> Tree:
    literal, source = replacement.items.get("sourceValue"), replacement.items.get("source")
    if isinstance(literal, Leaf):
        return literal
    if not isinstance(source, Map):
        raise _UnknownError("it has no source")
    found = [manifest for manifest in made if any(picks(source, identity) for identity in every(manifest))]
    if len(found) != 1:
        said = "/".join(filter(None, (text_at(source, "kind"), text_at(source, "name"))))
        raise _UnknownError(f"its source {said} is {'several objects' if found else 'not there'}")
    (manifest,) = found
    if manifest.unsettled:
        raise _UnknownError(manifest.unsettled)
    path = text_at(source, "fieldPath") or _DEFAULT_PATH
    value = at(manifest.tree, steps(path))
    if value is None or _is_empty(value):
        raise _UnknownError(f"{manifest.kind} {manifest.name} has no {path}")
    return _refined(value, source.items.get("options"), path)


def _is_empty(tree: Tree) -> bool:
    return tree.value in (None, "") if isinstance(tree, Leaf) else not tree.items


def _refined(value: Tree, options: Tree | None, path: str) -> Tree:
    delimiter, index = _options(options)
    if not delimiter:
        return value
    if not isinstance(value, Leaf):
        raise _UnknownError(f"{path} is no scalar, and has a delimiter")
    pieces = _slices(value, delimiter)
    if not 0 <= index < len(pieces):
        raise _UnknownError(f"{path} has no part {index}")
    return pieces[index]


def _options(options: Tree | None) -> tuple[str, int]:
    if not isinstance(options, Map):
        return "", 0
    index = options.items.get("index")
    number = index.value if isinstance(index, Leaf) and isinstance(index.value, int) else 0
    return text_at(options, "delimiter"), number


def _slices(leaf: Leaf, delimiter: str) -> list[Leaf]:
    """The parts of a scalar between delimiters, each with its place."""
    whole = text(leaf)
    found: list[Leaf] = []
    start = 0
    layer = leaf.writes[-1].layer if leaf.writes else None
    for piece in whole.split(delimiter):
        end = start + len(piece)
        writes = (Write(layer, part(leaf, start, end)),) if layer is not None else ()
        found.append(Leaf(Hole(piece, leaf.value.why) if isinstance(leaf.value, Hole) else piece, writes))
        start = end + len(delimiter)
    return found


def _is_target(targets: Sequence[Map], manifest: Manifest) -> bool:
    return not targets or any(_selects(target, manifest) for target in targets)


def _selects(target: Map, manifest: Manifest) -> bool:
    select = target.items.get("select")
    if not isinstance(select, Map) or not _labels_match(select, manifest):
        return False
    known = every(manifest)
    for reject in _items(target, "reject"):
        if not isinstance(reject, Map):
            continue
        if (text_at(reject, "labelSelector") or text_at(reject, "annotationSelector")) and _labels_match(
            reject, manifest
        ):
            return False
        if any(text_at(reject, key) for key in _IDENTITY) and any(picks(reject, identity) for identity in known):
            return False
    return any(picks(select, identity) for identity in known)


def _labels_match(selector: Map, manifest: Manifest) -> bool:
    return all(
        matches(text_at(selector, key), get(manifest.tree, ("metadata", field)))
        for key, field in (("labelSelector", "labels"), ("annotationSelector", "annotations"))
    )


def _put(manifest: Manifest, target: Map, value: Tree, where: str) -> Manifest:
    options = target.items.get("options")
    create = isinstance(options, Map) and isinstance(made := options.items.get("create"), Leaf) and made.value is True
    tree: Tree = manifest.tree
    try:
        for path in _paths(target):

            def change(field: Tree | None) -> Tree:
                return _replaced(field, value, options)

            matcher = Matcher(change, type(value) if create else None, value.writes)
            tree = matcher.changed(tree, steps(path))
            if not matcher.found:
                raise PathError(f"{manifest.kind} {manifest.name} has no {path}")
    except (PathError, _UnknownError) as error:
        return manifest.unsettled_by(f"a replacement of {where} is not computed: {error}")
    return manifest.with_tree(tree)


def _paths(target: Map) -> Iterator[str]:
    listed = [item.value for item in _items(target, "fieldPaths") if isinstance(item, Leaf)]
    yield from (path for path in listed if isinstance(path, str))
    if not listed:
        yield _DEFAULT_PATH


def _replaced(field: Tree | None, value: Tree, options: Tree | None) -> Tree:
    delimiter, index = _options(options)
    if field is None:
        # What is made has no type of its own: its text is read again.
        return Leaf(typed_by_kustomize(text(value)), value.writes, value.pieces) if isinstance(value, Leaf) else value
    if not isinstance(field, Leaf):
        if delimiter:
            raise _UnknownError("what it replaces is no scalar, and has a delimiter")
        return value
    if not isinstance(value, Leaf):
        if not isinstance(field.value, str) or delimiter:
            raise _UnknownError("it puts what is no scalar into a scalar")
        value = Leaf("", value.writes)
    new = _spliced(field, value, delimiter, index) if delimiter else value
    return _typed_as(field, new)


def _spliced(field: Leaf, value: Leaf, delimiter: str, index: int) -> Leaf:
    slices: list[Leaf] = _slices(field, delimiter)
    if index < 0:
        slices.insert(0, value)
    elif index >= len(slices):
        slices.append(value)
    else:
        slices[index] = value
    parts: list[Leaf | str] = []
    for piece in slices:
        parts += [delimiter, piece] if parts else [piece]
    return joined(parts)


def _typed_as(field: Leaf, new: Leaf) -> Leaf:
    """The new text in the type of what it replaces, which kustomize keeps."""
    writes = field.writes + new.writes
    if isinstance(new.value, Hole):
        return Leaf(new.value, writes, new.pieces)
    said = text(new)
    if isinstance(field.value, (str, Hole)):
        return Leaf(said, writes, new.pieces)
    value = typed_by_kustomize(said)
    if type(value) is not type(field.value):
        raise _UnknownError(f"`{said}` replaces what is of another type")
    return Leaf(value, writes, new.pieces)
