"""Which operator a repository deploys."""

from __future__ import annotations

from typing import Final

import pytest
from in_memory import repository_of

from immichlint.facts import load
from immichlint.stack.operators import running
from immichlint.stack.release import parse_release

RELEASE: Final = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: operator}
spec: {chart: {spec: {chart: cloudnative-pg, version: "VERSION"}}}
"""
OCI: Final = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: operator}
spec:
  url: oci://ghcr.io/cloudnative-pg/charts/cloudnative-pg
  ref: {REF}
"""
APPLICATION: Final = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: operator}
spec:
  destination: {namespace: cnpg-system, server: "https://kubernetes.default.svc"}
  sources:
    - SOURCE
"""
DEPLOYMENT: Final = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: cnpg-controller-manager}
spec:
  template: {spec: {containers: [{name: manager, image: "ghcr.io/cloudnative-pg/cloudnative-pg:1.28.1"}]}}
"""
CHARTS: Final = "{repoURL: 'https://cloudnative-pg.github.io/charts', chart: cloudnative-pg, targetRevision: 0.26.1}"
BY_PATH: Final = (
    "{repoURL: 'https://github.com/cloudnative-pg/charts.git', path: charts/cloudnative-pg,"
    " targetRevision: cloudnative-pg-v0.26.1}"
)
RAW: Final = "https://raw.githubusercontent.com/cloudnative-pg/cloudnative-pg/release-1.28/releases/cnpg-1.28.1.yaml"


def found(files: dict[str, str], name: str = "cnpg", cluster: str = "") -> str:
    return running(repository_of(files), name, cluster).version


@pytest.mark.parametrize(
    ("file", "text", "version"),
    [
        ("release.yaml", RELEASE.replace("VERSION", "0.24.0"), "1.26.0"),
        ("release.yaml", RELEASE.replace("VERSION", "0.24.x"), ""),
        ("release.yaml", RELEASE.replace("VERSION", "${CNPG}"), ""),
        ("release.yaml", RELEASE.replace("chart: cloudnative-pg", "chart: cluster").replace("VERSION", "0.24.0"), ""),
        ("source.yaml", OCI.replace("REF", 'tag: 0.29.0, digest: "sha256:0123"'), "1.30.0"),
        ("source.yaml", OCI.replace("REF", 'tag: 0.29.0, semver: ">=0.28"'), ""),
        ("app.yaml", APPLICATION.replace("SOURCE", CHARTS), "1.27.1"),
        ("app.yaml", APPLICATION.replace("SOURCE", BY_PATH), "1.27.1"),
        ("app.yaml", APPLICATION.replace("SOURCE", CHARTS.replace("0.26.1", '"*"')), ""),
        ("operator.yaml", DEPLOYMENT, "1.28.1"),
        ("operator.yaml", DEPLOYMENT.replace("1.28.1", "latest"), ""),
        ("operator.yaml", DEPLOYMENT.replace("cloudnative-pg:1.28.1", "postgresql:16.4-1"), ""),
        ("kustomization.yaml", f"resources: ['{RAW}']", "1.28.1"),
        (
            "kustomization.yaml",
            "resources: ['github.com/cloudnative-pg/cloudnative-pg//config/default?ref=v1.28.1']",
            "1.28.1",
        ),
        ("kustomization.yaml", "resources: ['github.com/cloudnative-pg/cloudnative-pg//config/default?ref=main']", ""),
        ("kustomization.yaml", "helmCharts: [{name: cloudnative-pg, version: 0.28.3}]", "1.29.1"),
        ("chart/Chart.yaml", "name: cnpg\ndependencies: [{name: cloudnative-pg, version: 0.28.0}]", "1.29.0"),
        ("helmfile.yaml", "releases: [{name: cnpg, chart: cnpg/cloudnative-pg, version: 0.27.0}]", "1.28.0"),
    ],
)
def test_what_says_which_operator_is_deployed(file: str, text: str, version: str) -> None:
    assert found({file: text}) == version
    assert found({file: text}, "barman-plugin") == ""


def test_the_plugin_is_an_operator_too() -> None:
    address = "https://github.com/cloudnative-pg/plugin-barman-cloud/releases/download/v0.9.0/manifest.yaml"
    assert found({"kustomization.yaml": f"resources: ['{address}']"}, "barman-plugin") == "0.9.0"
    chart = RELEASE.replace("chart: cloudnative-pg", "chart: plugin-barman-cloud").replace("VERSION", "0.7.0")
    assert found({"release.yaml": chart}, "barman-plugin") == "0.13.0"


def test_what_does_not_agree_is_not_known() -> None:
    one, other = RELEASE.replace("VERSION", "0.24.0"), RELEASE.replace("VERSION", "0.25.0")
    assert found({"a.yaml": one, "b.yaml": one}) == "1.26.0"
    assert found({"a.yaml": one, "b.yaml": other}) == ""
    assert found({"a.yaml": one, "b.yaml": RELEASE.replace("VERSION", "")}) == ""


def test_clusters_have_operators_of_their_own() -> None:
    files = {
        "clusters/home/cnpg.yaml": RELEASE.replace("VERSION", "0.24.0"),
        "clusters/test/cnpg.yaml": RELEASE.replace("VERSION", "0.25.0"),
    }
    assert found(files) == ""
    assert found(files, cluster="clusters/home") == "1.26.0"


def test_what_is_not_applied_says_nothing() -> None:
    text = RELEASE.replace("VERSION", "0.24.0")
    assert found({"archive/cnpg.yaml": text}) == ""
    assert found({"cnpg.yaml": text, "kustomization.yaml": "resources:\n  # - cnpg.yaml\n  - app.yaml"}) == ""
    assert found({"cnpg.yaml": text, "kustomization.yaml": "resources: [app.yaml]"}) == ""
    assert found({"cnpg.yaml": text, "kustomization.yaml": "resources: [cnpg.yaml]"}) == "1.26.0"


def test_a_chart_that_is_newer_than_all_known() -> None:
    newer = running(repository_of({"release.yaml": RELEASE.replace("VERSION", "9.0.0")}), "cnpg")
    assert newer.is_newer and newer.version == "" and newer.release is None


@pytest.mark.parametrize("name", ["cnpg", "barman-plugin"])
def test_charts_deploy_releases_in_order(name: str) -> None:
    charts = load("operators")["operators"][name]["charts"]
    made = [(parse_release(chart), parse_release(release)) for chart, release in charts.items()]
    assert all(len(chart or ()) == len(release or ()) == 3 for chart, release in made)
    assert [chart for chart, _ in made] == sorted(chart for chart, _ in made if chart is not None)
    assert [release for _, release in made] == sorted(release for _, release in made if release is not None)
