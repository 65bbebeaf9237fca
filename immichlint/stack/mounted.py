"""Files of ConfigMaps, as a container sees them."""

from __future__ import annotations

import posixpath

from immichlint.lenses.effective import Effective
from immichlint.named_tuple import NamedTuple
from immichlint.stack.container import Container, Mount, within
from immichlint.stack.stack import Stack
from immichlint.stack.view import View
from immichlint.trees.tree import Leaf, Map, Seq


class MountedFile(NamedTuple):
    """A file that a ConfigMap holds. `text`: its entry, whose value is a text."""

    config_map: Effective
    key: str
    text: Leaf


def mounted_file(container: Container, path: str, stack: Stack) -> MountedFile | None:
    """The file of a ConfigMap that is at a path; None where another volume, or nothing that is known, is there."""
    mount = container.mount_of(path)
    if mount is None or mount.volume is None or mount.volume.kind != "configMap":
        return None
    name = mount.volume.view.field("name").text
    found = stack.find("ConfigMap", "", container.namespace, name) if name else None
    key = key_of(path, mount)
    data = View(found).field("data").tree if found is not None else None
    text = data.items.get(key) if isinstance(data, Map) and key is not None else None
    if found is None or key is None or not isinstance(text, Leaf) or not isinstance(text.value, str):
        return None
    return MountedFile(found, key, text)


def key_of(path: str, mount: Mount) -> str | None:
    """The key of the ConfigMap that a path below a mount shows; None where that is not known."""
    sub = mount.view.field("subPath")
    if sub.unknown or not mount.view.field("subPathExpr").absent or mount.volume is None:
        return None
    if sub.text:
        inner = posixpath.join(sub.text, posixpath.relpath(path, mount.path)) if path != mount.path else sub.text
    elif path != mount.path and within(path, mount.path):
        inner = posixpath.relpath(path, mount.path)
    else:
        return None
    volume = mount.volume.view
    items = volume.field("items")
    if items.unknown:
        return None
    if isinstance(items.tree, Seq):
        for index in range(len(items.tree.items)):
            if volume.field("items", index, "path").text == inner:
                return volume.field("items", index, "key").text
        return None
    return inner if "/" not in inner else None
