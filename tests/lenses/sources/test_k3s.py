"""k3s and RKE2: HelmCharts and their HelmChartConfigs are releases."""

from __future__ import annotations

from typing import Any

import pytest
from in_memory import stacks_of

from immichlint.stack.container import Container
from immichlint.stack.stack import Stack

CHART = """\
apiVersion: helm.cattle.io/v1
kind: HelmChart
metadata: {name: immich, namespace: kube-system}
spec:
  chart: CHART
  repo: https://immich-app.github.io/immich-charts
  version: 0.9.3
  targetNamespace: photos
  MORE: {}
  valuesContent: |-
    image: {tag: v1.135.3}
    env: {TZ: UTC, LOG_LEVEL: log}
    immich: {persistence: {library: {existingClaim: library}}}
"""
CONFIG = """\
---
apiVersion: helm.cattle.io/v1
kind: HelmChartConfig
metadata: {name: NAME, namespace: NAMESPACE}
spec:
  valuesContent: |-
    env: {LOG_LEVEL: debug}
"""


def found(more: str = "MORE: {}", chart: str = "immich", config: str = "") -> tuple[Stack, ...]:
    text = CHART.replace("MORE: {}", more).replace("CHART", chart)
    return stacks_of({"immich.yaml": text + config})


def server(stacks: tuple[Stack, ...]) -> Container:
    (container,) = (item for stack in stacks for item in stack.containers if item.component == "server")
    return container


def variable(container: Container, name: str) -> Any:
    return container.variable(name).value


def test_the_release_is_in_its_target_namespace_and_its_values_are_where_they_are_written() -> None:
    container = server(found())
    assert (container.namespace, container.object.chart) == ("photos", "immich 0.9.3")
    place = container.variable("TZ").place
    assert place is not None
    assert (place.document.path, place.document.hosts, place.route) == (
        "immich.yaml", (("spec", "valuesContent"),), ("env", "TZ"),
    )  # fmt: skip


@pytest.mark.parametrize("chart", ["oci://ghcr.io/immich-app/immich-charts/immich", "charts/immich"])
def test_a_chart_by_its_address(chart: str) -> None:
    assert server(found(chart=chart)).object.chart == "immich 0.9.3"


@pytest.mark.parametrize(
    ("name", "namespace", "level"),
    [("immich", "kube-system", "debug"), ("traefik", "kube-system", "log"), ("immich", "photos", "log")],
)
def test_a_config_of_the_same_name_is_laid_over(name: str, namespace: str, level: str) -> None:
    config = CONFIG.replace("NAMESPACE", namespace).replace("NAME", name)
    assert variable(server(found(config=config)), "LOG_LEVEL") == level


@pytest.mark.parametrize(("said", "value"), [("8080", "8080"), ("verbose", "verbose")])
def test_what_is_set_is_laid_over_all(said: str, value: str) -> None:
    config = CONFIG.replace("NAMESPACE", "kube-system").replace("NAME", "immich")
    assert variable(server(found(f"set: {{env.LOG_LEVEL: '{said}'}}", config=config)), "LOG_LEVEL") == value


def test_values_in_a_secret_may_say_anything() -> None:
    container = server(found("valuesSecrets: [{name: values, keys: [values.yaml]}]"))
    assert container.variable("LOG_LEVEL").unknown
    assert container.variable("NEW").unknown


def test_a_packed_chart_is_none_that_is_known() -> None:
    assert not any(stack.released for stack in found("chartContent: H4sIAAAA"))
