"""app-template: the workloads that the chart makes. Expectations are the chart's own, common 4.1.1."""

from __future__ import annotations

from typing import Any

import pytest
from release_files import container, pod, pods, release, server, workloads

from immichlint.trees.field import Field, look

POD = ("spec", "template", "spec")


def field(text: str, *route: str | int, name: str = "immich") -> Field:
    return look(workloads(text)[name], (*POD, *route))


def env(container_text: str, controller: str = "") -> Any:
    return container(release(server(container_text, controller=controller))).get("env")


@pytest.mark.parametrize(
    ("values", "item"),
    [
        ("A: text", {"name": "A", "value": "text"}),
        ("A: 4.2", {"name": "A", "value": "4.2"}),
        ("A: 1", {"name": "A", "value": "1"}),
        ("A: 3001", {"name": "A", "value": "3001"}),
        ("A: true", {"name": "A", "value": "true"}),
        ("A: 'on'", {"name": "A", "value": "on"}),
        ("A: {value: 1}", {"name": "A", "value": "1"}),
        ("A: {value: x, dependsOn: B}", {"name": "A", "value": "x"}),
        ("A: {fieldRef: {fieldPath: a}}", {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "a"}}}),
        (
            "A: {valueFrom: {secretKeyRef: {name: s, key: k}}}",
            {"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        ),
        (
            "A: {secretKeyRef: {name: s, key: k}}",
            {"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        ),
        ("- {name: A, value: x}", {"name": "A", "value": "x"}),
        ("- {name: A, value: 1}", {"name": "A", "value": "1"}),
        ("- {name: A, value: true}", {"name": "A", "value": "true"}),
        ("- {name: A, fieldRef: {fieldPath: a}}", {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "a"}}}),
        (
            "- {name: A, valueFrom: {fieldRef: {fieldPath: a}}}",
            {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "a"}}},
        ),
    ],
)
def test_a_variable_in_every_spelling(values: str, item: Any) -> None:
    assert env(f"env:\n  {values}") == [item]


def test_a_null_takes_a_variable_away() -> None:
    assert env("env:\n  A: null\n  B: b") == [{"name": "B", "value": "b"}]


def test_what_is_taken_away_is_absent_and_not_unknown() -> None:
    assert field(release(server("env: {A: x}")), "containers", 0, "envFrom").absent
    assert field(release(server("resources: null")), "containers", 0, "resources").absent


@pytest.mark.parametrize("strategy", ["", "defaultContainerOptionsStrategy: overwrite\n"])
def test_the_containers_mapping_hides_the_default_as_a_whole(strategy: str) -> None:
    controller = f"{strategy}defaultContainerOptions: {{resources: {{requests: {{memory: 1Gi, cpu: 150m}}}}}}"
    text = release(server("resources: {requests: {memory: 2Gi}}", controller=controller))
    assert container(text)["resources"] == {"requests": {"memory": "2Gi"}}


def test_mappings_are_merged_where_the_strategy_says_so() -> None:
    controller = (
        "defaultContainerOptionsStrategy: merge\n"
        "defaultContainerOptions: {resources: {requests: {memory: 1Gi, cpu: 150m}}}"
    )
    text = release(server("resources: {requests: {memory: 2Gi}}", controller=controller))
    assert container(text)["resources"] == {"requests": {"memory": "2Gi", "cpu": "150m"}}


def test_variables_of_the_default_options() -> None:
    controller = "defaultContainerOptions: {env: {A: a}}"
    assert env("", controller) == [{"name": "A", "value": "a"}]
    assert env("env: {B: b}", controller) == [{"name": "B", "value": "b"}]
    assert env("env: {}", controller) == [{"name": "A", "value": "a"}]


def test_default_options_reach_init_containers_unless_switched_off() -> None:
    init = "initContainers: {wait: {image: {repository: busybox, tag: '1'}}}\n"
    options = "defaultContainerOptions: {resources: {requests: {memory: 1Gi}}}\n"
    off = "applyDefaultContainerOptionsToInitContainers: false\n"
    reached = pod(release(server("", controller=init + options)))["initContainers"][0]
    assert reached["resources"] == {"requests": {"memory": "1Gi"}}
    assert "resources" not in pod(release(server("", controller=init + options + off)))["initContainers"][0]


def test_a_native_sidecar_restarts_always() -> None:
    init = "initContainers: {proxy: {restartPolicy: Always, image: {repository: envoy, tag: '1'}}}\n"
    assert pod(release(server("", controller=init)))["initContainers"][0]["restartPolicy"] == "Always"


def test_what_is_disabled_is_not_there() -> None:
    values = server("", controller="initContainers: {wait: {enabled: false}}") + (
        "  other:\n    enabled: false\n    containers: {main: {image: {repository: busybox, tag: '1'}}}\n"
    )
    assert list(workloads(release(values))) == ["immich"]
    assert "initContainers" not in pod(release(values))


def test_names_by_the_number_of_enabled_controllers() -> None:
    other = "  ml:\n    type: statefulset\n    containers: {main: {image: {repository: busybox, tag: '1'}}}\n"
    found = workloads(release(server("") + other))
    assert sorted(found) == ["immich-ml", "immich-server"]
    assert look(found["immich-ml"], ("kind",)).value == "StatefulSet"
    assert look(found["immich-ml"], ("metadata", "namespace")).value == "photos"
    assert look(found["immich-server"], ("spec", "strategy", "type")).value == "Recreate"


@pytest.mark.parametrize(
    ("tag", "image"),
    [
        ("latest", "a/b:latest"),
        ("1.23", "a/b:1.23"),
        ("1.10", "a/b:1.1"),
        ("32", "a/b:32"),
        ("'1.10'", "a/b:1.10"),
        ("'v2@sha256:abc'", "a/b:v2@sha256:abc"),
    ],
)
def test_images(tag: str, image: str) -> None:
    values = f"controllers: {{server: {{containers: {{main: {{image: {{repository: a/b, tag: {tag}}}}}}}}}}}"
    assert container(release(values))["image"] == image


def test_an_image_of_the_default_options() -> None:
    values = (
        "controllers:\n  server:\n    defaultContainerOptions: {image: {repository: a/b, tag: 32}}\n"
        "    containers: {main: {}}\n"
    )
    assert container(release(values))["image"] == "a/b:32"


@pytest.mark.parametrize(
    ("item", "volume"),
    [
        ("{existingClaim: library}", {"persistentVolumeClaim": {"claimName": "library"}}),
        ("{type: persistentVolumeClaim, existingClaim: x}", {"persistentVolumeClaim": {"claimName": "x"}}),
        ("{type: emptyDir}", {"emptyDir": {}}),
        ("{type: emptyDir, medium: Memory, sizeLimit: 1Gi}", {"emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}}),
        ("{type: hostPath, hostPath: /mnt}", {"hostPath": {"path": "/mnt"}}),
        (
            "{type: hostPath, hostPath: /mnt, hostPathType: Directory}",
            {"hostPath": {"path": "/mnt", "type": "Directory"}},
        ),
        ("{type: nfs, server: nas, path: /photos}", {"nfs": {"server": "nas", "path": "/photos"}}),
        ("{type: configMap, name: settings}", {"configMap": {"name": "settings"}}),
        ("{type: secret, name: keys}", {"secret": {"secretName": "keys"}}),
        (
            "{type: configMap, name: settings, defaultMode: 420}",
            {"configMap": {"name": "settings", "defaultMode": 420}},
        ),
        (
            "{type: custom, volumeSpec: {ephemeral: {volumeClaimTemplate: {}}}}",
            {"ephemeral": {"volumeClaimTemplate": {}}},
        ),
    ],
)
def test_volumes(item: str, volume: Any) -> None:
    text = release(server("", more=f"persistence: {{data: {item}}}\n"))
    assert pod(text)["volumes"] == [{"name": "data", **volume}]


def mounts(item: str, container_index: int = 0) -> Any:
    other = (
        "controllers:\n  server:\n    containers:\n      main: {image: {repository: a, tag: b}}\n"
        "      second: {image: {repository: a, tag: b}}\n"
    )
    made = pod(release(f"{other}persistence: {{data: {item}}}\n"))
    return made["containers"][container_index]["volumeMounts"]


@pytest.mark.parametrize(
    ("item", "made"),
    [
        ("{existingClaim: x}", [{"mountPath": "/data"}]),
        ("{type: hostPath, hostPath: /mnt}", [{"mountPath": "/mnt"}]),
        ("{type: hostPath, hostPath: /dev, globalMounts: [{subPath: s}]}", [{"mountPath": "/dev", "subPath": "s"}]),
        ("{type: hostPath, hostPath: /tmp, globalMounts: [{path: /data}]}", [{"mountPath": "/data"}]),
        ("{existingClaim: x, globalMounts: [{path: /photos}]}", [{"mountPath": "/photos"}]),
        ("{existingClaim: x, globalMounts: [{subPath: s}]}", [{"mountPath": "/data", "subPath": "s"}]),
        ("{existingClaim: x, globalMounts: [{path: /a, readOnly: true}]}", [{"mountPath": "/a", "readOnly": True}]),
        ("{existingClaim: x, globalMounts: [{path: /a, readOnly: false}]}", [{"mountPath": "/a"}]),
        ("{existingClaim: x, globalMounts: [{path: /a}, {path: /b}]}", [{"mountPath": "/a"}, {"mountPath": "/b"}]),
        ("{existingClaim: x, globalMounts: []}", [{"mountPath": "/data"}]),
        ("{existingClaim: x, advancedMounts: {server: {main: [{path: /a}]}}}", [{"mountPath": "/a"}]),
        (
            "{existingClaim: x, globalMounts: [{path: /g}], advancedMounts: {server: {main: [{path: /a}]}}}",
            [{"mountPath": "/g"}, {"mountPath": "/a"}],
        ),
        ("{existingClaim: x, advancedMounts: {server: {second: [{path: /a}]}}}", []),
        ("{enabled: false, existingClaim: x}", []),
    ],
)
def test_mounts(item: str, made: list[Any]) -> None:
    assert mounts(item) == [{"name": "data", **mount} for mount in made]


def test_a_volume_that_only_another_controller_mounts_is_not_in_the_pod() -> None:
    other = "  ml:\n    containers: {main: {image: {repository: busybox, tag: '1'}}}\n"
    item = "persistence: {data: {existingClaim: x, advancedMounts: {server: {main: [{path: /a}]}}}}\n"
    text = release(server("") + other + item)
    assert [volume["name"] for volume in pod(text, "immich-server")["volumes"]] == ["data"]
    assert pod(text, "immich-ml")["volumes"] == []


USER = "defaultPodOptions: {securityContext: {runAsUser: 1000, fsGroup: 1000}}\n"


@pytest.mark.parametrize(
    ("strategy", "controller", "expected"),
    [
        ("", "", {"runAsUser": 1000, "fsGroup": 1000}),
        ("", "pod: {securityContext: {runAsUser: 568}}", {"runAsUser": 568}),
        (
            "defaultPodOptionsStrategy: merge\n",
            "pod: {securityContext: {runAsUser: 568}}",
            {"runAsUser": 568, "fsGroup": 1000},
        ),
    ],
)
def test_pod_options(strategy: str, controller: str, expected: Any) -> None:
    assert pod(release(server("", controller=controller) + strategy + USER))["securityContext"] == expected


def test_a_false_of_the_controller_beats_the_default() -> None:
    values = server("", controller="pod: {hostNetwork: false}") + "defaultPodOptions: {hostNetwork: true}\n"
    assert pod(release(values))["hostNetwork"] is False


@pytest.mark.parametrize(
    ("version", "links", "token"),
    [("2.6.0", True, True), ("3.7.3", False, True), ("4.1.1", False, True), ("5.0.0", False, False)],
)
def test_defaults_by_major_version(version: str, links: bool, token: bool) -> None:
    made = next(iter(pods(release(server(""), version)).values()))
    assert (made["enableServiceLinks"], made["automountServiceAccountToken"]) == (links, token)


SERVICE = "service: {app: {controller: server, ports: {http: {port: 2283}}}}\n"
TIMES = {"initialDelaySeconds": 0, "failureThreshold": 3, "timeoutSeconds": 1, "periodSeconds": 10}


@pytest.mark.parametrize(
    ("probe", "more", "made"),
    [
        ("{}", SERVICE, None),
        ("{enabled: false}", SERVICE, None),
        ("{custom: true, spec: {httpGet: {path: /a, port: 1}}}", SERVICE, None),
        ("{enabled: true}", "", None),
        ("{enabled: true}", SERVICE, {"tcpSocket": {"port": 2283}, **TIMES}),
        ("{enabled: true, port: 81}", SERVICE, {"tcpSocket": {"port": 81}, **TIMES}),
        (
            "{enabled: true, type: HTTP, path: /ping}",
            SERVICE,
            {"httpGet": {"path": "/ping", "port": 2283, "scheme": "HTTP"}, **TIMES},
        ),
        (
            "{enabled: true, type: HTTP, path: /ping, spec: {failureThreshold: 30}}",
            SERVICE,
            {"httpGet": {"path": "/ping", "port": 2283, "scheme": "HTTP"}, **TIMES, "failureThreshold": 30},
        ),
        (
            "{enabled: true, custom: true, spec: {httpGet: {path: /a, port: 1}}}",
            "",
            {"httpGet": {"path": "/a", "port": 1}},
        ),
    ],
)
def test_probes(probe: str, more: str, made: Any) -> None:
    assert container(release(server(f"probes: {{startup: {probe}}}", more=more))).get("startupProbe") == made


def test_a_probe_takes_the_primary_port() -> None:
    ports = "{http: {port: 2283}, metrics: {port: 8081, primary: true}}"
    service = f"service: {{app: {{controller: server, ports: {ports}}}}}\n"
    made = container(release(server("probes: {liveness: {enabled: true}}", more=service)))
    assert made["livenessProbe"]["tcpSocket"] == {"port": 8081}


def test_env_from() -> None:
    made = container(
        release(
            server(
                "envFrom: [{configMap: a, prefix: P_}, {secret: b}, {secretRef: {name: c}}, {configMapRef: {name: d}}]"
            )
        )
    )
    assert made["envFrom"] == [
        {"prefix": "P_", "configMapRef": {"name": "a"}},
        {"secretRef": {"name": "b"}},
        {"secretRef": {"name": "c"}},
        {"configMapRef": {"name": "d"}},
    ]


def test_what_values_from_may_add_is_unknown() -> None:
    text = release(server("env: {A: a}\nresources: null"), extra="valuesFrom: [{kind: Secret, name: more}]")
    assert field(text, "containers", 0, "env", 0, "value").value == "a"
    assert field(text, "containers", 0, "securityContext").unknown
    assert field(text, "securityContext").unknown
    assert look(workloads(text)["immich"], (*POD, "containers", 0, "env", 7)).unknown
    assert look(workloads(text)["immich"], (*POD, "volumes", 0)).unknown
