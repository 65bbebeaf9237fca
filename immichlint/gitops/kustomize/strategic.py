"""Strategic merge patches, as kyaml applies them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from immichlint.facts import load
from immichlint.trees.merge import as_deletion, history, is_null, over_written
from immichlint.trees.tree import Leaf, Map, Seq, Tree

_DIRECTIVE: Final = "$patch"
_DIRECTIVES: Final = ("", "merge", "replace", "delete")
_KINDS: Final = {Map: "a mapping", Seq: "a list", Leaf: "a scalar"}

Keys: TypeAlias = Mapping[str, tuple[str, ...]]


class PatchError(ValueError):
    """A patch that kustomize refuses; the message says why."""


def merge_keys(group: str) -> Keys:
    """The merge keys of list fields for objects of an API group; none for kinds without a schema."""
    facts = load("merge_keys")
    return facts["keys"] if group in facts["groups"] else {}


def strategic_merge(base: Map, patch: Map, keys: Keys) -> Map | None:
    """The base with a patch merged in; None where the patch deletes it. Raises PatchError.

    Mappings merge deep; a list whose field has a merge key merges item by item, the items of the patch first,
    and any other list is replaced by the patch's, which is taken to the letter; null deletes;
    `$patch: delete | replace | merge` is obeyed.
    """
    said = directive(patch)
    if said == "delete":
        return None
    if said not in _DIRECTIVES:
        raise PatchError(f"there is no `{_DIRECTIVE}: {said}`")
    if said == "replace":
        base = Map({}, base.writes)
    items = dict(base.items)
    deleted = dict(base.deleted)
    for key, value in patch.items.items():
        if key == _DIRECTIVE:
            continue
        below = items.get(key)
        merged = None if is_null(value) else _field(key, below, value, keys)
        if merged is None:
            items.pop(key, None)
            deleted[key] = history(below) + as_deletion(value.writes)
        else:
            items[key] = merged
            deleted.pop(key, None)
    return Map(items, base.writes + patch.writes, deleted, base.open or patch.open)


def _field(key: str, base: Tree | None, patch: Tree, keys: Keys) -> Tree | None:
    if base is not None and not is_null(base) and type(base) is not type(patch):
        raise PatchError(f"`{key}` is {_KINDS[type(base)]} and the patch has {_KINDS[type(patch)]}")
    if isinstance(patch, Seq):
        return _sequence(base if isinstance(base, Seq) else Seq([], ()), patch, keys, keys.get(key, ()))
    if isinstance(patch, Map):
        return strategic_merge(base if isinstance(base, Map) else Map({}, ()), patch, keys)
    return _scalar(base, patch) if isinstance(base, Leaf) and isinstance(patch, Leaf) else patch


def _scalar(base: Leaf, patch: Leaf) -> Tree:
    """A scalar over another: kyaml writes it in the style of the other, so that a number over a quoted text is a
    text."""
    if patch.raw and not base.plain and not base.raw and base.value is not None:
        patch = Leaf(patch.raw, patch.writes, patch.pieces)
    return over_written(base, patch)


def _sequence(base: Seq, patch: Seq, keys: Keys, candidates: tuple[str, ...]) -> Seq | None:
    """A list with a patch merged in; None where the patch deletes it. What an item without the key says is said of
    the list. Raises PatchError."""
    key = next((name for name in candidates if _all_have(base, patch, name)), None)
    if key is None:
        return patch
    changes = [item for item in _mappings(patch) if key in item.items]
    said = {directive(item) for item in _mappings(patch) if key not in item.items}
    for unknown in said.difference(_DIRECTIVES):
        raise PatchError(f"there is no `{_DIRECTIVE}: {unknown}`")
    if "delete" in said:
        return None
    rest = [] if "replace" in said else _mappings(base)
    first: list[Tree] = []
    for item in changes:
        at = next((index for index, other in enumerate(rest) if _same(other, item, key)), None)
        old = rest.pop(at) if at is not None else Map({}, ())
        # kyaml does not obey `$patch: replace` in an item that has its key, and takes nothing of it.
        kept_as_is = at is not None and directive(item) == "replace"
        merged = old if kept_as_is else strategic_merge(old, item, keys)
        first += [merged] if merged is not None else []
    return Seq([*first, *rest], base.writes + patch.writes, base.open or patch.open)


def _all_have(base: Seq, patch: Seq, key: str) -> bool:
    return all(isinstance(item, Map) and key in item.items for item in base.items) and all(
        isinstance(item, Map) and (key in item.items or _DIRECTIVE in item.items) for item in patch.items
    )


def _mappings(sequence: Seq) -> list[Map]:
    return [item for item in sequence.items if isinstance(item, Map)]


def _same(one: Map, other: Map, key: str) -> bool:
    mine, theirs = one.items.get(key), other.items.get(key)
    return isinstance(mine, Leaf) and isinstance(theirs, Leaf) and mine.value == theirs.value


def directive(patch: Map) -> str:
    """What `$patch` says of a mapping; empty where it says nothing."""
    node = patch.items.get(_DIRECTIVE)
    return node.value if isinstance(node, Leaf) and isinstance(node.value, str) else ""
