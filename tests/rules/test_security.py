"""What is a secret and what a placeholder, which device belongs to which image, and which profile sees what."""

from __future__ import annotations

import base64

import pytest
from harness import DEFAULTS, findings_of

from immichlint.rules.model import Profile

ML = "ghcr.io/immich-app/immich-machine-learning:v3.3.6"


def secret(entry: str, field: str = "stringData", head: str = "") -> str:
    return f"apiVersion: v1\nkind: Secret\nmetadata: {{name: immich, namespace: immich{head}}}\n{field}:\n  {entry}\n"


def severities(text: str, rule: str) -> list[str]:
    return [item.severity for item in findings_of({"m.yaml": text}, [rule])]


@pytest.mark.parametrize(
    ("entry", "severity"),
    [
        ("DB_PASSWORD: correct-horse", "error"),
        ("postgres-password: correct-horse", "error"),
        ("RESTIC_PASSWORD: correct-horse", "error"),
        ("s3.secret.key: correct-horse", "error"),
        ("dsn: 'postgres://immich:correct-horse@db/immich'", "error"),
        ("dsn: 'postgres://immich@db/immich'", ""),
        ("password: changeme", "warning"),
        ("password: 'Change-Me-Please'", "warning"),
        ("password: '<password>'", "warning"),
        ("password: xxxx", "warning"),
        ("password: ''", ""),
        ("password: null", ""),
        ("password: ${PASSWORD}", ""),
        ("password: 'ref+vault://kv/immich#password'", ""),
        ("password: 'ENC[AES256_GCM,data:x]'", ""),
        ("password: '<path:kv/data/immich#password>'", ""),
        ("username: immich", ""),
        ("AWS_ACCESS_KEY_ID: AKIA", ""),
        ("ssh-public-key: ssh-ed25519 AAAA", ""),
    ],
)
def test_what_a_secret_holds(entry: str, severity: str) -> None:
    found = findings_of({"m.yaml": secret(entry)}, ["IML703"])
    assert [item.severity for item in found] == ([severity] if severity else [])
    assert all("horse" not in item.message and item.at in entry for item in found)


def test_base64_is_read_and_what_is_none_is_left_alone() -> None:
    text = base64.b64encode(b"correct-horse").decode()
    assert severities(secret(f"password: {text}", "data"), "IML703") == ["error"]
    assert severities(secret("password: 'not base64!'", "data"), "IML703") == []


def test_a_tool_fills_in_the_values() -> None:
    head = ", annotations: {avp.kubernetes.io/path: kv/immich}"
    assert severities(secret("password: <password>", head=head), "IML703") == []


def machine_learning(suffix: str, pod: str = "", container: str = "") -> str:
    return (
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: ml, namespace: immich}, spec: {template: {spec: {"
        f"{pod} containers: [{{name: ml, image: '{ML}{suffix}', {container}}}]}}}}}}}}\n"
    )


@pytest.mark.parametrize(
    ("suffix", "pod", "container", "found"),
    [
        ("-cuda", "", "", 1),
        ("-cuda", "runtimeClassName: nvidia,", "", 0),
        ("-cuda", "nodeSelector: {gpu: 'true'},", "", 0),
        ("-openvino", "nodeSelector: {gpu: 'true'},", "", 1),
        ("-openvino", "", "securityContext: {privileged: true}", 0),
        ("-openvino", "", "resources: {claims: [{name: gpu}]}", 0),
        ("-rocm", "", "resources: {limits: {'amd.com/gpu': 1}}", 0),
        ("-rocm", "", "resources: {limits: {'nvidia.com/gpu': 1}}", 1),
        ("-openvino", "", "resources: {limits: {'squat.ai/dri': 1}}", 0),
        ("", "", "resources: {limits: {memory: 4Gi}}", 0),
        ("", "", "resources: {claims: [{name: gpu}]}", 1),
        ("-gpu", "", "", 1),
    ],
)
def test_which_device_belongs_to_which_variant(suffix: str, pod: str, container: str, found: int) -> None:
    assert len(severities(machine_learning(suffix, pod, container), "IML208")) == found


@pytest.mark.parametrize(("profile", "found"), [(Profile.RECOMMENDED, 0), (Profile.STRICT, 1)])
def test_a_claim_of_a_higher_profile_is_left_out(profile: Profile, found: int) -> None:
    text = machine_learning("")
    assert len(findings_of({"m.yaml": text}, ["IML209"], DEFAULTS._replace(profile=profile))) == found


def test_one_pod_says_once_what_it_has_of_its_node() -> None:
    both = f"{{name: server, image: '{ML.replace('machine-learning', 'server')}'}}, {{name: ml, image: '{ML}'}}"
    text = (
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: one, namespace: immich}, spec: {template: {spec: {"
        f"hostNetwork: true, containers: [{both}]}}}}}}}}\n"
    )
    assert severities(text, "IML704") == ["warning"]


def test_root_is_told_by_its_own_rule() -> None:
    assert severities(machine_learning(""), "IML702") == []
    assert severities(machine_learning("", "securityContext: {runAsUser: 0},"), "IML702") == []
    assert severities(machine_learning("", "securityContext: {runAsNonRoot: true},"), "IML702") == ["info"]
    added = "securityContext: {capabilities: {add: [SYS_NICE]}, allowPrivilegeEscalation: false}"
    nearly = machine_learning("", "securityContext: {runAsUser: 1, seccompProfile: {type: Unconfined}},", added)
    assert severities(nearly, "IML702") == []


def test_the_server_s_device_has_to_let_another_user_in() -> None:
    image = "ghcr.io/immich-app/immich-server:v3.3.6"
    head = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: immich}\nspec: {template: {spec: {containers: [{"
    said = []
    for limits in ("", ", resources: {limits: {gpu.intel.com/i915: 1}}"):
        text = f"{head}name: immich, image: '{image}'{limits}}}]}}}}}}\n"
        said += [
            item.message.rpartition("belongs to that user")[2] for item in findings_of({"m.yaml": text}, ["IML701"])
        ]
    assert said == [".", " and the device lets it in."]
