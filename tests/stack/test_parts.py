"""Which databases are Immich's where they are plain workloads."""

from __future__ import annotations

import pytest
from stack_files import stack_of

OWN = "ghcr.io/immich-app/postgres:16-vectorchord0.4.3"


def server(*env: str) -> str:
    return f"""apiVersion: apps/v1
kind: Deployment
metadata: {{name: immich, namespace: photos}}
spec:
  template:
    spec:
      containers:
        - {{name: server, image: 'ghcr.io/immich-app/immich-server:v3.1.0', env: [{", ".join(env)}]}}
"""


def database(name: str = "db", image: str = OWN, namespace: str = "photos") -> str:
    return f"""apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: {name}, namespace: {namespace}}}
spec:
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {{containers: [{{name: postgres, image: '{image}'}}]}}
---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: {namespace}}}
spec: {{selector: {{app: {name}}}, ports: [{{port: 5432}}]}}
"""


HIDDEN = "{name: DB_HOSTNAME, valueFrom: {secretKeyRef: {name: hidden, key: host}}}"
CLUSTER = "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: other, namespace: data}\nspec: {}\n"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ((server(HIDDEN), database()), ["db"]),
        ((server(HIDDEN), database(image="registry.local/tensorchord/pgvecto-rs:pg14-v0.2.0")), ["db"]),
        ((server("{name: DB_URL, valueFrom: {secretKeyRef: {name: hidden, key: url}}}"), database()), ["db"]),
        ((server(HIDDEN), database(image="docker.io/library/postgres:16")), []),
        ((server(HIDDEN), database(), database("other")), []),
        ((server(HIDDEN), database(namespace="data")), []),
        ((server(HIDDEN), database(), CLUSTER), []),
        ((server("{name: DB_HOSTNAME, value: elsewhere}"), database()), []),
        ((server("{name: DB_HOSTNAME, value: other}"), database(), database("other")), ["other"]),
        ((server(), database("database", "docker.io/library/postgres:16")), ["database"]),
        ((server(), database()), []),
    ],
)
def test_the_databases_of_a_server(files: tuple[str, ...], found: list[str]) -> None:
    parts = stack_of(*files).parts
    assert [item.object.manifest.name for item in parts if item.component == "database"] == found
