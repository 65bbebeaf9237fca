"""The hash of its data that kustomize puts behind the name of what it generates (api/hasher/hasher.go)."""

from __future__ import annotations

import json
from typing import Any, Final

from immichlint.gitops.kustomize.identity import remembered
from immichlint.gitops.manifest import HASH, Manifest
from immichlint.trees.pieces import joined
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Seq, Tree, Write, get, replaced

_LETTERS: Final = str.maketrans("013ae", "ghkmt")
_LENGTH: Final = 10
_ESCAPES: Final = (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029"))
_NAME: Final = ("metadata", "name")


class _UnknownError(Exception):
    """A value that the hash depends on is not known."""


def hashed(manifest: Manifest) -> Manifest:
    """The object with the hash in its name, where it gets one and its data is known.

    Where the data is not known (an encrypted file), the name stays without: what refers to it does too.
    """
    name = get(manifest.tree, _NAME)
    if not manifest.past.hashed or not isinstance(name, Leaf):
        return manifest
    try:
        said = json.dumps(_content(manifest), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    except _UnknownError:
        return remembered(manifest)
    for character, escape in _ESCAPES:
        said = said.replace(character, escape)
    from hashlib import sha256  # loads a library, which most kustomizations do not need

    suffix = sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH].translate(_LETTERS)
    made = joined([name, Leaf(f"-{suffix}", (Write(Layer.GENERATOR, None, detail=HASH),))])
    return remembered(manifest).with_tree(replaced(manifest.tree, _NAME, made))


def _content(manifest: Manifest) -> dict[str, Any]:
    secret = manifest.kind == "Secret"
    # The hasher looks for one field `metadata/name`, which no object has.
    content: dict[str, Any] = {"kind": manifest.kind, "name": "", "data": _value(manifest.tree.items.get("data"))}
    if secret:
        content["type"] = _value(manifest.tree.items.get("type"))
    further = "stringData" if secret else "binaryData"
    if isinstance(manifest.tree.items.get(further), Map):
        content[further] = _value(manifest.tree.items[further])
    return content


def _value(tree: Tree | None) -> Any:
    if tree is None:
        return ""
    if isinstance(tree, Map):
        return {key: _value(item) for key, item in tree.items.items()}
    if isinstance(tree, Seq):
        return [_value(item) for item in tree.items]
    if isinstance(tree.value, Hole):
        if tree.value.text:
            return tree.value.text
        raise _UnknownError
    return tree.value
