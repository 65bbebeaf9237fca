"""What the Immich chart makes of its values, in each of its editions."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from chart_files import chart, container, objects, pod, variables
from hypothesis import given
from hypothesis import strategies as st

from immichlint.trees.tree import Hole

LAYERED = "machine-learning:\n  controllers:\n    main:\n      containers:\n        main:\n%s"
OURS = "ghcr.io/immich-app/immich-"


def ml(inner: str) -> str:
    return LAYERED % "".join(f"          {line}\n" for line in inner.splitlines())


def deployments(text: str) -> list[str]:
    return sorted(name.removeprefix("Deployment ") for name in objects(text) if name.startswith("Deployment "))


@pytest.mark.parametrize(
    ("version", "names"),
    [
        ("0.1.3", ["machine-learning", "microservices", "proxy", "server", "web"]),
        ("0.2.0", ["machine-learning", "microservices", "server"]),
        ("0.6.0", ["machine-learning", "microservices", "server"]),
        ("0.7.0", ["machine-learning", "server"]),
        ("0.10.3", ["machine-learning", "server"]),
    ],
)
def test_each_edition_has_its_components(version: str, names: list[str]) -> None:
    assert deployments(chart("", version)) == [f"immich-{name}" for name in names]


@pytest.mark.parametrize(
    ("version", "tag"),
    [
        ("0.1.2", "v1.53.0"),
        ("0.8.3", "v1.118.0"),
        ("0.9.3", "v1.119.0"),
        ("0.10.3", "v2.0.0"),
        ("0.11.0", "v2.0.0"),
        ("0.11.1", "v2.6.3"),
        ("0.12.0", "v2.6.3"),
    ],
)
def test_the_default_tag_is_that_of_the_values_not_the_app_version(version: str, tag: str) -> None:
    assert container(chart("", version), "immich-server")["image"] == f"{OURS}server:{tag}"


@pytest.mark.parametrize("version", ["0.12.1", "0.13.1", "0.13.4", "0.12.x", "~0.11.0"])
def test_the_tag_of_versions_that_were_not_read_is_unknown(version: str) -> None:
    assert isinstance(container(chart("", version), "immich-server")["image"], Hole)


@pytest.mark.parametrize(
    ("release", "server"),
    [("immich", "immich-server"), ("photos", "photos-server"), ("server", "server"), ("my-server-1", "my-server-1")],
)
def test_a_component_is_named_after_the_release_unless_that_contains_its_name(release: str, server: str) -> None:
    assert server in deployments(chart("", "0.12.0", name=release))


def test_an_override_of_the_full_name_counts() -> None:
    assert "photos" in deployments(chart("server: {fullnameOverride: photos}\n", "0.12.0"))
    assert "photos" in deployments(chart("server: {fullnameOverride: photos}\n", "0.9.3"))


def test_the_flat_edition_has_its_database_and_cache_variables() -> None:
    values = "postgresql: {global: {postgresql: {auth: {username: alice}}}}\n"
    assert variables(chart(values, "0.9.3", name="pix"), "pix-server") == {
        "REDIS_HOSTNAME": "pix-redis-master",
        "DB_HOSTNAME": "pix-postgresql",
        "DB_USERNAME": "alice",
        "DB_DATABASE_NAME": "immich",
        "DB_PASSWORD": "immich",
        "IMMICH_MACHINE_LEARNING_URL": "http://pix-machine-learning:3003",
    }


def test_the_layered_edition_has_no_database_variables() -> None:
    assert variables(chart("", "0.12.0", name="pix"), "pix-server") == {
        "REDIS_HOSTNAME": "pix-valkey",
        "IMMICH_MACHINE_LEARNING_URL": "http://pix-machine-learning:3003",
    }


@pytest.mark.parametrize(
    ("version", "extra"),
    [
        ("0.9.3", {}),
        ("0.10.1", {}),
        ("0.10.2", {"HF_XET_CACHE": "/cache/huggingface-xet", "MPLCONFIGDIR": "/cache/matplotlib-config"}),
        ("0.13.1", {"HF_XET_CACHE": "/cache/huggingface-xet", "MPLCONFIGDIR": "/cache/matplotlib-config"}),
    ],
)
def test_the_caches_that_machine_learning_has_by_default(version: str, extra: dict[str, str]) -> None:
    found = variables(chart("", version), "immich-machine-learning")
    caches = {name: value for name, value in found.items() if "CACHE" in name or "MPL" in name}
    assert caches == {"TRANSFORMERS_CACHE": "/cache", **extra}


def test_what_is_shared_reaches_every_component_and_the_own_block_wins() -> None:
    values = (
        "controllers: {main: {containers: {main: {env: {A: shared, B: shared}}}}}\n"
        "server: {controllers: {main: {containers: {main: {env: {B: own, REDIS_HOSTNAME: null}}}}}}\n"
        "valkey: {enabled: true}\n"
    )
    text = chart(values, "0.12.0")
    server = variables(text, "immich-server")
    assert (server["A"], server["B"], "REDIS_HOSTNAME" in server) == ("shared", "own", False)
    for name in ("immich-machine-learning", "immich-valkey"):
        assert {"A": "shared", "B": "shared", "REDIS_HOSTNAME": "immich-valkey"}.items() <= variables(
            text, name
        ).items()


@pytest.mark.parametrize("version", ["0.9.3", "0.12.0"])
def test_what_the_template_sets_wins_over_what_is_empty(version: str) -> None:
    """mergo takes `false`, `0` and the empty text for values that are not set (I§7.2)."""
    probes = "probes: {startup: {enabled: false, spec: {failureThreshold: 0}}, liveness: {spec: {periodSeconds: 30}}}\n"
    values = f"machine-learning: {{{probes.strip()}}}\n" if version == "0.9.3" else ml(probes)
    found = container(chart(values, version), "immich-machine-learning")
    assert found["startupProbe"]["failureThreshold"] == 60
    assert found["livenessProbe"]["periodSeconds"] == 30
    assert found["livenessProbe"]["httpGet"] == {"path": "/ping", "port": "http"}


def test_a_list_that_is_not_empty_replaces_the_template_s() -> None:
    assert container(chart(ml("ports: [{containerPort: 1}]"), "0.12.0"), "immich-machine-learning")["ports"] == [
        {"containerPort": 1}
    ]
    empty = container(chart(ml("ports: []"), "0.12.0"), "immich-machine-learning")["ports"]
    assert empty == [{"name": "http", "containerPort": 3003, "protocol": "TCP"}]


@pytest.mark.parametrize(
    ("version", "path", "startup", "port"),
    [
        ("0.4.0", "/server-info/ping", None, 3001),
        ("0.7.1", "/api/server-info/ping", None, 3001),
        ("0.7.2", "/api/server-info/ping", 30, 3001),
        ("0.8.0", "/api/server/ping", 30, 3001),
        ("0.8.2", "/api/server/ping", 30, 2283),
        ("0.12.0", "/api/server/ping", 30, 2283),
    ],
)
def test_probes_and_ports_of_the_server(version: str, path: str, startup: int | None, port: int) -> None:
    found = container(chart("", version), "immich-server")
    assert found["readinessProbe"]["httpGet"]["path"] == path
    assert found.get("startupProbe", {}).get("failureThreshold") == startup
    assert [item["containerPort"] for item in found["ports"]] == [port]


@pytest.mark.parametrize(
    ("version", "links", "token"), [("0.9.3", True, True), ("0.11.1", False, True), ("0.12.0", False, False)]
)
def test_service_links_and_tokens(version: str, links: bool, token: bool) -> None:
    found = pod(chart("", version), "immich-server")
    assert (found["enableServiceLinks"], found["automountServiceAccountToken"]) == (links, token)


@pytest.mark.parametrize(("version", "strategy"), [("0.9.0", "Recreate"), ("0.9.1", "RollingUpdate")])
def test_the_strategy(version: str, strategy: str) -> None:
    made = objects(chart("", version))["Deployment immich-server"]["spec"]["strategy"]["type"]
    assert made == strategy


@pytest.mark.parametrize(
    ("version", "name", "path"),
    [("0.9.3", "library", "/usr/src/app/upload"), ("0.10.0", "data", "/data"), ("0.13.1", "data", "/data")],
)
def test_the_library_is_mounted_in_the_server_only(version: str, name: str, path: str) -> None:
    text = chart("", version)
    assert {"name": name, "mountPath": path} in container(text, "immich-server")["volumeMounts"]
    assert {"name": name, "persistentVolumeClaim": {"claimName": "photos"}} in pod(text, "immich-server")["volumes"]
    assert [item["name"] for item in pod(text, "immich-machine-learning")["volumes"]] == ["cache"]


@pytest.mark.parametrize(
    ("version", "kind", "claim"),
    [("0.9.3", "pvc", "immich-machine-learning-cache"), ("0.12.0", "persistentVolumeClaim", "immich-machine-learning")],
)
def test_a_cache_with_a_claim_that_the_chart_makes(version: str, kind: str, claim: str) -> None:
    text = chart(f"machine-learning: {{persistence: {{cache: {{type: {kind}}}}}}}\n", version)
    assert pod(text, "immich-machine-learning")["volumes"] == [
        {"name": "cache", "persistentVolumeClaim": {"claimName": claim}}
    ]
    assert container(text, "immich-machine-learning")["volumeMounts"] == [{"name": "cache", "mountPath": "/cache"}]


def test_the_flat_keys_reach_the_pod() -> None:
    values = (
        "podSecurityContext: {runAsUser: 1000}\n"
        "machine-learning:\n"
        "  securityContext: {readOnlyRootFilesystem: true}\n"
        "  runtimeClassName: nvidia\n"
        "  controller: {replicas: 2}\n"
        "  envFrom: [{secretRef: {name: keys}}]\n"
        "  persistence: {scratch: {enabled: true, type: emptyDir, mountPath: /tmp}, off: {type: emptyDir}}\n"
    )
    text = chart(values, "0.9.3")
    found, inner = pod(text, "immich-machine-learning"), container(text, "immich-machine-learning")
    assert found["securityContext"] == {"runAsUser": 1000}
    assert found["runtimeClassName"] == "nvidia"
    assert inner["name"] == "immich-machine-learning"
    assert inner["securityContext"] == {"readOnlyRootFilesystem": True}
    assert inner["envFrom"] == [{"secretRef": {"name": "keys"}}]
    assert [item["mountPath"] for item in inner["volumeMounts"]] == ["/cache", "/tmp"]
    assert objects(text)["Deployment immich-machine-learning"]["spec"]["replicas"] == 2


def test_what_is_written_as_kubernetes_has_it_keeps_its_mounts() -> None:
    raw = "{image: busybox, volumeMounts: [{name: cache, mountPath: /x}]}"
    values = f"machine-learning: {{initContainers: {{wait: {raw}}}, sidecars: {{more: {raw}}}}}\n"
    found = pod(chart(values, "0.9.3"), "immich-machine-learning")
    for item in (found["initContainers"][0], found["containers"][1]):
        assert item["volumeMounts"] == [{"name": "cache", "mountPath": "/x"}]


@pytest.mark.parametrize(
    ("version", "values", "source"),
    [
        ("0.9.3", "{configuration: {trash: {enabled: true}}}", {"configMap": {"name": "immich-immich-config"}}),
        ("0.12.0", "{configuration: {trash: {enabled: true}}}", {"configMap": {"name": "immich-immich-config"}}),
        (
            "0.12.0",
            "{configuration: {trash: {enabled: true}}, configurationKind: Secret}",
            {"secret": {"secretName": "immich-immich-config"}},
        ),
        ("0.12.0", "{existingConfiguration: mine}", {"configMap": {"name": "mine"}}),
    ],
)
def test_the_configuration_file(version: str, values: str, source: dict[str, dict[str, str]]) -> None:
    inner = values[1:-1]
    text = chart("", version).replace("{persistence:", f"{{{inner}, persistence:")
    assert variables(text, "immich-server")["IMMICH_CONFIG_FILE"] == "/config/immich-config.yaml"
    assert {"name": "config", **source} in pod(text, "immich-server")["volumes"]
    assert {"name": "config", "mountPath": "/config"} in container(text, "immich-server")["volumeMounts"]


@pytest.mark.parametrize(
    ("version", "variable", "value", "ports"),
    [
        ("0.5.0", "IMMICH_METRICS", "true", [3001, 8081]),
        ("0.8.3", "IMMICH_TELEMETRY_INCLUDE", "all", [2283, 8081, 8082]),
        ("0.12.0", "IMMICH_TELEMETRY_INCLUDE", "all", [2283, 8081, 8082]),
    ],
)
def test_metrics(version: str, variable: str, value: str, ports: list[int]) -> None:
    text = chart("", version).replace("{persistence:", "{metrics: {enabled: true}, persistence:")
    assert variables(text, "immich-server")[variable] == value
    assert [item["containerPort"] for item in container(text, "immich-server")["ports"]] == ports


def test_templates_that_only_name_the_release_are_evaluated() -> None:
    inner = "env: {A: '{{ printf \"http://%s-x:1\" .Release.Name }}', B: '{{ .Release.Namespace }}', C: '{{ fail }}'}"
    found = variables(chart(ml(inner), "0.12.0"), "immich-machine-learning")
    assert (found["A"], found["B"]) == ("http://immich-x:1", "photos")
    assert isinstance(found["C"], Hole)


@pytest.mark.parametrize("version", [">=0.11.1", "*", "0.14.0", "1.2.3"])
def test_a_version_that_is_not_known_is_read_where_the_values_show_their_layout(version: str) -> None:
    assert objects(chart("", version)) == {}
    found = objects(chart(ml("env: {A: b}"), version))
    assert "Deployment immich-machine-learning" in found


@pytest.mark.parametrize("version", ["0.0.4", "0.0.3"])
def test_the_layout_before_0_1_is_not_read(version: str) -> None:
    assert objects(chart("", version)) == {}


def test_what_values_from_elsewhere_may_replace_is_not_known() -> None:
    text = chart(ml("env: {A: b}"), "0.12.0", extra="valuesFrom: [{kind: Secret, name: more}]")
    found = variables(text, "immich-machine-learning")
    assert found["A"] == "b"
    assert isinstance(found["HF_XET_CACHE"], Hole)
    assert "immich-valkey" not in deployments(text)


def test_legacy_keys_are_ignored_by_the_layered_edition() -> None:
    found = variables(chart("env: {A: b}\nserver: {env: {B: c}}\n", "0.12.0"), "immich-server")
    assert "A" not in found
    assert "B" not in found


@pytest.mark.parametrize("key", ["postgresql", "redis"])
def test_keys_of_removed_charts_are_refused(key: str) -> None:
    assert objects(chart(f"{key}: {{enabled: false}}\n", "0.12.0")) == {}
    assert objects(chart(f"{key}: {{enabled: false}}\n", "0.9.3")) != {}


ODD: st.SearchStrategy[Any] = st.sampled_from([None, "", "x", 0, True, [], ["x"], [{"name": "a"}], {}, {"x": "y"}])
MAIN = "controllers.main.containers.main"
ROUTES = [
    *(f"{MAIN}.{key}" for key in ("env.A", "envFrom", "image.tag", "ports", "probes.startup.spec", "securityContext")),
    *("controllers.main.pod.securityContext", "controllers.main.strategy", "controllers.main.initContainers.a.env"),
    *("defaultPodOptions.securityContext", "service.main.ports.http.port", "persistence.cache.existingClaim"),
    *("persistence.cache.type", "persistence.cache.globalMounts", "persistence.cache.advancedMounts.main.main"),
    *("persistence.cache.subPath", "persistence.cache.mountPath", "global.nameOverride", "fullnameOverride"),
    *("image.tag", "env.A", "envFrom", "command", "probes.startup.spec", "podSecurityContext", "controller.type"),
    *("initContainers.a.volumeMounts", "sidecars.a.image", "enabled", "immich.configuration", "immich.metrics.enabled"),
    *("immich.existingConfiguration", "immich.configurationKind", "immich.persistence.library.existingClaim"),
]


def cut(route: str) -> st.SearchStrategy[list[str]]:
    steps = route.split(".")
    return st.integers(1, len(steps)).map(lambda length: steps[:length])


@given(
    st.sampled_from(["0.1.0", "0.6.0", "0.9.3", "0.10.0", "0.12.0", "0.13.1", ""]),
    st.lists(st.tuples(st.sampled_from(ROUTES).flatmap(cut), ODD, st.booleans()), max_size=4),
    st.sampled_from(["", "valuesFrom: [{kind: Secret, name: more}]"]),
)
def test_values_of_any_type_are_read(version: str, changes: list[tuple[list[str], Any, bool]], extra: str) -> None:
    values: dict[str, Any] = {"machine-learning": {}, "valkey": {"enabled": True}}
    for route, value, shared in changes:
        node = values if shared else values["machine-learning"]
        for key in route[:-1]:
            below = node.get(key)
            node[key] = below if isinstance(below, dict) else {}
            node = node[key]
        node[route[-1]] = deepcopy(value)
    head, _, _ = chart("", version, extra=extra).partition("    immich:")
    found = objects(head + "    " + json.dumps(values) + "\n")
    assert not version or values["machine-learning"].get("enabled", True) is not True or found
