"""app-template: what the chart makes of fields that have several spellings, an order, or a default."""

from __future__ import annotations

from typing import Any

import pytest
from release_files import IMAGE, container, key_of, outcomes, pod, release, server, workloads

from immichlint.findings.change import Effect
from immichlint.trees.field import look
from immichlint.trees.tree import plain

POD = ("spec", "template", "spec")


@pytest.mark.parametrize("field", ["args", "command"])
def test_a_text_is_a_list_of_one(field: str) -> None:
    assert container(release(server(f"{field}: start now")))[field] == ["start now"]
    assert container(release(server(f"{field}: [start, now]")))[field] == ["start", "now"]
    common = f"defaultContainerOptions: {{{field}: start}}"
    assert container(release(server("", controller=common)))[field] == ["start"]


def test_a_text_that_is_a_list_of_one_is_written_as_the_text() -> None:
    files = {"release.yaml": release(server("args: start"))}
    effect = Effect(key_of(files, "Deployment", "immich"), (*POD, "containers", "[name=main]", "args", 0), "stop")
    changed, difference = next(outcomes(files, [effect]))
    assert "args: stop" in changed["release.yaml"]
    assert difference == ""


def test_variables_come_by_name_and_after_what_they_depend_on() -> None:
    made = container(release(server("env:\n  Z: z\n  A: {value: a, dependsOn: Z}\n  M: m")))["env"]
    assert [item["name"] for item in made] == ["M", "Z", "A"]


@pytest.mark.parametrize("section", ["containers", "initContainers"])
def test_containers_come_by_name_and_after_what_they_depend_on(section: str) -> None:
    image = "image: {repository: busybox, tag: '1'}"
    items = f"{{z: {{{image}}}, a: {{{image}, dependsOn: [m]}}, m: {{{image}, dependsOn: z}}}}"
    values = server("", controller=f"{section}: {items}") if section == "initContainers" else ""
    values = values or f"controllers: {{server: {{containers: {items}}}}}\n# immich-app/immich-server"
    assert [item["name"] for item in pod(release(values))[section]] == ["z", "m", "a"]


def test_what_depends_on_itself_is_not_lost() -> None:
    made = container(release(server("env: {A: {value: a, dependsOn: B}, B: {value: b, dependsOn: A}}")))["env"]
    assert [item["name"] for item in made] == ["A", "B"]


def test_a_container_with_a_name_of_its_own_is_found_by_a_fix() -> None:
    files = {"release.yaml": release(server("nameOverride: immich-server\nenv: {A: a}"))}
    route = (*POD, "containers", "[name=immich-server]", "env", "[name=A]", "value")
    changed, difference = next(outcomes(files, [Effect(key_of(files, "Deployment", "immich"), route, "b")]))
    assert "env: {A: b}" in changed["release.yaml"]
    assert difference == ""


def test_a_container_is_at_its_key_whatever_its_name() -> None:
    made = look(workloads(release(server("nameOverride: immich-server")))["immich"], (*POD, "containers", 0, "name"))
    assert made.value == "immich-server"
    assert made.place is not None
    assert made.place.route[-4:] == ("controllers", "server", "containers", "main")
    assert made.place.key


@pytest.mark.parametrize(
    ("more", "made"),
    [
        ("", (False, "ClusterFirst")),
        ("defaultPodOptions: {hostNetwork: true}\n", (True, "ClusterFirstWithHostNet")),
        ("defaultPodOptions: {hostNetwork: true, dnsPolicy: Default}\n", (True, "Default")),
    ],
)
def test_network_defaults(more: str, made: Any) -> None:
    found = pod(release(server("", more=more)))
    assert (found["hostNetwork"], found["dnsPolicy"]) == made


def test_the_policy_of_a_network_that_is_not_known_is_not_known() -> None:
    made = workloads(release(server("", more="defaultPodOptions: {hostNetwork: '${HOST}'}\n")))["immich"]
    assert look(made, (*POD, "dnsPolicy")).unknown


def test_defaults_that_values_from_elsewhere_may_replace_are_not_known() -> None:
    made = workloads(release(server(""), extra="valuesFrom: [{kind: Secret, name: more}]"))["immich"]
    assert look(made, (*POD, "hostNetwork")).unknown
    assert look(made, ("spec", "replicas")).unknown


def test_replicas() -> None:
    assert look(workloads(release(server("")))["immich"], ("spec", "replicas")).value == 1
    assert look(workloads(release(server("", controller="replicas: 2")))["immich"], ("spec", "replicas")).value == 2
    assert look(workloads(release(server("", controller="replicas: null")))["immich"], ("spec", "replicas")).absent


@pytest.mark.parametrize(
    ("own", "policy"), [("", "Never"), ("pod: {restartPolicy: OnFailure}\n", "OnFailure"), ("pod: {}\n", "Never")]
)
def test_jobs_are_not_restarted(own: str, policy: str) -> None:
    assert pod(release(server("", controller=f"type: job\n{own}")))["restartPolicy"] == policy


def test_the_pull_policy_of_an_image() -> None:
    image = "{repository: a/b, tag: '1', pullPolicy: Always}"
    made = container(release(f"controllers: {{server: {{containers: {{main: {{image: {image}}}}}}}}}"))
    assert (made["image"], made["imagePullPolicy"]) == ("a/b:1", "Always")


def test_a_port_that_is_a_text() -> None:
    service = "service: {app: {controller: server, ports: {http: {port: '2283'}}}}\n"
    made = container(release(server("probes: {liveness: {enabled: true}}", more=service)))
    assert made["livenessProbe"]["tcpSocket"] == {"port": 2283}


def test_the_service_of_a_grpc_probe() -> None:
    service = "service: {app: {controller: server, ports: {http: {port: 2283}}}}\n"
    made = container(release(server("probes: {liveness: {enabled: true, type: GRPC, service: live}}", more=service)))
    assert made["livenessProbe"]["grpc"] == {"port": 2283, "service": "live"}


def test_a_mount_without_a_path_has_that_of_the_one_before() -> None:
    more = "persistence: {data: {existingClaim: x, globalMounts: [{path: /a}, {subPath: s}]}}\n"
    made = container(release(server("", more=more)))["volumeMounts"]
    assert made == [{"name": "data", "mountPath": "/a"}, {"name": "data", "mountPath": "/a", "subPath": "s"}]


TEMPLATE = (
    "type: statefulset\nstatefulset: {volumeClaimTemplates: [{name: store, %saccessMode: ReadWriteOnce, size: 1Gi}]}"
)


@pytest.mark.parametrize(
    ("mounts", "paths"),
    [
        ("", ["/store"]),
        ("enabled: false, ", []),
        ("globalMounts: [{path: /data}], ", ["/data"]),
        ("advancedMounts: {main: [{path: /data}]}, ", ["/data"]),
        ("advancedMounts: {other: [{path: /data}]}, ", []),
    ],
)
def test_mounts_of_claim_templates(mounts: str, paths: list[str]) -> None:
    made = container(release(server("", controller=TEMPLATE % mounts)))["volumeMounts"]
    assert [item["mountPath"] for item in made] == paths


@pytest.mark.parametrize(
    ("written", "name"), [("", None), ("storageClass: fast, ", "fast"), ("storageClass: '-', ", "")]
)
def test_claim_templates(written: str, name: str | None) -> None:
    made: Any = plain(workloads(release(server("", controller=TEMPLATE % written)))["immich"])
    (template,) = made["spec"]["volumeClaimTemplates"]
    assert template["metadata"] == {"name": "store"}
    assert template["spec"]["accessModes"] == ["ReadWriteOnce"]
    assert template["spec"]["resources"] == {"requests": {"storage": "1Gi"}}
    assert template["spec"].get("storageClassName") == name


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("'{{ .Release.Name }}-cache'", "immich-cache"),
        ("'http://{{ .Release.Name }}.{{.Release.Namespace}}.svc:3003'", "http://immich.photos.svc:3003"),
        ("'{{ .Values.cache.host }}'", "cache.example"),
    ],
)
def test_a_template_of_what_is_known(written: str, text: str) -> None:
    made = release(server(f"env: {{REDIS_HOSTNAME: {written}}}", more="cache: {host: cache.example}\n"))
    assert container(made)["env"] == [{"name": "REDIS_HOSTNAME", "value": text}]


@pytest.mark.parametrize("written", ["'{{ .Values.missing }}'", "'{{ include \"x\" . }}'", "'{{ .Values.a | quote }}'"])
def test_other_templates_are_not_known(written: str) -> None:
    found = look(
        workloads(release(server(f"env: {{A: {written}}}")))["immich"], (*POD, "containers", 0, "env", 0, "value")
    )
    assert found.unknown


@pytest.mark.parametrize("version", ["4.1.1", "5.1.0"])
def test_an_image_with_a_digest_and_the_way_back(version: str) -> None:
    image = "{repository: ghcr.io/immich-app/immich-server, tag: v2.0.0, digest: 'sha256:abc'}"
    files = {"release.yaml": release(server("").replace(IMAGE, image), version)}
    assert container(files["release.yaml"])["image"] == "ghcr.io/immich-app/immich-server:v2.0.0@sha256:abc"
    route = (*POD, "containers", "[name=main]", "image")
    effect = Effect(key_of(files, "Deployment", "immich"), route, "ghcr.io/immich-app/immich-server:v2.1.0")
    made, wrong = next(outcomes(files, [effect]))
    assert (wrong, "tag: v2.1.0}" in made["release.yaml"]) == ("", True)


def test_a_digest_in_the_tag_goes_with_it() -> None:
    files = {"release.yaml": release(server("").replace("v2.0.0", "'v2.0.0@sha256:abc'"))}
    route = (*POD, "containers", "[name=main]", "image")
    effect = Effect(key_of(files, "Deployment", "immich"), route, "ghcr.io/immich-app/immich-server:v2.1.0@sha256:d")
    made, wrong = next(outcomes(files, [effect]))
    assert (wrong, "tag: 'v2.1.0@sha256:d'}" in made["release.yaml"]) == ("", True)


def test_a_probe_without_a_service_of_a_later_version() -> None:
    probe = "probes: {liveness: {enabled: true, type: HTTP, path: /ping, port: 2283}}"
    route = (*POD, "containers", 0, "livenessProbe")
    assert look(workloads(release(server(probe), "3.7.3"))["immich"], route).absent
    assert look(workloads(release(server(probe), "5.3.0"))["immich"], route).unknown
