"""What `immichlint stack` says of releases that are not, or not certainly, what they look like."""

from __future__ import annotations

from datetime import UTC, datetime

from in_memory import repository_of

from immichlint.findings.overview import overview
from immichlint.findings.overview.model import Overview
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


def shown(files: dict[str, str]) -> Overview:
    """What is told of these files."""
    repository = repository_of(files)
    seen, found = stacks(repository)
    return overview(Inputs(repository, seen, found), datetime(2027, 1, 31, tzinfo=UTC))


def release(chart: str, version: str, values: str = APP) -> str:
    return RELEASE.replace("CHART", chart).replace("VERSION", version) + values


def test_a_release_that_a_step_may_still_change_is_shown_as_written() -> None:
    kustomization = "resources: [release.yaml]\ncomponents: [../missing]\n"
    found = shown({"app/release.yaml": release("app-template", "4.1.1"), "app/kustomization.yaml": kustomization})
    (view,) = found.stacks
    (server,) = view.components
    assert (server.image, server.tag) == ("ghcr.io/immich-app/immich-server", "v2.7.5")
    assert (server.name, server.chart) == ("immich", "app-template 4.1.1")
    (why,) = [item.why for item in view.unknown if item.what == "1 object as applied"]
    assert why == "the component ../missing is not in the repository; shown as written"


def test_the_chart_of_another_publisher() -> None:
    (view,) = shown({"release.yaml": release("immich", "17.55.4", "    credentials: {}\n")}).stacks
    assert view.components == ()
    (unknown,) = view.unknown
    assert unknown.what == "HelmRelease immich"
    assert "is not the official one" in unknown.why


def test_values_that_the_chart_refuses() -> None:
    values = "    immich: {persistence: {library: {existingClaim: x}}}\n    redis: {enabled: true}\n"
    found = shown({"release.yaml": release("immich", "0.12.0", values)})
    assert found.stacks == ()
    assert [(item.what, item.why) for item in found.named] == [
        (
            "the release immich",
            "nothing is made of it: its values are of another era of the chart immich: `redis`",
        )
    ]


def test_what_is_commented_out() -> None:
    files = {
        "apps/kustomization.yaml": "resources:\n  - wiki\n  # - immich\n",
        "apps/wiki/kustomization.yaml": "resources: []\n",
        "apps/immich/kustomization.yaml": "resources: [release.yaml]\n",
        "apps/immich/release.yaml": release("app-template", "4.1.1"),
    }
    (idle,) = shown(files).drafts
    assert (idle.why, idle.kustomization) == ("commented out", "apps/kustomization.yaml")
    assert [item.tag for item in idle.components] == ["v2.7.5"]


def test_a_workload_whose_image_is_a_template() -> None:
    text = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: immich-server}
spec: {template: {spec: {containers: [{name: server, image: "{{ .images.server }}"}]}}}
"""
    (found,) = shown({"server.yaml": text}).named
    assert (found.what, found.why) == ("Deployment immich-server", "its image is not known: it is a template")
