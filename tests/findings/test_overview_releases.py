"""What `immichlint stack` says of releases that are not, or not certainly, what they look like."""

from __future__ import annotations

from immichlint.findings.overview import overview
from immichlint.repo.repository import Repository
from immichlint.repo.walk import File
from immichlint.stack.inputs import Inputs
from immichlint.stack.stack import stacks

RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: immich, namespace: photos}
spec:
  chart: {spec: {chart: CHART, version: VERSION, sourceRef: {kind: HelmRepository, name: charts}}}
  values:
"""
APP = """\
    controllers:
      server:
        containers:
          main: {image: {repository: ghcr.io/immich-app/immich-server, tag: v2.7.5}}
"""


def shown(files: dict[str, str]) -> dict[str, dict[str, str]]:
    """The rows of each section, by its title."""
    repository = Repository({path: File(path, files[path].encode()) for path in sorted(files)})
    seen, found = stacks(repository)
    return {
        section.title: {row.name: row.value for row in section.rows}
        for section in overview(Inputs(repository, seen, found))
    }


def release(chart: str, version: str, values: str = APP) -> str:
    return RELEASE.replace("CHART", chart).replace("VERSION", version) + values


def test_a_release_that_a_step_may_still_change_is_seen_without_its_values() -> None:
    kustomization = "resources: [release.yaml]\ncomponents: [../missing]\n"
    found = shown({"app/release.yaml": release("app-template", "4.1.1"), "app/kustomization.yaml": kustomization})
    server = found["app (kustomize)"]["server"]
    assert server.startswith("ghcr.io/immich-app/immich-server, tag unknown in Deployment immich through app-template")
    assert "the component ../missing is not in the repository" in server


def test_the_chart_of_another_publisher() -> None:
    found = shown({"release.yaml": release("immich", "17.55.4", "    credentials: {}\n")})
    assert "is not the official one" in found["Not analysed"]["HelmRelease immich"]


def test_values_that_the_chart_refuses() -> None:
    values = "    immich: {persistence: {library: {existingClaim: x}}}\n    redis: {enabled: true}\n"
    found = shown({"release.yaml": release("immich", "0.12.0", values)})
    assert found["Not analysed"]["release immich"] == "its values are of another era of the chart immich: `redis`"


def test_what_is_commented_out() -> None:
    files = {
        "apps/kustomization.yaml": "resources:\n  - wiki\n  # - immich\n",
        "apps/wiki/kustomization.yaml": "resources: []\n",
        "apps/immich/kustomization.yaml": "resources: [release.yaml]\n",
        "apps/immich/release.yaml": release("app-template", "4.1.1"),
    }
    assert shown(files)["Not applied"] == {"apps/immich": "commented out in apps/kustomization.yaml"}


def test_a_workload_whose_image_is_a_template() -> None:
    text = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: immich-server}
spec: {template: {spec: {containers: [{name: server, image: "{{ .images.server }}"}]}}}
"""
    found = shown({"server.yaml": text})
    assert found["Not analysed"]["Deployment immich-server"] == "its image is not known: it is a template"
