"""Strategic merge patches, as kyaml applies them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from immichlint.facts import load
from immichlint.trees.merge import as_deletion, history, is_null, over_written
from immichlint.trees.tree import Leaf, Map, Seq, Tree

_DIRECTIVE: Final = "$patch"


def merge_keys(group: str) -> Mapping[str, tuple[str, ...]]:
    """The merge keys of list fields for objects of an API group; none for kinds without a schema."""
    facts = load("merge_keys")
    return facts["keys"] if group in facts["groups"] else {}


def strategic_merge(base: Tree, patch: Tree, keys: Mapping[str, tuple[str, ...]]) -> Tree | None:
    """The base with a patch merged in; None where the patch deletes it.

    Mappings merge deep; a list whose field has a merge key merges item by item, the items of the patch first,
    and any other list is replaced; null deletes; `$patch: delete | replace` is obeyed.
    """
    if not isinstance(base, Map) or not isinstance(patch, Map):
        return over_written(base, patch)
    said = directive(patch)
    if said == "delete":
        return None
    if said == "replace":
        return over_written(base, _without_directive(patch))
    items = dict(base.items)
    deleted = dict(base.deleted)
    for key, value in patch.items.items():
        below = items.get(key)
        merged = None if is_null(value) else _field(key, below, value, keys)
        if merged is None:
            items.pop(key, None)
            deleted[key] = history(below) + as_deletion(value.writes)
        else:
            items[key] = merged
            deleted.pop(key, None)
    return Map(items, base.writes + patch.writes, deleted, base.open or patch.open)


def _field(key: str, base: Tree | None, patch: Tree, keys: Mapping[str, tuple[str, ...]]) -> Tree | None:
    if base is None:
        return _cleaned(patch)
    if isinstance(base, Seq) and isinstance(patch, Seq):
        return _sequence(base, patch, keys, keys.get(key, ()))
    return strategic_merge(base, patch, keys)


def _sequence(base: Seq, patch: Seq, keys: Mapping[str, tuple[str, ...]], candidates: tuple[str, ...]) -> Tree:
    key = next((name for name in candidates if _all_have(base, patch, name)), None)
    if key is None:
        return over_written(base, patch)
    kept = [item for item in patch.items if not _replaces_list(item, key)]
    if len(kept) < len(patch.items):
        # kyaml takes a list that holds nothing but the directive for no patch at all.
        return Seq([_cleaned(item) for item in kept], base.writes + patch.writes) if kept else base
    rest = list(base.items)
    first: list[Tree] = []
    for item in patch.items:
        at = next((index for index, other in enumerate(rest) if _same(other, item, key)), None)
        if at is not None:
            old = rest.pop(at)
            # kyaml does not obey `$patch: replace` in an item that has its key, and takes nothing of it.
            kept_as_is = isinstance(item, Map) and directive(item) == "replace"
            merged = old if kept_as_is else strategic_merge(old, item, keys)
            first += [merged] if merged is not None else []
        elif not _deletes(item):
            first.append(_cleaned(item))
    return Seq(first + rest, base.writes + patch.writes, base.open or patch.open)


def _all_have(base: Seq, patch: Seq, key: str) -> bool:
    return all(isinstance(item, Map) and key in item.items for item in base.items) and all(
        isinstance(item, Map) and (key in item.items or _DIRECTIVE in item.items) for item in patch.items
    )


def _replaces_list(item: Tree, key: str) -> bool:
    return isinstance(item, Map) and directive(item) == "replace" and key not in item.items


def _deletes(item: Tree) -> bool:
    return isinstance(item, Map) and directive(item) == "delete"


def _same(one: Tree, other: Tree, key: str) -> bool:
    if not isinstance(one, Map) or not isinstance(other, Map):
        return False
    mine, theirs = one.items.get(key), other.items.get(key)
    return isinstance(mine, Leaf) and isinstance(theirs, Leaf) and mine.value == theirs.value


def directive(patch: Map) -> str:
    """What `$patch` says of a mapping; empty where it says nothing."""
    node = patch.items.get(_DIRECTIVE)
    return node.value if isinstance(node, Leaf) and isinstance(node.value, str) else ""


def _without_directive(patch: Map) -> Map:
    items = {key: value for key, value in patch.items.items() if key != _DIRECTIVE}
    return Map(items, patch.writes, patch.deleted, patch.open)


def _cleaned(patch: Tree) -> Tree:
    """What a patch writes where nothing was: without nulls and directives."""
    if isinstance(patch, Seq):
        kept = [item for item in patch.items if not _deletes(item)]
        return Seq([_cleaned(item) for item in kept], patch.writes, patch.open)
    if not isinstance(patch, Map):
        return patch
    items: dict[str, Tree] = {}
    deleted = dict(patch.deleted)
    for key, value in patch.items.items():
        if is_null(value):
            deleted[key] = as_deletion(value.writes)
        elif key != _DIRECTIVE:
            items[key] = _cleaned(value)
    return Map(items, patch.writes, deleted, patch.open)
