"""Strategic merge patches do what kustomize makes of them: as it was recorded, and where it is installed."""

from __future__ import annotations

from typing import Any

import pytest
from gitops_files import repository_of
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from oracle import KUBECTL, kustomize_version, kustomized, recorded_patches
from strategic_cases import BY_HAND, GENERATED, Case, kustomization

from immichlint.gitops.kustomize.build import build
from immichlint.trees.tree import plain

RECORDED = recorded_patches()
FEW = settings.default.max_examples // 10


def built(cases: list[Case]) -> list[Any]:
    """The patched objects; None for one that is not settled."""
    made = {item.name: item for item in build(repository_of(kustomization(cases)), "").manifests}
    found = [made.get(f"d{index}") for index in range(len(cases))]
    return ["gone" if item is None else None if item.unsettled else plain(item.tree).get("spec") for item in found]


@pytest.mark.parametrize("case", RECORDED, ids=[f"{case.base} {case.patch}" for case, _ in RECORDED])
def test_patches_as_they_were_recorded(case: tuple[Case, Any]) -> None:
    assert built([case[0]]) == [case[1]]


def test_every_case_is_recorded() -> None:
    assert [case for case, _ in RECORDED][: len(BY_HAND)] == BY_HAND
    assert len(RECORDED) > len(BY_HAND) + 100


@pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed")
@pytest.mark.skipif(kustomize_version() < "5.5", reason="kubectl's kustomize is older than the one that is followed")
@settings(max_examples=FEW, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate])
@given(st.lists(GENERATED, min_size=12, max_size=12))
def test_generated_patches(cases: list[Case]) -> None:
    expected = kustomized(kustomization(cases))
    assert expected is not None
    theirs = {item["metadata"]["name"]: item.get("spec") for item in expected}
    for index, (case, ours) in enumerate(zip(cases, built(cases), strict=True)):
        assert ours == theirs.get(f"d{index}", "gone"), case
