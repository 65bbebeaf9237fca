"""app-template 1: flat values, the objects that they make (common 1.5.1), and the way back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from release_files import IMAGE, key_of, outcomes, release, stacks_of

from immichlint.findings.change import REMOVED, Effect
from immichlint.trees.tree import plain

POD = ("spec", "template", "spec")
CONTAINER = (*POD, "containers", "[name=immich]")
SERVICE = "service: {main: {ports: {http: {port: 2283}}}}\n"


def flat(more: str = "", service: str = SERVICE) -> str:
    return release(f"image: {IMAGE}\n{service}{more}", "1.5.1")


def objects(text: str) -> dict[str, Any]:
    (stack,) = stacks_of({"release.yaml": text})
    found = [item.manifest for item in stack.objects if item.source is not item.manifest]
    return {f"{item.kind} {item.name}": plain(item.tree) for item in found}


def pod(more: str = "", service: str = SERVICE) -> dict[str, Any]:
    found: dict[str, Any] = objects(flat(more, service))["Deployment immich"]["spec"]["template"]["spec"]
    return found


def test_the_workload() -> None:
    made = pod("env: {TZ: UTC, N: 1}\npodSecurityContext: {runAsUser: 1000}\nsecurityContext: {privileged: false}\n")
    (container,) = made["containers"]
    assert container["name"] == "immich"
    assert container["image"] == "ghcr.io/immich-app/immich-server:v2.0.0"
    assert container["env"] == [{"name": "N", "value": "1"}, {"name": "TZ", "value": "UTC"}]
    assert container["ports"] == [{"name": "http", "containerPort": 2283}]
    assert (made["securityContext"], container["securityContext"]) == ({"runAsUser": 1000}, {"privileged": False})
    assert (made["enableServiceLinks"], made["automountServiceAccountToken"]) == (True, True)


def test_probes_are_on_and_ask_for_the_primary_port() -> None:
    (container,) = pod()["containers"]
    times = {"initialDelaySeconds": 0, "failureThreshold": 3, "timeoutSeconds": 1, "periodSeconds": 10}
    assert container["livenessProbe"] == {**times, "tcpSocket": {"port": 2283}}
    assert container["startupProbe"] == {
        **times,
        "tcpSocket": {"port": 2283},
        "periodSeconds": 5,
        "failureThreshold": 30,
    }
    assert "livenessProbe" not in pod("probes: {liveness: {enabled: false}}\n")["containers"][0]
    assert "livenessProbe" not in pod(service="service: {main: {enabled: false}}\n")["containers"][0]


def test_the_service() -> None:
    found = objects(flat(service="service: {main: {ports: {http: {port: 80}}}, metrics: {ports: {m: {port: 8081}}}}\n"))
    services = {name: item["spec"] for name, item in found.items() if name.startswith("Service ")}
    assert list(services) == ["Service immich", "Service immich-metrics"]
    assert services["Service immich"]["ports"] == [
        {"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}
    ]
    labels = {"app.kubernetes.io/name": "immich", "app.kubernetes.io/instance": "immich"}
    assert services["Service immich"]["selector"] == labels
    assert found["Deployment immich"]["spec"]["selector"]["matchLabels"] == labels


def test_persistence_is_on_where_it_says_so() -> None:
    library = "library: {enabled: true, size: 1Gi, accessMode: ReadWriteOnce, mountPath: /photos}"
    cache = "cache: {enabled: true, type: emptyDir}"
    off = "off: {type: pvc, existingClaim: x}"
    more = f"persistence: {{{library}, {cache}, {off}, no: {{enabled: true, existingClaim: old, mountPath: '-'}}}}\n"
    made = pod(more)
    assert made["volumes"] == [
        {"name": "cache", "emptyDir": {}},
        {"name": "library", "persistentVolumeClaim": {"claimName": "immich-library"}},
        {"name": "no", "persistentVolumeClaim": {"claimName": "old"}},
    ]
    assert made["containers"][0]["volumeMounts"] == [
        {"name": "cache", "mountPath": "/cache"},
        {"name": "library", "mountPath": "/photos"},
    ]
    assert "PersistentVolumeClaim immich-library" in objects(flat(more))


def test_an_ingress_is_on_where_it_says_so() -> None:
    hosts = "hosts: [{host: photos.example, paths: [{path: /}]}]"
    found = objects(
        flat(f"ingress: {{main: {{enabled: true, ingressClassName: nginx, {hosts}}}, other: {{{hosts}}}}}\n")
    )
    assert [name for name in found if name.startswith("Ingress ")] == ["Ingress immich"]
    (path,) = found["Ingress immich"]["spec"]["rules"][0]["http"]["paths"]
    assert path["backend"]["service"] == {"name": "immich", "port": {"number": 2283}}


def test_raw_containers_have_their_own_mounts() -> None:
    made = pod("initContainers: {wait: {image: busybox, volumeMounts: [{name: a, mountPath: /a}]}}\n")
    (init,) = made["initContainers"]
    assert init["volumeMounts"] == [{"name": "a", "mountPath": "/a"}]


@pytest.mark.parametrize(
    ("more", "route", "value", "text"),
    [
        ("", (*CONTAINER, "env", "[name=TZ]", "value"), "UTC", "    env:\n      TZ: UTC\n"),
        ("env: {TZ: UTC}\n", (*CONTAINER, "env", "[name=TZ]", "value"), "Europe/Berlin", "env: {TZ: Europe/Berlin}"),
        ("env:\n  - {name: A, value: b}\n", (*CONTAINER, "env", "[name=TZ]", "value"), "UTC", "{name: TZ, value: UTC}"),
        ("", (*POD, "enableServiceLinks"), False, "    enableServiceLinks: false\n"),
        ("", (*POD, "automountServiceAccountToken"), False, "    automountServiceAccountToken: false\n"),
        ("", (*POD, "securityContext", "runAsUser"), 1000, "    podSecurityContext:\n      runAsUser: 1000\n"),
        ("", (*CONTAINER, "securityContext", "privileged"), False, "    securityContext:\n      privileged: false\n"),
        ("", (*CONTAINER, "image"), "ghcr.io/immich-app/immich-server:v2.1.0", "tag: v2.1.0}"),
        ("env: {TZ: UTC, A: b}\n", (*CONTAINER, "env", "[name=TZ]"), REMOVED, "env: {A: b}"),
    ],
)
def test_the_way_back(more: str, route: tuple[str, ...], value: Any, text: str) -> None:
    files = {"release.yaml": flat(more)}
    made, wrong = next(outcomes(files, [Effect(key_of(files, "Deployment", "immich"), route, value)]))
    assert (wrong, text in made["release.yaml"]) == ("", True)


def test_a_volume_and_its_mount() -> None:
    files = {"release.yaml": flat()}
    key = key_of(files, "Deployment", "immich")
    effects = [
        Effect(key, (*POD, "volumes", "[name=cache]"), {"emptyDir": {}}),
        Effect(key, (*CONTAINER, "volumeMounts", "[mountPath=/cache]"), {"name": "cache"}),
    ]
    made, wrong = next(outcomes(files, effects))
    assert wrong == ""
    assert "cache:\n        enabled: true\n        type: emptyDir\n        mountPath: /cache\n" in made["release.yaml"]


def test_defaults_are_not_known_where_values_come_from_elsewhere() -> None:
    text = release(f"image: {IMAGE}\n{SERVICE}", "1.5.1", "valuesFrom: [{kind: Secret, name: more}]")
    (stack,) = stacks_of({"release.yaml": text})
    (container,) = stack.containers
    assert container.pod.field("enableServiceLinks").unknown
    assert container.field("livenessProbe").unknown


@given(
    st.dictionaries(st.sampled_from(["A", "B", "TZ"]), st.sampled_from(["x", "1", "a: b", ""]), max_size=3),
    st.booleans(),
    st.sampled_from(["A", "TZ", "HF_HOME"]),
    st.sampled_from(["UTC", "true", "# c", "/cache"]),
)
def test_a_variable_is_what_was_set_and_set_once(found: dict[str, str], listed: bool, name: str, value: str) -> None:
    items = [{"name": key, "value": text} for key, text in found.items()]
    text = flat(f"env: {json.dumps(items if listed else found)}\n" if found else "")
    route = (*CONTAINER, "env", f"[name={name}]", "value")
    after = _set(text, route, value)
    assert _set(after, route, value) == after
    assert {**found, name: value} == {item["name"]: item["value"] for item in _container(after)["env"]}


def _container(text: str) -> dict[str, Any]:
    (found,) = objects(text)["Deployment immich"]["spec"]["template"]["spec"]["containers"]
    made: dict[str, Any] = found
    return made


def _set(text: str, route: tuple[str, ...], value: Any) -> str:
    """The release after the best way that does nothing but what was meant; fails where none does."""
    files = {"release.yaml": text}
    effect = Effect(key_of(files, "Deployment", "immich"), route, value)
    return next(made.get("release.yaml", text) for made, wrong in outcomes(files, [effect]) if not wrong)
