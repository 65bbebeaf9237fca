"""What is not computed is said of the objects that it may change, and of no other."""

from __future__ import annotations

import pytest
from gitops_files import repository_of
from kustomize_cases import CLUSTER, DEPLOYMENT

from immichlint.gitops.kustomize.build import Built, build
from immichlint.gitops.manifest import settled_only
from immichlint.trees.field import look
from immichlint.trees.tree import plain

CONFIG = "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {A: b}}\n"
ALL = ["Cluster", "ConfigMap", "Deployment"]


def unsettled(kustomization: str, **files: str) -> list[str]:
    """The kinds of the objects that are not settled."""
    return [manifest.kind for manifest in built(kustomization, **files).manifests if manifest.unsettled]


def built(kustomization: str, **files: str) -> Built:
    return build(
        repository_of(
            {
                "kustomization.yaml": f"resources: [base.yaml]\n{kustomization}",
                "base.yaml": "---\n".join((CLUSTER, CONFIG, DEPLOYMENT.replace("args: [a, b]", "args: [a, $(B)]"))),
                **{f"{name}.yaml": text for name, text in files.items()},
            }
        ),
        "",
    )


@pytest.mark.parametrize(
    ("kustomization", "kinds"),
    [
        ("namespace: photos\n", []),
        ("vars: [{name: A}]\n", []),
        ("vars: [{name: B}]\n", ["Deployment"]),
        ("transformers: [a.yaml]\n", ALL),
        ("configurations: [a.yaml]\n", ALL),
        ("openapi: {path: schema.json}\n", ALL),
        ("generators: [a.yaml]\n", ["ConfigMap"]),
        ("configMapGenerator: [{name: settings, behavior: merge, literals: [A=c]}]\n", []),
        ("configMapGenerator: [{name: settings, literals: [A=c]}]\n", ["ConfigMap"]),
        ("configMapGenerator: [{name: none, behavior: merge, literals: [A=c]}]\n", ["ConfigMap"]),
        ("configMapGenerator: [{name: none, literals: [A]}]\n", ["ConfigMap"]),
        ("configMapGenerator: [{name: other, literals: [A=c]}]\n", []),
        ("secretGenerator: [{name: settings, literals: [A=c]}]\n", []),
        ("replacements: [{source: {kind: Secret}, targets: [{select: {kind: Cluster}}]}]\n", ["Cluster"]),
        ("replacements: [{path: a.yaml}]\n", ALL),
        ("components: [missing]\n", ALL),
        ("patches: [{path: missing.yaml}]\n", ALL),
        ("patches: [{path: missing.yaml, target: {kind: Cluster}}]\n", ["Cluster"]),
        ("patches: [{path: 'https://example.org/patch.yaml', target: {kind: Deployment}}]\n", ["Deployment"]),
        ("patches: [{path: broken.yaml, target: {kind: Cluster}}]\n", ["Cluster"]),
        ("patches: [{patch: '{{ x', target: {kind: Cluster}}]\n", ["Cluster"]),
        ("patches: [{patch: '- {op: remove, path: /spec/none}', target: {kind: Cluster}}]\n", ["Cluster"]),
        ("patches: [{patch: '- {op: test, path: /kind, value: Other}', target: {kind: Cluster}}]\n", ["Cluster"]),
        ("patches: [{patch: '- {op: replace, path: /a/b, value: c}', target: {kind: Cluster}}]\n", ["Cluster"]),
        ("patches: [{patch: '- {op: replace, path: /spec/b, value: c}', target: {kind: Cluster}}]\n", []),
    ],
)
def test_what_is_not_computed_unsettles_what_it_may_change(kustomization: str, kinds: list[str]) -> None:
    assert sorted(unsettled(kustomization, broken="a: [")) == kinds


def test_a_patch_from_elsewhere_is_not_missing() -> None:
    assert not built("patches: [{path: 'https://example.org/patch.yaml'}]\n").missing
    assert [item.path for item in built("patches: [{path: missing.yaml}]\n").missing] == ["missing.yaml"]


def test_of_an_unsettled_object_only_its_identity_is_known() -> None:
    manifest = settled_only(built("transformers: [a.yaml]\n").manifests[0])
    assert (manifest.kind, manifest.name, manifest.group) == ("Cluster", "pg", "postgresql.cnpg.io")
    instances, absent = look(manifest.tree, ("spec", "instances")), look(manifest.tree, ("spec", "backup"))
    assert instances.unknown and absent.unknown
    assert instances.why == absent.why == "a transformer of kustomization.yaml is not known"
    assert instances.writes[-1].place is not None
    assert look(manifest.tree, ("spec", "plugins", 5)).unknown


def test_kustomizations_that_list_each_other_end() -> None:
    files = {
        "a/kustomization.yaml": "resources: [../b, x.yaml]\n",
        "a/x.yaml": CLUSTER,
        "b/kustomization.yaml": "resources: [../a]\n",
    }
    assert [manifest.kind for manifest in build(repository_of(files), "a").manifests] == ["Cluster"]


@pytest.mark.parametrize(
    ("operations", "why"),
    [
        (
            [f"{{op: copy, from: /data, path: /data/k{n}}}" for n in range(60)],
            "its copies have more than 200,000 nodes",
        ),
        (["{op: copy, from: /data, path: /data/data}"] * 3_000, "it nests deeper than 200 levels"),
        (
            [
                f"{{op: add, path: {'/data' * (90 * n + 1)}/data, value: {'{data: ' * 89}{{}}{'}' * 89}}}"
                for n in range(9)
            ],
            "it nests deeper than 200 levels",
        ),
        ([f"{{op: remove, path: /data/{'9' * 5_000}}}"], "nothing stands at"),
    ],
    ids=["doubled", "nested", "grown", "index"],
)
def test_json_patches_that_make_too_much_end(operations: list[str], why: str) -> None:
    patch = "".join(f"      - {operation}\n" for operation in operations)
    config = "patches:\n  - target: {kind: ConfigMap}\n    patch: |\n" + patch
    (left,) = [manifest for manifest in built(config).manifests if manifest.unsettled]
    assert left.kind == "ConfigMap"
    assert why in left.unsettled


def test_copies_within_bounds_are_made() -> None:
    patch = "[{op: copy, from: /data, path: /data/k}, {op: copy, from: /data, path: /data/l}]"
    (config,) = (
        item
        for item in built(f"patches: [{{target: {{kind: ConfigMap}}, patch: '{patch}'}}]\n").manifests
        if item.kind == "ConfigMap"
    )
    assert not config.unsettled
    assert plain(config.tree)["data"] == {"A": "b", "k": {"A": "b"}, "l": {"A": "b", "k": {"A": "b"}}}  # type: ignore[index,call-overload]
