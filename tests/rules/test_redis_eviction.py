"""The eviction policy of Immich's Redis: where it is set, what counts last, and when its fix is safe."""

from __future__ import annotations

import pytest
from harness import findings_of, fixed, mended

from immichlint.findings.change import Safety

POD = (
    "{apiVersion: apps/v1, kind: Deployment, metadata: {name: %s, namespace: photos}, spec: {template: {metadata: "
    "{labels: {app: %s}}, spec: {containers: [%s], volumes: [{name: config, configMap: {name: conf}}]}}}}\n---\n"
)
SERVICE = (
    "{apiVersion: v1, kind: Service, metadata: {name: %s, namespace: photos}, "
    "spec: {selector: {app: %s}, ports: [{port: 6379}]}}\n---\n"
)
CONFIG = "{apiVersion: v1, kind: ConfigMap, metadata: {name: conf, namespace: photos}, data: {r.conf: %s}}\n"
SERVER = "{name: server, image: 'ghcr.io/immich-app/immich-server:v3.3.6', env: [{name: REDIS_HOSTNAME, value: %s}]}"
REDIS = "{name: redis, image: 'redis:8', volumeMounts: [{name: config, mountPath: /etc/r}], %s}"


def files(redis: str, config: str = "''", name: str = "immich-redis") -> dict[str, str]:
    """A server, and a Redis with more fields in flow style."""
    own = POD % (name, name, REDIS % redis) + SERVICE % (name, name)
    return {"m.yaml": own + POD % ("immich", "immich", SERVER % name) + CONFIG % config}


def policies(redis: str, config: str = "''") -> list[str]:
    return [item.message.split("`")[1] for item in findings_of(files(redis, config), ["IML319"])]


IN_FILE = "command: [redis-server, /etc/r/r.conf], args: [%s]"


@pytest.mark.parametrize(
    ("redis", "config", "expected"),
    [
        ("args: ['--maxmemory-policy allkeys-lru']", "''", ["allkeys-lru"]),
        ("args: [--maxmemory-policy, noeviction, --maxmemory-policy, allkeys-lru]", "''", ["allkeys-lru"]),
        ("args: [--maxmemory-policy, allkeys-lru, --maxmemory-policy, noeviction]", "''", []),
        ("args: [--maxmemory-policy, $(P)], env: [{name: P, value: allkeys-random}]", "''", ["allkeys-random"]),
        ("args: [--maxmemory-policy, $(P)], env: [{name: P, value: noeviction}]", "''", []),
        ("args: [--maxmemory-policy, $(P)]", "''", []),
        ("command: [sh, -c, 'redis-server --maxmemory-policy $POLICY']", "''", []),
        ("command: [sh, -c, 'redis-server --maxmemory-policy volatile-lru --save 60 1']", "''", ["volatile-lru"]),
        ("env: [{name: REDIS_EXTRA_FLAGS, value: --maxmemory-policy=allkeys-lru}]", "''", ["allkeys-lru"]),
        ("env: [{name: VALKEY_EXTRA_FLAGS, value: --maxmemory-policy=allkeys-lru}]", "''", []),
        (IN_FILE % "", "'maxmemory-policy allkeys-lru'", ["allkeys-lru"]),
        (IN_FILE % "", "'# maxmemory-policy allkeys-lru'", []),
        (IN_FILE % "--maxmemory-policy, noeviction", "'maxmemory-policy allkeys-lru'", []),
        ("command: [redis-server]", "'maxmemory-policy allkeys-lru'", []),
    ],
)
def test_where_the_policy_may_stand(redis: str, config: str, expected: list[str]) -> None:
    assert policies(redis, config) == expected


def test_the_value_of_a_variable_is_mended_where_it_stands() -> None:
    stack = files("args: [--maxmemory-policy, $(P)], env: [{name: P, value: allkeys-random}]")
    assert "env: [{name: P, value: noeviction}]" in fixed(stack, ["IML319"])["m.yaml"]


def test_a_script_keeps_the_rest_of_its_line() -> None:
    stack = files("command: [sh, -c, 'redis-server --maxmemory-policy volatile-lru --save 60 1']")
    assert "--maxmemory-policy noeviction --save 60 1'" in fixed(stack, ["IML319"])["m.yaml"]


@pytest.mark.parametrize(("name", "safety"), [("redis", Safety.UNSAFE), ("immich-redis", Safety.SAFE)])
def test_a_redis_that_others_may_use_is_left_to_its_owner(name: str, safety: Safety) -> None:
    stack = files("args: [--maxmemory-policy, allkeys-lru]", name=name)
    (done,) = mended(stack, ["IML319"]).applied
    assert done.change is not None
    assert done.change.safety is safety
