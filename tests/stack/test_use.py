"""Which Clusters Immich uses, rung by rung."""

from __future__ import annotations

import pytest
from stack_files import server, stack_of, stacks_of


def cluster(name: str = "pg", namespace: str = "photos", spec: str = "instances: 1") -> str:
    space = f", namespace: {namespace}" if namespace else ""
    return f"apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {{name: {name}{space}}}\nspec: {{{spec}}}\n"


def use(env: str, *clusters: str, namespace: str = "photos") -> list[str]:
    documents = [server(f"env: [{env}]", namespace=namespace), *clusters]
    return [item.use.confidence for item in stack_of(*documents).clusters]


def host(text: str) -> str:
    return f"{{name: DB_HOSTNAME, value: {text}}}"


@pytest.mark.parametrize(
    ("text", "namespace", "confidence"),
    [
        ("pg-rw", "photos", "high"),
        ("pg-ro", "photos", "high"),
        ("pg-r", "photos", "high"),
        ("pg-rw", "databases", ""),
        ("pg-rw", "", "medium"),
        ("pg-rw.databases", "databases", "high"),
        ("pg-rw.databases.svc", "databases", "high"),
        ("pg-rw.databases.svc.cluster.local", "databases", "high"),
        ("pg-rw.databases.svc.cluster.local.", "databases", "high"),
        ("pg-rw.photos", "databases", ""),
        ("pg", "photos", ""),
        ("postgres.example.org", "photos", ""),
        ("pg-rw-x", "photos", ""),
    ],
)
def test_by_the_host(text: str, namespace: str, confidence: str) -> None:
    assert use(host(text), cluster(namespace=namespace)) == [confidence]


@pytest.mark.parametrize("url", ["postgresql://u:p@pg-rw:5432/immich", "postgres://pg-rw.photos.svc/immich"])
def test_by_the_url_which_beats_the_host(url: str) -> None:
    env = f"{{name: DB_URL, value: '{url}'}}, {host('other-rw')}"
    assert use(env, cluster(), cluster("other")) == ["high", ""]


@pytest.mark.parametrize(("name", "certain"), [("HOST", "high"), ("SECRET", "low"), ("ELSEWHERE", "low")])
@pytest.mark.parametrize("of", ["{name: DB_URL, value: 'postgresql://u:p@$(?):5432/immich'}", host("$(?)")])
def test_by_a_host_that_another_variable_gives(of: str, name: str, certain: str) -> None:
    secret = "{name: SECRET, valueFrom: {secretKeyRef: {name: s, key: host}}}"
    env = f"{{name: HOST, value: pg-rw}}, {secret}, {of.replace('?', name)}"
    assert use(env, cluster()) == [certain]
    assert use(env, cluster(), cluster("other")) == [certain.removeprefix("low"), ""]


def test_by_the_secret_that_the_operator_makes() -> None:
    env = "{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: pg-app, key: password}}}"
    assert use(env, cluster(), cluster("other")) == ["high", ""]


def test_by_the_uri_of_that_secret() -> None:
    env = "{name: DB_URL, valueFrom: {secretKeyRef: {name: pg-app, key: uri}}}"
    assert use(env, cluster(), cluster("other")) == ["high", ""]


@pytest.mark.parametrize("bootstrap", ["initdb", "recovery", "pg_basebackup"])
@pytest.mark.parametrize("key", ["database", "owner"])
def test_by_its_database_or_owner(bootstrap: str, key: str) -> None:
    spec = f"bootstrap: {{{bootstrap}: {{{key}: immich}}}}"
    assert use("{name: A}", cluster(spec=spec), cluster("other")) == ["medium", ""]


def database(spec: str, of: str = "pg", namespace: str = "databases") -> str:
    return (
        f"apiVersion: postgresql.cnpg.io/v1\nkind: Database\nmetadata: {{name: photos, namespace: {namespace}}}\n"
        f"spec: {{cluster: {{name: {of}}}, {spec}}}\n"
    )


@pytest.mark.parametrize(
    ("made", "confidence"),
    [
        (database("name: immich, owner: app"), "medium"),
        (database("name: photos, owner: immich"), "medium"),
        (database("name: photos, owner: photos"), ""),
        (database("name: immich, owner: immich", of="other"), ""),
        (database("name: immich, owner: immich", namespace="photos"), ""),
    ],
)
def test_by_a_database_object(made: str, confidence: str) -> None:
    hidden = "{name: DB_HOSTNAME, valueFrom: {secretKeyRef: {name: s, key: host}}}"
    assert use(hidden, cluster(namespace="databases"), cluster("beside"), made) == [confidence, ""]


def test_a_database_object_tells_nothing_where_the_server_names_another_cluster() -> None:
    made = database("name: immich, owner: immich")
    assert use(host("beside-rw"), cluster(namespace="databases"), cluster("beside"), made) == ["", "high"]


def test_by_its_name_and_its_vectors() -> None:
    image = "imageName: 'ghcr.io/tensorchord/cloudnative-vectorchord:17-0.4.3'"
    preload = "postgresql: {shared_preload_libraries: [vchord.so]}"
    found = use("{name: A}", cluster("immich-a", spec=image), cluster("immich-b", spec=preload), cluster("immich-c"))
    assert found == ["medium", "medium", ""]


def test_the_only_one_while_the_host_is_not_known() -> None:
    unknown = "{name: DB_HOSTNAME, valueFrom: {secretKeyRef: {name: keys, key: host}}}"
    assert use(unknown, cluster()) == ["low"]
    assert use(unknown, cluster(), cluster("other")) == ["", ""]
    assert use(host("elsewhere.example.org"), cluster()) == [""]


def test_without_a_server_none_is_used() -> None:
    found = stacks_of({"pg.yaml": cluster()})[0].clusters
    assert [item.use.confidence for item in found] == [""]


RESTORED = "instances: 1, bootstrap: {recovery: {source: pg, database: immich, owner: immich}}"


def test_a_restored_copy_beside_the_cluster_that_the_server_names_is_not_in_use() -> None:
    assert use(host("pg-rw"), cluster(), cluster("pg-restored", spec=RESTORED)) == ["high", ""]


def test_a_copy_may_be_in_use_where_the_host_is_not_known() -> None:
    unknown = "{name: DB_HOSTNAME, valueFrom: {secretKeyRef: {name: elsewhere, key: host}}}"
    assert use(unknown, cluster(), cluster("pg-restored", spec=RESTORED)) == ["", "medium"]


def test_a_cluster_of_another_namespace_may_be_another_immichs() -> None:
    other = cluster("immich", namespace="family", spec=RESTORED)
    assert use(host("pg-rw"), cluster(), other) == ["high", "medium"]


def test_the_only_cluster_is_not_taken_where_the_server_names_another_host_beside_a_hidden_secret() -> None:
    hidden = "envFrom: [{secretRef: {name: hidden}}]"
    assert [item.use.confidence for item in stack_of(server(hidden), cluster()).clusters] == ["low"]
    named = f"{hidden}, env: [{host('postgres')}]"
    assert [item.use.confidence for item in stack_of(server(named), cluster()).clusters] == [""]


def test_a_host_beside_a_hidden_secret_which_may_hold_a_url() -> None:
    hidden = f"envFrom: [{{secretRef: {{name: hidden}}}}], env: [{host('pg-rw')}]"
    found = stack_of(server(hidden), cluster(), cluster("other", spec=RESTORED)).clusters
    assert [item.use.confidence for item in found] == ["medium", ""]
