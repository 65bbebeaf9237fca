"""Kustomizations are built as kustomize builds them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from alike import check
from gitops_files import repository_of
from kustomize_further_cases import CASES
from oracle import KUBECTL, kustomize_version, kustomized, recorded

from immichlint.gitops.kustomize.build import Built, build

RECORDED = recorded()


def built(files: Mapping[str, str]) -> Built:
    return build(repository_of(files), "")


def test_every_case_is_recorded() -> None:
    assert list(RECORDED) == list(CASES)


@pytest.mark.parametrize("name", [name for name, objects in RECORDED.items() if objects is not None])
def test_builds_what_kustomize_builds(name: str) -> None:
    expected = RECORDED[name]
    assert expected is not None
    check(CASES[name], expected)


@pytest.mark.parametrize("name", [name for name, objects in RECORDED.items() if objects is None])
def test_what_kustomize_refuses_is_not_settled(name: str) -> None:
    assert any(manifest.unsettled for manifest in built(CASES[name]).manifests)


@pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed")
@pytest.mark.skipif(kustomize_version() < "5.5", reason="kubectl's kustomize is older than what was recorded")
@pytest.mark.parametrize("name", list(CASES)[::7])
def test_kustomize_says_what_was_recorded(name: str) -> None:
    assert kustomized(CASES[name]) == RECORDED[name]
