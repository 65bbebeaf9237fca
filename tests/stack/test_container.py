"""Containers as they run: variables, users, mounts and images."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stack_files import main, server, stack_of

from immichlint.stack.image import Version, parse_image

CONFIG = "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: photos}, data: {A: config, B: b}}\n"
SECRET = "{apiVersion: v1, kind: Secret, metadata: {name: keys, namespace: photos}, stringData: {S: secret}}\n"


def known(container: str, name: str, *documents: str) -> tuple[str, str]:
    variable = main(server(container), *documents).variable(name)
    return variable.state, variable.text


def test_variables_of_env() -> None:
    env = "env: [{name: A, value: a}, {name: E}, {name: ONE, value: 1}]"
    assert known(env, "A") == ("known", "a")
    assert known(env, "E") == ("known", "")
    assert known(env, "ONE") == ("known", "1")
    assert known(env, "B") == ("absent", "")


def test_the_last_of_two_of_one_name_counts() -> None:
    assert known("env: [{name: A, value: a}, {name: A, value: b}]", "A") == ("known", "b")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$(A)", "a"),
        ("x://$(A):$(S)@$(B)/", "x://a:$(S)@b/"),
        ("$(LATER)$(N)", "$(LATER)$(N)"),
        ("$$(A)", "$(A)"),
        ("$A 5$", "$A 5$"),
    ],
)
def test_references_to_what_stands_before(text: str, value: str) -> None:
    env = f"env: [{{name: S, valueFrom: {{secretKeyRef: {{name: s, key: k}}}}}}, {{name: T, value: '{text}'}}"
    container = f"{env}, {{name: LATER, value: l}}], envFrom: [{{configMapRef: {{name: settings}}}}]"
    variable = main(server(container), CONFIG.replace("config", "a")).variable("T")
    assert (variable.text, variable.value) == (text, value)


def test_env_beats_env_from() -> None:
    container = "env: [{name: A, value: a}], envFrom: [{configMapRef: {name: settings}}]"
    assert known(container, "A", CONFIG) == ("known", "a")
    assert known(container, "B", CONFIG) == ("known", "b")
    assert known(container, "C", CONFIG) == ("absent", "")


def test_the_later_source_beats_the_earlier_one() -> None:
    other = CONFIG.replace("settings", "more").replace("config", "later")
    container = "envFrom: [{configMapRef: {name: settings}}, {configMapRef: {name: more}}]"
    assert known(container, "A", CONFIG, other) == ("known", "later")


def test_a_prefix() -> None:
    container = "envFrom: [{prefix: P_, configMapRef: {name: settings}}]"
    assert known(container, "P_A", CONFIG) == ("known", "config")
    assert known(container, "A", CONFIG) == ("absent", "")


def test_a_source_that_is_not_here_leaves_everything_open() -> None:
    variable = main(server("env: [{name: A, value: a}], envFrom: [{configMapRef: {name: generated}}]")).variable("B")
    assert variable.unknown and not variable.is_set
    assert variable.why == "envFrom of the ConfigMap generated, which is not in the repository"


def test_what_an_open_source_may_set_does_not_beat_env() -> None:
    container = "env: [{name: A, value: a}], envFrom: [{secretRef: {name: elsewhere}}]"
    assert known(container, "A") == ("known", "a")


@pytest.mark.parametrize(
    "sources",
    [
        "{configMapRef: {name: settings}}, {secretRef: {name: elsewhere}}",
        "{secretRef: {name: elsewhere}}, {configMapRef: {name: settings}}",
    ],
)
def test_an_open_source_is_not_taken_to_repeat_what_a_known_one_sets(sources: str) -> None:
    assert known(f"envFrom: [{sources}]", "A", CONFIG) == ("known", "config")
    assert known(f"envFrom: [{sources}]", "C", CONFIG)[0] == "unknown"


def test_a_secret_shows_no_value() -> None:
    variable = main(server("envFrom: [{secretRef: {name: keys}}]"), SECRET).variable("S")
    assert variable.unknown and variable.is_set
    assert variable.text == ""
    assert variable.source == "Secret keys"


def test_a_key_of_a_config_map() -> None:
    reference = "env: [{name: X, valueFrom: {configMapKeyRef: {name: %s, key: %s}}}]"
    assert known(reference % ("settings", "A"), "X", CONFIG) == ("known", "config")
    assert known(reference % ("settings", "missing"), "X", CONFIG)[0] == "unknown"
    assert known(reference % ("elsewhere", "A"), "X", CONFIG)[0] == "unknown"


def test_a_config_map_of_another_namespace_is_not_meant() -> None:
    other = CONFIG.replace("photos", "other")
    assert known("envFrom: [{configMapRef: {name: settings}}]", "A", other)[0] == "unknown"


def test_a_key_of_a_secret_says_where_it_comes_from() -> None:
    variable = main(server("env: [{name: P, valueFrom: {secretKeyRef: {name: pg-app, key: password}}}]")).variable("P")
    assert variable.unknown and variable.is_set
    assert variable.reference == ("pg-app", "password")


def test_what_the_downward_api_gives_is_set() -> None:
    variable = main(server("env: [{name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]")).variable("NODE")
    assert variable.unknown and variable.is_set


def test_the_container_beats_the_pod() -> None:
    pod = "securityContext: {runAsUser: 1000, fsGroup: 2000}"
    found = main(server("securityContext: {runAsUser: 0, privileged: null}", pod))
    assert found.security("runAsUser").value == 0
    assert found.security("fsGroup").value == 2000
    assert found.security("privileged").absent
    assert main(server("", pod)).security("runAsUser").value == 1000


VOLUMES = (
    "volumes: [{name: data, persistentVolumeClaim: {claimName: x}}, {name: tmp, emptyDir: {}}, {name: c, secret: {}}]"
)


def test_the_mount_that_a_path_lies_in() -> None:
    mounts = "{name: data, mountPath: /data/}, {name: tmp, mountPath: /data/thumbs}, {name: c, mountPath: /c}"
    found = main(server(f"volumeMounts: [{mounts}]", VOLUMES))
    paths = {path: mount.path for path in ("/data/x", "/data/thumbs/y", "/c") if (mount := found.mount_of(path))}
    assert paths == {"/data/x": "/data", "/data/thumbs/y": "/data/thumbs", "/c": "/c"}
    assert found.mount_of("/database") is None
    data, thumbs, config = (found.mount_of(path) for path in ("/data", "/data/thumbs", "/c"))
    assert data is not None and thumbs is not None and config is not None
    assert (data.persistent, thumbs.persistent, config.persistent) == (True, False, False)
    assert (data.writable, thumbs.writable, config.writable) == (True, True, False)


def test_a_read_only_mount_and_one_of_no_volume() -> None:
    found = main(
        server("volumeMounts: [{name: data, mountPath: /a, readOnly: true}, {name: none, mountPath: /b}]", VOLUMES)
    )
    assert [(mount.writable, mount.volume is None) for mount in found.mounts] == [(False, False), (True, True)]


def test_a_claim_template_is_a_volume() -> None:
    text = server("volumeMounts: [{name: data, mountPath: /data}]").replace("Deployment", "StatefulSet")
    text = text.replace("spec: {template", "spec: {volumeClaimTemplates: [{metadata: {name: data}}], template")
    mount = main(text).mount_of("/data")
    assert mount is not None and mount.volume is not None
    assert mount.volume.kind == "persistentVolumeClaim"


def test_a_native_sidecar_runs_on_and_an_init_container_does_not() -> None:
    image = "image: 'ghcr.io/immich-app/immich-machine-learning:v2.0.0'"
    pod = f"initContainers: [{{name: ml, restartPolicy: Always, {image}}}, {{name: wait, image: 'busybox'}}]"
    stack = stack_of(server("", pod))
    assert [item.container_name for item in stack.workloads[0].running] == ["main", "ml"]
    assert [item.container_name for item in stack.components("machine-learning")] == ["ml"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("immich-server", ("immich-server", "", "")),
        ("host:5000/a/immich-server", ("host:5000/a/immich-server", "", "")),
        ("host:5000/a:v1", ("host:5000/a", "v1", "")),
        ("a/b:v1@sha256:abc", ("a/b", "v1", "sha256:abc")),
        ("a/b@sha256:abc", ("a/b", "", "sha256:abc")),
    ],
)
def test_parts_of_an_image(text: str, parts: tuple[str, str, str]) -> None:
    assert tuple(parse_image(text)) == parts


@pytest.mark.parametrize(
    ("tag", "version", "accelerator"),
    [
        ("v2.1.0", Version(2, 1, 0), ""),
        ("2.1.0", Version(2, 1, 0), ""),
        ("v2.1.0-cuda", Version(2, 1, 0), "cuda"),
        ("v2", None, ""),
        ("v2.1", None, ""),
        ("release", None, ""),
        ("release-openvino", None, "openvino"),
        ("v2.1.0-rc1", None, ""),
        ("v2.1.x", None, ""),
        ("", None, ""),
    ],
)
def test_versions_of_an_image(tag: str, version: Version | None, accelerator: str) -> None:
    image = parse_image(f"mirror.example/x/immich-machine-learning:{tag}" if tag else "immich-machine-learning")
    assert (image.component, image.version, image.accelerator) == ("machine-learning", version, accelerator)


repositories = st.from_regex(r"([a-z]{1,3}(:[0-9]{2,4})?/)?[a-z]{1,4}(/[a-z]{1,3})?", fullmatch=True)
tags = st.from_regex(r"[a-z0-9][a-z0-9.-]{0,5}", fullmatch=True)


@given(repositories, st.none() | tags, st.none() | st.just("sha256:abc"))
def test_an_image_is_its_parts(repository: str, tag: str | None, digest: str | None) -> None:
    text = repository + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
    assert tuple(parse_image(text)) == (repository, tag or "", digest or "")
