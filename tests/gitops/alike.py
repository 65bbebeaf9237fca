"""Whether what is built is what kustomize builds."""

from collections.abc import Mapping
from typing import Any

from gitops_files import repository_of

from immichlint.gitops.kustomize.build import build
from immichlint.trees.tree import Hole, plain


def by_name(objects: list[Any]) -> dict[tuple[str, ...], Any]:
    """Objects by their identity: kustomize sorts them, which nothing here depends on."""
    found = {}
    for item in objects:
        metadata = item["metadata"]
        found[item["apiVersion"], item["kind"], metadata.get("namespace", ""), metadata["name"]] = item
    assert len(found) == len(objects)
    return found


def check(files: Mapping[str, str], expected: list[Any]) -> None:
    """Holds what is built of some files to what is expected. Only generated Secrets have holes, for their values,
    which the hash in their name proves."""
    made = build(repository_of(files), "").manifests
    assert [manifest.unsettled for manifest in made if manifest.unsettled] == []
    ours, theirs = by_name([plain(manifest.tree) for manifest in made]), by_name(expected)
    assert ours.keys() == theirs.keys()
    for key, item in ours.items():
        assert item == _concealed(item, theirs[key])
        assert key[1] == "Secret" or not _has_hole(item)


def _concealed(made: Any, expected: Any) -> Any:
    """What is expected, with holes where what was made has them."""
    if isinstance(made, Hole):
        return made
    if isinstance(made, dict) and isinstance(expected, dict):
        return {key: _concealed(made.get(key), value) for key, value in expected.items()}
    if isinstance(made, list) and isinstance(expected, list) and len(made) == len(expected):
        return [_concealed(*pair) for pair in zip(made, expected, strict=True)]
    return expected


def _has_hole(item: Any) -> bool:
    below = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return isinstance(item, Hole) or any(map(_has_hole, below))
