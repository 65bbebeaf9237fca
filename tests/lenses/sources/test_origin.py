"""A chart that others publish under the official one's name is another chart."""

from __future__ import annotations

import pytest
from in_memory import stacks_of

from immichlint.lenses.sources.origin import known_as

OWN = "https://me.github.io/charts"
OFFICIAL = "https://immich-app.github.io/immich-charts"
VALUES = "{server: {enabled: true}, immich: {persistence: {library: {existingClaim: library}}}}"
DEFINED = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: charts, namespace: photos}
spec: {url: WHERE}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: immich, namespace: photos}
spec:
  chart: {spec: {chart: CHART, version: 0.10.3, sourceRef: {kind: KIND, name: charts}}}
  values: VALUES
"""
FLUX = DEFINED.replace("CHART", "immich").replace("KIND", "HelmRepository")
ARGO = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: immich, namespace: argocd}
spec:
  destination: {server: "https://kubernetes.default.svc", namespace: photos}
  source:
    repoURL: WHERE
    chart: immich
    targetRevision: 0.10.3
    helm: {valuesObject: VALUES}
"""
UMBRELLA = """\
apiVersion: v2
name: photos
version: 0.1.0
dependencies: [{name: immich, version: 0.10.3, repository: "WHERE"}]
"""
INFLATED = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
helmCharts:
  - {name: immich, repo: WHERE, version: 0.10.3, releaseName: immich, namespace: photos, valuesInline: VALUES}
"""
HELMFILE = """\
repositories: [{name: immich, url: WHERE}]
releases: [{name: immich, chart: immich/immich, version: 0.10.3, values: [VALUES]}]
"""
K3S = """\
apiVersion: helm.cattle.io/v1
kind: HelmChart
metadata: {name: immich, namespace: kube-system}
spec: {chart: immich, repo: WHERE, version: 0.10.3, targetNamespace: photos, valuesContent: "VALUES"}
"""
WAYS = {
    "flux": {"immich.yaml": FLUX},
    "argo": {"immich.yaml": ARGO},
    "umbrella": {"immich/Chart.yaml": UMBRELLA, "immich/values.yaml": "immich: VALUES\n"},
    "inflated": {"kustomization.yaml": INFLATED},
    "helmfile": {"helmfile.yaml": HELMFILE},
    "k3s": {"immich.yaml": K3S},
}


def servers(files: dict[str, str], url: str) -> list[str]:
    """The names of the servers that are seen where the chart comes from a URL."""
    texts = {path: text.replace("WHERE", url).replace("VALUES", VALUES) for path, text in files.items()}
    found = [item for stack in stacks_of(texts) for item in stack.containers]
    return sorted({item.object.manifest.name for item in found if item.component == "server"})


@pytest.mark.parametrize("way", WAYS)
def test_the_chart_of_another_repository_is_another_chart(way: str) -> None:
    assert servers(WAYS[way], OFFICIAL) == ["immich-server"]
    assert servers(WAYS[way], OWN) == []


@pytest.mark.parametrize("kind", ["GitRepository", "Bucket"])
def test_a_chart_from_a_folder_is_another_chart(kind: str) -> None:
    text = DEFINED.replace("KIND", kind)
    assert servers({"immich.yaml": text.replace("CHART", "./charts/immich")}, OWN) == []
    assert servers({"immich.yaml": text.replace("CHART", "immich")}, OFFICIAL) == []


def test_the_version_that_a_folders_chart_is_said_to_have_is_no_range() -> None:
    text = DEFINED.replace("KIND", "GitRepository").replace("CHART", "./charts/immich").replace("version: 0.10.3, ", "")
    (stack,) = stacks_of({"immich.yaml": text.replace("WHERE", OWN).replace("VALUES", VALUES)})
    assert [(item.release.chart, item.is_floating) for item in stack.releases] == [
        ("./charts/immich of the GitRepository charts", False)
    ]


@pytest.mark.parametrize(
    "url",
    ["", "oci://ghcr.io/immich-app/immich-charts", "oci://harbor.lan/ghcr.io/immich-app/immich-charts", "@immich",
     "alias:immich", "file://../immich", "${CHARTS}", "oci://{{ registry }}/immich"],
)  # fmt: skip
def test_where_it_may_be_the_official_chart_it_is_taken_for_it(url: str) -> None:
    assert known_as("immich", url) == "immich"


def test_it_is_named_with_its_repository_but_not_who_logs_in_there() -> None:
    assert known_as("immich", "https://user:hunter2@charts.me/x/") == "immich of charts.me/x"
    assert known_as("immich", "https://charts.me") == "immich of charts.me"
    assert known_as("app-template", OWN) == "app-template"
