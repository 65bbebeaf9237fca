"""Generated strategic merge patches do what kustomize makes of them, where it is installed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from gitops_files import repository_of
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from oracle import KUBECTL, kustomize_version, kustomized

from immichlint.gitops.kustomize.build import build
from immichlint.trees.tree import plain

NAMES = ("one", "two", "three")
scalars = st.sampled_from(["a", "b", "c"])
small = st.dictionaries(st.sampled_from(["x", "y"]), scalars | st.none(), max_size=2)


def items(key: str, fields: dict[str, st.SearchStrategy[Any]], names: tuple[Any, ...], *, patch: bool) -> Any:
    """Lists of items with distinct keys; those of a patch may be deletions."""
    optional = {**fields, "$patch": st.just("delete")} if patch else fields
    item = st.fixed_dictionaries({key: st.sampled_from(names)}, optional=optional)
    return st.lists(item, max_size=3, unique_by=lambda made: made[key])


def pods(*, patch: bool) -> st.SearchStrategy[Any]:
    env = items("name", {"value": st.sampled_from(["1", "2"])}, NAMES, patch=patch)
    mounts = items("mountPath", {"name": st.just("v"), "readOnly": st.booleans()}, ("/a", "/b"), patch=patch)
    ports = items("containerPort", {"name": st.sampled_from(NAMES)}, (80, 81), patch=patch)
    fields = {
        "env": env | st.none() if patch else env,
        "volumeMounts": mounts,
        "ports": ports,
        "args": st.lists(st.sampled_from("ab"), max_size=2),
        "resources": small if patch else small.map(lambda made: {k: v for k, v in made.items() if v is not None}),
    }
    tolerations = st.lists(st.fixed_dictionaries({"key": st.sampled_from(NAMES)}), min_size=1, max_size=2)
    return st.fixed_dictionaries(
        {"containers": items("name", fields, NAMES, patch=patch)},
        optional={"tolerations": tolerations, "nodeSelector": small if patch else st.just({"x": "a"})},
    )


pairs = st.lists(st.tuples(pods(patch=False), pods(patch=True)), min_size=12, max_size=12)


def manifest(name: str, pod: Any) -> str:
    spec = {"template": {"spec": pod}}
    return json.dumps({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec})


@pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed")
@pytest.mark.skipif(kustomize_version() < "5.5", reason="kubectl's kustomize is older than the one that is followed")
@settings(
    max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(pairs)
def test_strategic_merges(made: list[tuple[Any, Any]]) -> None:
    files = {
        "kustomization.yaml": "resources: [base.yaml]\npatches: [{path: patch.yaml}]\n",
        "base.yaml": "\n---\n".join(manifest(f"d{index}", base) for index, (base, _) in enumerate(made)) + "\n",
        "patch.yaml": "\n---\n".join(manifest(f"d{index}", patch) for index, (_, patch) in enumerate(made)) + "\n",
    }
    expected = kustomized(files)
    assert expected is not None
    ours = {item.name: plain(item.tree) for item in build(repository_of(files), "").manifests}
    theirs = {item["metadata"]["name"]: item for item in expected}
    for index, (base, patch) in enumerate(made):
        assert ours[f"d{index}"] == theirs[f"d{index}"], (base, patch)
