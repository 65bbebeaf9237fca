"""The PostgreSQL and the Redis that the Immich chart brought up to 0.9."""

from __future__ import annotations

from typing import Any

import pytest
from chart_files import chart, objects

REDIS = "StatefulSet immich-redis-master"
POSTGRESQL = "StatefulSet immich-postgresql"


def server(values: str, name: str, version: str = "0.9.3") -> dict[str, Any]:
    """The pod's spec, with the claim templates."""
    spec = objects(chart(values, version))[name]["spec"]
    return {**spec["template"]["spec"], "claims": spec.get("volumeClaimTemplates", [])}


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ("", []),
        ("redis: {enabled: true}\n", ["immich-redis-master 6379"]),
        (
            "postgresql: {enabled: true, primary: {service: {ports: {postgresql: 5433}}}}\n",
            ["immich-postgresql 5433"],
        ),
        ("redis: {enabled: true, fullnameOverride: cache}\n", ["cache-master 6379"]),
        ("redis: {enabled: '${REDIS}'}\n", []),
    ],
)
def test_the_services_of_sub_charts(values: str, names: list[str]) -> None:
    found = objects(chart(values, "0.9.3"))
    own = ("immich-server", "immich-machine-learning")
    services = {key.removeprefix("Service "): item for key, item in found.items() if key.startswith("Service ")}
    made = [f"{name} {item['spec']['ports'][0]['port']}" for name, item in services.items() if name not in own]
    assert made == names


@pytest.mark.parametrize(
    ("version", "redis", "postgresql"),
    [
        ("0.1.1", "bitnami/redis:7.0.4-debian-11-r17", "bitnami/postgresql:14.5.0-debian-11-r6"),
        ("0.2.0", "bitnami/redis:7.0.11-debian-11-r20", "bitnami/postgresql:14.5.0-debian-11-r6"),
        ("0.3.1", "bitnami/redis:7.2.3-debian-11-r1", "tensorchord/pgvecto-rs:pg14-v0.1.11"),
        ("0.8.5", "bitnami/redis:7.2.5-debian-12-r0", "tensorchord/pgvecto-rs:pg14-v0.2.0"),
        ("0.9.2", "bitnami/redis:7.4.2-debian-12-r4", "tensorchord/pgvecto-rs:pg14-v0.2.0@sha256:739cdd62"),
        ("0.9.3", "bitnami/redis:7.4.3-debian-12-r0", "tensorchord/pgvecto-rs:pg14-v0.2.0@sha256:739cdd62"),
    ],
)
def test_the_images_of_each_version(version: str, redis: str, postgresql: str) -> None:
    values = "redis: {enabled: true}\npostgresql: {enabled: true}\n"
    assert server(values, REDIS, version)["containers"][0]["image"] == f"docker.io/{redis}"
    assert server(values, POSTGRESQL, version)["containers"][0]["image"].startswith(f"docker.io/{postgresql}")


@pytest.mark.parametrize(
    ("values", "image"),
    [
        ("image: {repository: bitnamilegacy/redis}", "docker.io/bitnamilegacy/redis:7.4.3-debian-12-r0"),
        ("image: {registry: ghcr.io, repository: o/redis, tag: '8'}", "ghcr.io/o/redis:8"),
        ("image: {registry: '', digest: 'sha256:ab'}", "docker.io/bitnami/redis@sha256:ab"),
        (
            "image: {registry: ghcr.io}, global: {imageRegistry: r.example}",
            "r.example/bitnami/redis:7.4.3-debian-12-r0",
        ),
    ],
)
def test_the_image_that_values_say(values: str, image: str) -> None:
    assert server(f"redis: {{enabled: true, {values}}}\n", REDIS)["containers"][0]["image"] == image


def test_a_registry_for_all_images_is_this_one_s_too() -> None:
    text = "global: {imageRegistry: r.example}\nredis: {enabled: true}\n"
    assert server(text, REDIS)["containers"][0]["image"] == "r.example/bitnami/redis:7.4.3-debian-12-r0"


def test_a_default_of_a_version_that_is_not_known_is_not_known() -> None:
    found = server("redis: {enabled: true}\n", REDIS, "0.9.x")["containers"][0]["image"]
    assert not isinstance(found, str)


def test_a_service_finds_the_pods_of_its_server() -> None:
    found = objects(chart("redis: {enabled: true}\npostgresql: {enabled: true, nameOverride: db}\n", "0.9.3"))
    for name in ("immich-redis-master", "immich-db"):
        spec = found[f"StatefulSet {name}"]["spec"]
        wanted = found[f"Service {name}"]["spec"]["selector"]
        assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"] == wanted
    assert wanted == {
        "app.kubernetes.io/name": "db",
        "app.kubernetes.io/instance": "immich",
        "app.kubernetes.io/component": "primary",
    }


@pytest.mark.parametrize(
    ("persistence", "volumes", "claims"),
    [
        ("", None, [{"metadata": {"name": "data"}, "spec": {}}]),
        ("storageClass: fast", None, [{"metadata": {"name": "data"}, "spec": {"storageClassName": "fast"}}]),
        ("existingClaim: db", [{"name": "data", "persistentVolumeClaim": {"claimName": "db"}}], []),
        ("enabled: false, existingClaim: db", [{"name": "data", "emptyDir": {}}], []),
        ("enabled: '${KEPT}'", None, []),
    ],
)
def test_where_the_data_are(persistence: str, volumes: Any, claims: Any) -> None:
    found = server(f"postgresql: {{enabled: true, primary: {{persistence: {{{persistence}}}}}}}\n", POSTGRESQL)
    assert (found.get("volumes"), found["claims"]) == (volumes, claims)
    assert found["containers"][0]["volumeMounts"] == [{"name": "data", "mountPath": "/bitnami/postgresql"}]


@pytest.mark.parametrize(
    "values",
    ["redis: {enabled: true, architecture: replication}\n", "redis: {enabled: true, master: {kind: Deployment}}\n"],
)
def test_other_layouts_are_not_claimed_to_be_known(values: str) -> None:
    found = objects(chart(values, "0.9.3"))
    assert "Service immich-redis-master" in found
    assert not any(name.endswith("immich-redis-master") for name in found if not name.startswith("Service "))
