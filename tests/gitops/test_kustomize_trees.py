"""Trees that combine features are built as kustomize builds them: recorded ones, and fresh ones where it is
installed."""

from __future__ import annotations

from typing import Any

import pytest
from alike import check
from kustomize_trees import recorded_trees, tree_of
from oracle import KUBECTL, kustomize_version, kustomized

RECORDED = recorded_trees()


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
