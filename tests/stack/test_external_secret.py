"""ExternalSecrets: which variables they give, and which stay unknown."""

from __future__ import annotations

import pytest
from in_memory import stacks_of

from immichlint.stack.variables import Variables

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: server, namespace: immich}
spec:
  containers:
    - name: server
      image: ghcr.io/immich-app/immich-server:v3.3.6
      envFrom: [{secretRef: {name: immich-secret}, prefix: X_}]
      env:
        - {name: HOST, valueFrom: {secretKeyRef: {name: immich-secret, key: DB_HOSTNAME}}}
---
"""
EXTERNAL = "{{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {{name: immich}}, spec: {{{}}}}}\n"
TEMPLATE = "template: {data: {DB_HOSTNAME: postgres-rw, DB_PASSWORD: '{{ .password }}'}}"


def variables(spec: str) -> Variables:
    (container,) = stacks_of({"m.yaml": POD + EXTERNAL.format(spec)})[0].containers
    return container.variables


def test_a_template_says_all_keys_and_its_literal_texts() -> None:
    found = variables(f"target: {{name: immich-secret, {TEMPLATE}}}, dataFrom: [{{extract: {{key: immich}}}}]")
    assert found.open == ""
    assert found.get("HF_HOME").absent
    assert (found.get("X_DB_HOSTNAME").text, found.get("X_DB_HOSTNAME").source) == (
        "postgres-rw",
        "Secret immich-secret",
    )
    assert found.get("HOST").text == "postgres-rw"
    password = found.get("X_DB_PASSWORD")
    assert password.unknown and password.is_set and password.text == ""


def test_what_is_known_of_a_text_that_a_template_makes() -> None:
    data = "DB_HOSTNAME: 'postgresql://immich:{{ .password | urlquery }}@${CLUSTER}-rw:5432/immich'"
    found = variables(f"target: {{name: immich-secret, template: {{data: {{{data}}}}}}}").get("HOST")
    assert (found.unknown, found.text, found.value) == (True, "", "postgresql://immich:$(_)@$(_)-rw:5432/immich")


def test_listed_keys_are_all_keys() -> None:
    found = variables("target: {name: immich-secret}, data: [{secretKey: DB_HOSTNAME, remoteRef: {key: immich}}]")
    assert found.open == ""
    assert found.get("X_DB_HOSTNAME").unknown and found.get("X_DB_HOSTNAME").is_set
    assert found.get("HOST").unknown


@pytest.mark.parametrize(
    "spec",
    [
        "target: {name: immich-secret}, dataFrom: [{extract: {key: immich}}]",
        f"target: {{name: immich-secret, {TEMPLATE[:-1]}, mergePolicy: Merge}}}}",
        "target: {name: immich-secret, template: {templateFrom: [{configMap: {name: c}}]}}",
        f"target: {{name: immich-secret, creationPolicy: Merge, {TEMPLATE}}}",
        f"target: {{name: another, {TEMPLATE}}}",
    ],
)
def test_what_may_bring_other_keys_leaves_them_unknown(spec: str) -> None:
    found = variables(spec)
    assert found.open
    assert found.get("HF_HOME").unknown and not found.get("HF_HOME").is_set
