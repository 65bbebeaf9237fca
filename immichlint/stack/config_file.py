"""Immich's configuration file, as a ConfigMap or a Secret holds it (I§3.4)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from immichlint.stack.image import SERVER
from immichlint.stack.stack import Stack, may_share
from immichlint.stack.view import View
from immichlint.text import SourceText
from immichlint.trees.grow import grow
from immichlint.trees.tree import Leaf, Map, Tree, decided_at
from immichlint.yamltree.compose import compose
from immichlint.yamltree.errors import YamlError
from immichlint.yamltree.place import DocumentId, Place

_KEYS: Final = frozenset(
    {"ffmpeg", "job", "library", "machineLearning", "map", "newVersionCheck", "notifications", "oauth", "passwordLogin"}
    | {"reverseGeocoding", "server", "storageTemplate", "theme", "trash", "user", "backup", "logging", "image"}
)
"""What stands at the top of the file (server/src/config.ts)."""
_LONGEST: Final = 100_000
"""Characters: with all that can be set written out, a file has about a tenth."""


def configurations(item: View, stack: Stack) -> Iterator[tuple[Map, Place]]:
    """The configuration files in an object's data, each with the place of its key."""
    data = item.field("data").tree
    for value in data.items.values() if isinstance(data, Map) else ():
        place = decided_at(value)
        text = value.value if isinstance(value, Leaf) else None
        # Most texts in ConfigMaps are something else: they are not parsed to see that.
        if isinstance(text, str) and (len(text) > _LONGEST or not _is_configuration(_words(text), item, stack)):
            continue
        tree = _tree(value, place)
        if isinstance(tree, Map) and place is not None and _is_configuration(tree.items.keys(), item, stack):
            yield tree, place.key_of()


def _tree(value: Tree, place: Place | None) -> Tree | None:
    """What an entry holds: the values that a chart writes as a file, or a text; None for what is no YAML."""
    if isinstance(value, Map) or place is None or place.part is not None:
        return value if isinstance(value, Map) else None
    if not isinstance(value, Leaf) or not isinstance(value.value, str) or value.pieces:
        return None
    try:
        documents = compose(SourceText(value.value))
    except YamlError:
        return None
    inside = DocumentId(place.document.path, place.document.index, (*place.document.hosts, place.route))
    return grow(documents[0], inside) if len(documents) == 1 else None


def _words(text: str) -> list[str]:
    """What a text may have as keys of the file."""
    # An expression that begins with letters is found sooner than one that begins with a boundary.
    return [key for key in _KEYS if key in text and re.search(rf"{key}(?<=\b{key})[\"']?\s*:", text)]


def _is_configuration(keys: Collection[str], item: View, stack: Stack) -> bool:
    """Whether what has some keys is Immich's: by several of them, or by one where a server mounts it."""
    known = len(_KEYS.intersection(keys))
    return known > 2 or (known > 0 and _is_mounted(item, stack))


def _is_mounted(item: View, stack: Stack) -> bool:
    return any(
        volume.kind == "configMap" and volume.view.field("name").text == item.name
        for other in (stack, *stack.others)
        for server in other.components(SERVER)
        if may_share(server.namespace, item.namespace)
        for volume in server.volumes
    )
