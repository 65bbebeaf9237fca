"""Where a fix writes: in the most specific file, or in the base, and never into what others share."""

from __future__ import annotations

import pytest
from test_rounds import INSTANCES, after, cluster, judged, mended, repository_of, rule

from immichlint.fixing.rounds import Mended, mend

POLICY = ("spec", "enablePDB")
OVERLAY = {
    "base/db.yaml": cluster("immich"),
    "base/kustomization.yaml": "resources: [db.yaml]\n",
    "prod/kustomization.yaml": "resources: [../base]\npatches:\n- path: patch.yaml\n",
    "prod/patch.yaml": cluster("immich", "  storage:\n    size: 9Gi\n"),
}
COMPONENT = {
    "app/db.yaml": cluster("immich"),
    "app/kustomization.yaml": "resources: [db.yaml]\ncomponents: [../component]\n",
    "component/kustomization.yaml": "kind: Component\npatches:\n- path: patch.yaml\n  target: {kind: Cluster}\n",
    "component/patch.yaml": "spec:\n  instances: 3\n",
}
WIKI = {
    "wiki/wiki.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: wiki}\n",
    "wiki/kustomization.yaml": "resources: [wiki.yaml]\ncomponents: [../component]\n",
}


def changed(files: dict[str, str], made: Mended) -> set[str]:
    return {path for path, text in after(files, made).items() if text != files[path]}


@pytest.mark.parametrize(("into_base", "file"), [(False, "prod/patch.yaml"), (True, "base/db.yaml")])
def test_a_new_value_goes_where_the_configuration_says(into_base: bool, file: str) -> None:
    policy = rule("policy", POLICY, True)

    def judge(repository: object) -> object:
        return judged(repository, [policy])._replace(into_base=into_base)  # type: ignore[arg-type]

    made = mend(judge(repository_of(OVERLAY)), lambda finding: True, judge, lambda name: frozenset())  # type: ignore[arg-type]
    assert changed(OVERLAY, made) == {file}


def test_a_value_that_is_written_is_mended_where_it_is_decided() -> None:
    assert changed(OVERLAY, mended(OVERLAY, rule("size", ("spec", "storage", "size"), "8Gi"))) == {"prod/patch.yaml"}


def test_nothing_new_is_written_into_a_component() -> None:
    assert changed(COMPONENT, mended(COMPONENT, rule("policy", POLICY, True))) == {"app/db.yaml"}


def test_what_only_a_component_of_ours_decides_is_mended_there() -> None:
    assert changed(COMPONENT, mended(COMPONENT, rule("two", INSTANCES, 2))) == {"component/patch.yaml"}


def test_a_component_that_others_use_is_left_alone() -> None:
    made = mended({**COMPONENT, **WIKI}, rule("two", INSTANCES, 2))
    assert not made.applied
    assert "wiki/kustomization.yaml, which also uses component/patch.yaml" in made.refused[0].reason


APPLICATION = {
    "app/db.yaml": cluster("immich"),
    "app/kustomization.yaml": "resources: [db.yaml]\n",
    "argocd/immich.yaml": (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: immich, namespace: argocd}\n"
        "spec:\n  source: {repoURL: https://git.example.com/home.git, path: app}\n"
        "  destination: {name: in-cluster, namespace: immich}\n"
    ),
    "wiki/wiki.yaml": WIKI["wiki/wiki.yaml"],
    "wiki/kustomization.yaml": "resources: [wiki.yaml]\n",
    "kustomization.yaml": "resources: [app, wiki]\n",
}


def test_a_list_of_folders_applies_what_an_application_does() -> None:
    assert changed(APPLICATION, mended(APPLICATION, rule("two", INSTANCES, 2))) == {"app/db.yaml"}


@pytest.mark.parametrize("change", ["patches: [{path: two.yaml}]", "components: [../two]"])
def test_an_overlay_of_what_an_application_applies_is_another_use(change: str) -> None:
    files = {**APPLICATION, "kustomization.yaml": f"resources: [app, wiki]\n{change}\n"}
    made = mended(files, rule("two", INSTANCES, 2))
    assert not made.applied
    assert "kustomization.yaml, which also uses app/db.yaml" in made.refused[0].reason


def test_a_refusal_names_the_environment_where_several_have_the_object() -> None:
    files = {
        "base/db.yaml": cluster("immich"),
        "base/kustomization.yaml": "resources: [db.yaml]\n",
        "prod/kustomization.yaml": "resources: [../base]\n",
        "test/kustomization.yaml": "resources: [../base]\n",
    }
    made = mended(files, rule("two", INSTANCES, 2, of=lambda key: key.startswith("prod|")))
    assert [item.reason for item in made.refused] == ["it would also change spec/instances of Cluster/immich in test"]


RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: immich, namespace: photos}
spec:
  chart: {spec: {chart: cluster, version: 0.3.1, sourceRef: {kind: HelmRepository, name: cnpg}}}
"""
SHARED = "  valuesFrom: [{kind: ConfigMap, name: shared}]\n"
BY_COMPONENT = """\
kind: Component
patches:
- target: {kind: HelmRelease}
  patch: |-
    - {op: add, path: /spec/valuesFrom, value: [{kind: ConfigMap, name: shared}]}
"""
GENERATED = {
    "kustomization.yaml": "resources: [app, base]\n",
    "base/kustomization.yaml": "generatorOptions: {disableNameSuffixHash: true}\n"
    "configMapGenerator: [{name: shared, files: [values.yaml=own.yaml]}]\n",
    "base/own.yaml": "cluster:\n  instances: 3\n",
}
WRITTEN = {
    "kustomization.yaml": "resources: [app, base]\n",
    "base/kustomization.yaml": "resources: [cm.yaml]\n",
    "base/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shared}\n"
    "data:\n  values.yaml: |\n    cluster:\n      instances: 3\n",
}
NAMED = {"app/kustomization.yaml": "resources: [hr.yaml]\n", "app/hr.yaml": RELEASE + SHARED}
PATCHED = {
    "app/kustomization.yaml": "resources: [hr.yaml]\ncomponents: [../component]\n",
    "app/hr.yaml": RELEASE,
    "component/kustomization.yaml": BY_COMPONENT,
}
OTHER = RELEASE.replace("immich", "wiki").replace("chart: cluster", "chart: wiki")


@pytest.mark.parametrize("values", [GENERATED, WRITTEN])
@pytest.mark.parametrize("use", [NAMED, PATCHED])
def test_values_of_a_config_map_that_is_immichs_alone_are_mended_there(
    values: dict[str, str], use: dict[str, str]
) -> None:
    files = {**values, **use}
    assert changed(files, mended(files, rule("two", INSTANCES, 2))) == {next(p for p in values if "kustom" not in p)}


@pytest.mark.parametrize("values", [GENERATED, WRITTEN])
@pytest.mark.parametrize(
    ("use", "other", "user"),
    [
        (NAMED, {"wiki/hr.yaml": OTHER + SHARED}, "wiki/hr.yaml"),
        (
            PATCHED,
            {"wiki/hr.yaml": OTHER, "wiki/kustomization.yaml": "resources: [hr.yaml]\ncomponents: [../component]\n"},
            "wiki/kustomization.yaml",
        ),
    ],
)
def test_values_of_a_config_map_that_other_releases_take_are_left_alone(
    values: dict[str, str], use: dict[str, str], other: dict[str, str], user: str
) -> None:
    made = mended({**values, **use, **other}, rule("two", INSTANCES, 2))
    assert not made.applied
    assert f"{user}, which also takes values from the ConfigMap shared" in made.refused[0].reason
