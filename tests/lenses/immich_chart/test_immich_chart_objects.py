"""What Immich's chart makes besides workloads: Services, claims, the configuration, an Ingress."""

from __future__ import annotations

import pytest
from chart_files import chart, container, objects, pod


@pytest.mark.parametrize(("version", "port"), [("0.8.1", 3001), ("0.9.3", 2283), ("0.12.0", 2283)])
def test_services(version: str, port: int) -> None:
    found = objects(chart("", version))
    assert [name for name in found if name.startswith("Service ")] == [
        "Service immich-server",
        "Service immich-machine-learning",
    ]
    assert [item["port"] for item in found["Service immich-server"]["spec"]["ports"]] == [port]
    assert found["Service immich-server"]["metadata"]["namespace"] == "photos"


def test_the_service_of_valkey_has_the_release_s_name_in_front() -> None:
    assert "Service immich-valkey" in objects(chart("valkey: {enabled: true}\n", "0.12.0"))


@pytest.mark.parametrize(
    ("version", "kind", "names"),
    [
        ("0.9.3", "pvc", ["immich-machine-learning-cache", "immich-machine-learning-more"]),
        ("0.12.0", "persistentVolumeClaim", ["immich-machine-learning-cache", "immich-machine-learning-more"]),
    ],
)
def test_claims(version: str, kind: str, names: list[str]) -> None:
    more = f"{{enabled: true, type: {kind}, accessMode: ReadWriteOnce, size: 1Gi, storageClass: '-'}}"
    values = f"machine-learning: {{persistence: {{cache: {{type: {kind}, storageClass: fast}}, more: {more}}}}}\n"
    found = objects(chart(values, version))
    claims = {name: item["spec"] for name, item in found.items() if name.startswith("PersistentVolumeClaim ")}
    assert list(claims) == [f"PersistentVolumeClaim {name}" for name in names]
    first, second = claims.values()
    assert first == {
        "accessModes": ["ReadWriteMany"],
        "resources": {"requests": {"storage": "10Gi"}},
        "storageClassName": "fast",
    }
    assert second["storageClassName"] == ""
    volumes = pod(chart(values, version), "immich-machine-learning")["volumes"]
    assert [item["persistentVolumeClaim"]["claimName"] for item in volumes] == names


def test_the_object_with_the_configuration() -> None:
    text = chart("", "0.12.0").replace("{persistence:", "{configuration: {trash: {enabled: true}}, persistence:")
    data = objects(text)["ConfigMap immich-immich-config"]["data"]
    assert data["immich-config.yaml"] == {"trash": {"enabled": True}}
    secret = text.replace("{configuration:", "{configurationKind: Secret, configuration:")
    assert "Secret immich-immich-config" in objects(secret)
    assert "ConfigMap immich-immich-config" not in objects(chart("", "0.12.0"))


@pytest.mark.parametrize("version", ["0.8.1", "0.9.3", "0.10.3", "0.12.0"])
def test_a_service_finds_the_pods_of_its_component(version: str) -> None:
    found = objects(chart("valkey: {enabled: true}\n", version))
    for name in ("immich-server", "immich-machine-learning"):
        service, workload = found[f"Service {name}"], found[f"Deployment {name}"]
        assert service["spec"]["selector"] == workload["spec"]["selector"]["matchLabels"]
        labels = workload["spec"]["template"]["metadata"]["labels"]
        assert service["spec"]["selector"].items() <= labels.items()
        assert labels["app.kubernetes.io/name"] == name.removeprefix("immich-")
        assert labels["app.kubernetes.io/instance"] == "immich"


def test_the_target_of_a_service_is_a_port_of_the_container() -> None:
    for version in ("0.9.3", "0.12.0"):
        (port,) = objects(chart("", version))["Service immich-server"]["spec"]["ports"]
        assert (port["port"], port["targetPort"]) == (2283, "http")
        assert container(chart("", version), "immich-server")["ports"][0]["name"] == "http"


def test_an_ingress_has_the_annotation_of_the_chart() -> None:
    host = "[{host: photos.example, paths: [{path: /, service: {identifier: main}}]}]"
    found = objects(chart(f"server: {{ingress: {{main: {{enabled: true, hosts: {host}}}}}}}\n", "0.12.0"))
    ingress = found["Ingress immich-server"]
    assert ingress["metadata"]["annotations"] == {"nginx.ingress.kubernetes.io/proxy-body-size": "0"}
    (path,) = ingress["spec"]["rules"][0]["http"]["paths"]
    assert path["backend"]["service"] == {"name": "immich-server", "port": {"number": 2283}}
    assert not any(name.startswith("Ingress ") for name in objects(chart("", "0.9.3")))
