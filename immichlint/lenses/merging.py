"""How charts put their values together: the user's over their own, a component's over the shared ones, and what
templates set themselves below all of them (I§7.2)."""

from __future__ import annotations

from immichlint.trees.merge import as_deletion, history, is_null, over_written
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree


def overlaid(base: Tree, over: Tree, *, null_deletes: bool) -> Tree:
    """Mappings merged deep, all else replaced. What `over` does not say is uncertain where `over` is open.

    Helm's merge with a chart's values deletes what is null; `mergeOverwrite` keeps the null.
    """
    if not isinstance(base, Map) or not isinstance(over, Map):
        return over_written(base, over)
    items: dict[str, Tree] = {}
    deleted = {**base.deleted, **over.deleted}
    for key, below in base.items.items():
        above = over.items.get(key)
        if above is None:
            items[key] = uncertain(below, over.open) if over.open else below
        elif null_deletes and is_null(above):
            deleted[key] = history(below) + as_deletion(above.writes)
        else:
            items[key] = overlaid(below, above, null_deletes=null_deletes)
    items.update({key: above for key, above in over.items.items() if key not in base.items})
    return Map(items, base.writes + over.writes, deleted, base.open or over.open)


def filled(values: Tree, hardcoded: Tree) -> Tree:
    """The values with what the chart sets in its templates: that counts where a value is absent or *empty*.

    Empty is also `false`, `0` and `""`, because the templates use `merge` of mergo (I§7.2).
    """
    if isinstance(values, Map) and isinstance(hardcoded, Map):
        items = dict(values.items)
        for key, default in hardcoded.items.items():
            own = items.get(key)
            if own is not None:
                items[key] = filled(own, default)
            else:
                items[key] = uncertain(default, values.open) if values.open else default
        return Map(items, hardcoded.writes + values.writes, values.deleted, values.open)
    return over_written(values, hardcoded) if is_empty(values) else values


def is_empty(tree: Tree) -> bool:
    """Whether `merge` takes a value for one that is not set."""
    if isinstance(tree, Leaf):
        return not isinstance(tree.value, Hole) and not tree.value
    return not tree.items and not tree.open


def uncertain(tree: Tree, why: str) -> Tree:
    """A tree that something which is not visible may replace; its texts stay as hints."""
    if isinstance(tree, Map):
        items = {key: uncertain(item, why) for key, item in tree.items.items()}
        return Map(items, tree.writes, tree.deleted, tree.open or why)
    if isinstance(tree, Seq):
        return Seq([uncertain(item, why) for item in tree.items], tree.writes, tree.open or why)
    if isinstance(tree.value, Hole):
        return tree
    text = tree.value if isinstance(tree.value, str) else str(tree.value).lower()
    return Leaf(Hole(text, why), tree.writes)
