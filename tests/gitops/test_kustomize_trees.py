"""Trees that combine features are built as kustomize builds them: recorded ones, and fresh ones where it is
installed."""

from __future__ import annotations

from typing import Any

import pytest
from gitops_files import repository_of
from kustomize_trees import recorded_trees, tree_of
from oracle import KUBECTL, kustomize_version, kustomized

from immichlint.gitops.kustomize.build import build
from immichlint.trees.tree import Hole, plain

RECORDED = recorded_trees()


def by_name(objects: list[Any]) -> dict[tuple[str, ...], Any]:
    """Objects by their identity, in any order."""
    found = {}
    for item in objects:
        metadata = item["metadata"]
        found[item["apiVersion"], item["kind"], metadata.get("namespace", ""), metadata["name"]] = item
    return found


def without_secrets(made: Any, expected: Any) -> Any:
    """What is expected, with holes where what was made has them: the values of generated Secrets, which their hash
    proves."""
    if isinstance(made, Hole):
        return made
    if isinstance(made, dict) and isinstance(expected, dict):
        return {key: without_secrets(made.get(key), value) for key, value in expected.items()}
    if isinstance(made, list) and isinstance(expected, list) and len(made) == len(expected):
        return [without_secrets(*pair) for pair in zip(made, expected, strict=True)]
    return expected


def check(files: dict[str, str], expected: list[Any]) -> None:
    made = build(repository_of(files), "").manifests
    assert [manifest.unsettled for manifest in made if manifest.unsettled] == []
    ours, theirs = by_name([plain(manifest.tree) for manifest in made]), by_name(expected)
    assert ours.keys() == theirs.keys()
    for key, item in ours.items():
        assert item == without_secrets(item, theirs[key])
        assert key[1] == "Secret" or not _has_hole(item)


def _has_hole(item: Any) -> bool:
    below = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return isinstance(item, Hole) or any(map(_has_hole, below))


@pytest.mark.parametrize(("seed", "files", "expected"), RECORDED, ids=[str(row[0]) for row in RECORDED])
def test_a_tree_is_built_as_kustomize_builds_it(seed: int, files: dict[str, str], expected: list[Any]) -> None:
    check(files, expected)


def test_the_recorded_trees_are_many() -> None:
    assert len(RECORDED) >= 300


@pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed")
@pytest.mark.skipif(kustomize_version() < "5.5", reason="kubectl's kustomize is older than what was recorded")
@pytest.mark.parametrize("seed", range(10_000, 10_012))
def test_a_fresh_tree_is_built_as_kustomize_builds_it(seed: int) -> None:
    files = tree_of(seed)
    expected = kustomized(files)
    if expected is None:
        pytest.skip("kustomize refuses this one")
    check(files, expected)
