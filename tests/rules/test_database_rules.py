"""What the examples of the database rules cannot say: what makes them silent, and other ways to write the same."""

from __future__ import annotations

import pytest
from harness import findings_of, fixed

CLUSTER = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: db, namespace: photos}
spec:
  IMAGE
  postgresql: {POSTGRESQL}
  bootstrap: {BOOTSTRAP}
"""
SERVER = """\
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: immich-server, namespace: photos}
spec:
  template:
    spec:
      containers:
        - name: server
          image: ghcr.io/immich-app/immich-server:VERSION
          env: [{name: DB_HOSTNAME, value: SERVICE}, VARIABLES]
"""
INITDB = "initdb: {database: immich, owner: immich, MORE}"
VECTORS = "imageName: 'ghcr.io/tensorchord/cloudnative-vectorchord:17.5-0.4.3'"
PRELOAD = "shared_preload_libraries: [vchord.so]"
ELSEWHERE = "postInitSQL: [CREATE EXTENSION vchord CASCADE;, CREATE EXTENSION earthdistance CASCADE;]"


def cluster(image: str = VECTORS, postgresql: str = PRELOAD, bootstrap: str = "") -> str:
    bootstrap = bootstrap or INITDB.replace(", MORE", "")
    return CLUSTER.replace("IMAGE", image).replace("POSTGRESQL", postgresql).replace("BOOTSTRAP", bootstrap)


def server(version: str = "v2.7.5", host: str = "db-rw", variables: str = "{name: DB_USERNAME, value: immich}") -> str:
    return SERVER.replace("VERSION", version).replace("SERVICE", host).replace("VARIABLES", variables)


def initdb(more: str) -> str:
    return INITDB.replace("MORE", more)


def told(rule: str, *documents: str, **files: str) -> list[str]:
    """The messages of a rule about some documents and files."""
    given = {"immich.yaml": "---\n".join(documents), **{name.replace("_", "."): text for name, text in files.items()}}
    return [row.message for row in findings_of(given, [rule])]


@pytest.mark.parametrize(
    "image",
    [
        "imageName: 'registry.example.org/mirror/tensorchord/cloudnative-vectorchord:17-0.4.3@sha256:ab'",
        "imageName: ghcr.io/someone/postgres-for-everything:17.5",
        "imageCatalogRef: {apiGroup: postgresql.cnpg.io, kind: ClusterImageCatalog, name: elsewhere, major: 17}",
        "imageName: ${PG_IMAGE}",
    ],
)
def test_a_preloaded_library_may_be_in_a_mirror_or_an_image_that_is_not_known(image: str) -> None:
    assert told("IML404", cluster(image)) == []


def test_the_operators_default_image_has_no_vectorchord() -> None:
    (message,) = told("IML404", cluster(""))
    assert "the operator's default image" in message
    assert told("IML404", cluster("", "parameters: {max_connections: '200'}"), server()) == []


def test_vectorchord_asked_for_in_an_unknown_image_is_worth_a_look_only() -> None:
    image, asked = "imageName: ghcr.io/someone/postgres:17.5", "{name: DB_VECTOR_EXTENSION, value: vectorchord}"
    rows = findings_of({"a.yaml": cluster(image, "pg_hba: []") + server(variables=asked)}, ["IML404"])
    assert [(row.at, row.severity) for row in rows] == [("vectorchord", "info")]
    assert told("IML404", cluster(image) + server(variables=asked)) == []


def test_an_old_immich_needs_no_vectorchord() -> None:
    assert told("IML404", cluster(postgresql="pg_hba: []"), server("v1.132.3")) == []
    assert len(told("IML404", cluster(postgresql="pg_hba: []"), server("v1.133.0"))) == 1


def test_a_preload_among_the_parameters_is_one_finding() -> None:
    misplaced = cluster(postgresql="parameters: {shared_preload_libraries: vchord.so}")
    assert told("IML404", misplaced, server()) == []
    assert len(told("IML410", misplaced, server())) == 1


def test_a_catalog_of_the_repository_tells_the_image() -> None:
    catalog = (
        "apiVersion: postgresql.cnpg.io/v1\nkind: ImageCatalog\nmetadata: {name: own, namespace: photos}\n"
        "spec: {images: [{major: 17, image: 'ghcr.io/cloudnative-pg/postgresql:17.5-standard-bookworm'}]}\n"
    )
    named = "imageCatalogRef: {apiGroup: postgresql.cnpg.io, kind: ImageCatalog, name: own, major: 17}"
    (message,) = told("IML404", catalog, cluster(named))
    assert "PostgreSQL does not start" in message


@pytest.mark.parametrize(
    "more",
    [
        f"{ELSEWHERE}, postInitApplicationSQLRefs: {{configMapRefs: [{{name: sql, key: sql}}]}}",
        f"{ELSEWHERE}, import: {{type: microservice, databases: [immich], source: {{externalCluster: old}}}}",
        "postInitSQL: [ALTER ROLE immich WITH SUPERUSER, CREATE EXTENSION vchord CASCADE]",
        "postInitTemplateSQL: ['CREATE EXTENSION vchord CASCADE; CREATE EXTENSION earthdistance CASCADE']",
        "postInitApplicationSQL: ["
        'CREATE EXTENSION IF NOT EXISTS "vchord" CASCADE'
        ", CREATE EXTENSION earthdistance CASCADE]",
    ],
)
def test_other_ways_to_give_immich_its_extensions(more: str) -> None:
    assert told("IML405", cluster(bootstrap=initdb(more)), server()) == []


def test_a_comment_creates_nothing() -> None:
    more = "postInitApplicationSQL: [CREATE EXTENSION vchord CASCADE, '-- CREATE EXTENSION earthdistance CASCADE;']"
    (message,) = told("IML405", cluster(bootstrap=initdb(more)), server())
    assert "creates `earthdistance` in `immich`" in message


def test_what_is_preloaded_is_created_too() -> None:
    manifest = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: immich-postgres, namespace: photos}
spec:
  postgresql: {shared_preload_libraries: [vchord]}
  bootstrap:
    initdb:
      database: immich
      owner: immich
      postInitApplicationSQL:
        - ALTER DATABASE immich SET timezone TO 'UTC' # as the phones have it
"""
    files = {"a.yaml": manifest + server(host="immich-postgres-rw")}
    (found,) = findings_of(files, ["IML405"])
    assert "creates `vchord` and `earthdistance` in `immich`" in found.message
    added = "".join(
        f"        - CREATE EXTENSION IF NOT EXISTS {name} CASCADE;\n" for name in ("vchord", "earthdistance")
    )
    assert fixed(files, ["IML405"])["a.yaml"] == files["a.yaml"].replace("phones have it\n", f"phones have it\n{added}")


def test_extensions_in_the_wrong_database_are_told_by_name() -> None:
    (message,) = told("IML405", cluster(bootstrap=initdb(ELSEWHERE)), server())
    assert "`vchord`, `earthdistance` are created there" in message
    assert "its role is no superuser" in message


def test_another_database_or_a_superuser_makes_it_silent() -> None:
    documents = cluster(bootstrap=initdb(ELSEWHERE))
    assert (
        told(
            "IML405",
            documents,
            server(variables="{name: DB_DATABASE_NAME, value: photos}, {name: DB_USERNAME, value: immich}"),
        )
        == []
    )
    assert told("IML405", documents, server(variables="{name: DB_USERNAME, value: postgres}")) == []


def test_rights_that_are_not_known_make_a_warning() -> None:
    documents = cluster(bootstrap=initdb(ELSEWHERE)).replace("spec:\n", "spec:\n  enableSuperuserAccess: true\n")
    secret = "{name: DB_USERNAME, valueFrom: {secretKeyRef: {name: immich, key: user}}}"
    rows = findings_of({"a.yaml": documents + server(variables=secret)}, ["IML405"])
    assert [row.severity for row in rows] == ["warning"]


def test_a_script_may_create_them() -> None:
    script = (
        "kind: ConfigMap\napiVersion: v1\nmetadata: {name: sql, namespace: photos}\ndata: {a: create earthdistance}\n"
    )
    assert told("IML405", cluster(bootstrap=initdb(ELSEWHERE)), server(), sql_yaml=script) == []


def test_a_password_in_a_url_that_is_none_is_left_alone() -> None:
    for url in ("postgres://[immich:horse@db/immich", "postgres://immich@db/immich", "postgres://immich:$(WORD)@db/x"):
        assert told("IML403", server(variables=f"{{name: DB_URL, value: '{url}'}}")) == []


def test_no_password_is_told() -> None:
    variables = "{name: DB_PASSWORD, value: horse}, {name: DB_URL, value: 'postgres://immich:battery@db/immich'}"
    messages = told("IML403", server(variables=variables))
    assert len(messages) == 2
    assert not any("horse" in message or "battery" in message for message in messages)


@pytest.mark.parametrize(
    ("immich", "vectors", "refused"),
    [
        ("v1.134.0", "17.5-0.4.3", True),
        ("v1.135.0", "17.5-0.5.3", False),  # Nobody knows exactly which version took 0.5 first,
        ("v2.3.1", "18-1.0.0", False),  # and which took 1.0.
        ("v1.143.1", "18-1.0.0", True),
        ("v2.7.5", "18-1.1.1", False),
        ("v3.1.0", "18-2.0.0", True),
        ("v3.1.0", "18", False),
        ("v3.1.0", "18-1.1.1-rc1", False),
        ("release", "18-2.0.0", False),
    ],
)
def test_versions_are_refused_only_where_the_border_is_known(immich: str, vectors: str, refused: bool) -> None:
    image = f"imageName: 'ghcr.io/tensorchord/cloudnative-vectorchord:{vectors}'"
    assert bool(told("IML414", cluster(image), server(immich))) is refused


def test_a_secret_of_the_operators_name_may_be_made_by_something_else() -> None:
    taken = "{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db-app, key: password}}}"
    recovered = cluster(bootstrap="recovery: {source: backup}")
    other = "apiVersion: onepassword.com/v1\nkind: OnePasswordItem\nmetadata: {name: db-app, namespace: photos}\n"
    severities = [
        [row.severity for row in findings_of({"a.yaml": "---\n".join(documents)}, ["IML413"])]
        for documents in ((recovered, server(variables=taken)), (recovered, server(variables=taken), other))
    ]
    assert severities == [["error"], ["info"]]


def database(image: str, container: str, volumes: str) -> str:
    return (
        "apiVersion: v1\nkind: Service\nmetadata: {name: pg, namespace: photos}\nspec: {selector: {app: pg}}\n---\n"
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: pg, namespace: photos}\n"
        "spec: {template: {metadata: {labels: {app: pg}}, spec: {containers: ["
        f"{{name: pg, image: '{image}', {container}}}], volumes: [{volumes}]}}}}}}\n"
    )


@pytest.mark.parametrize(
    ("image", "container", "lost"),
    [
        ("postgres:17", "volumeMounts: [{name: data, mountPath: /var/lib/postgresql/data}]", True),
        ("postgres:18", "volumeMounts: [{name: data, mountPath: /var/lib/postgresql}]", True),
        ("postgres:18", "volumeMounts: [{name: data, mountPath: /var/lib/postgresql/data}]", False),
        ("postgres:17", "args: [-D, /elsewhere]", False),
        ("postgres:17", "args: [-c, work_mem=1GB]", True),
        ("postgres", "ports: []", False),
        ("example.org/bitnamilegacy/postgresql:17.5.0", "ports: []", True),
    ],
)
def test_where_postgresql_keeps_its_files(image: str, container: str, lost: bool) -> None:
    documents = database(image, container, "{name: data, emptyDir: {}}")
    assert bool(told("IML416", documents, server(host="pg"))) is lost


def test_cephfs_is_no_network_share() -> None:
    for name, share in (("cephfs", False), ("nfs-client", True)):
        stored = cluster().replace("spec:\n", f"spec:\n  storage: {{size: 1Gi, storageClass: {name}}}\n")
        assert bool(told("IML412", stored)) is share


@pytest.mark.parametrize(
    ("image", "count"),
    [
        ("ghcr.io/tensorchord/cloudnative-vectorchord:16.9", 1),
        ("docker.io/tensorchord/cloudnative-vectorchord:18", 1),
        ("registry.example.org/mirror/tensorchord/cloudnative-vectorchord:17", 1),
        ("ghcr.io/tensorchord/cloudnative-vectorchord:17.5-0.4.3", 0),
        ("ghcr.io/tensorchord/cloudnative-vectorchord:17-0.4", 0),
        ("ghcr.io/tensorchord/cloudnative-vectorchord:17@sha256:ab", 0),
        ("ghcr.io/tensorchord/cloudnative-vectorchord:latest", 0),
        ("ghcr.io/tensorchord/cloudnative-vectorchord", 0),
        ("ghcr.io/tensorchord/cloudnative-vectorchord:${TAG}", 0),
        ("ghcr.io/cloudnative-pg/postgresql:17", 0),
    ],
)
def test_a_tag_without_the_version_of_vectorchord_floats(image: str, count: int) -> None:
    text = cluster(f"imageName: '{image}'")
    assert len(told("IML601", text)) == count
    assert not told("IML601", text.replace("immich", "paperless"))


def test_a_catalog_that_clusters_share_is_one_finding() -> None:
    catalog = """\
apiVersion: postgresql.cnpg.io/v1
kind: ImageCatalog
metadata: {name: own, namespace: photos}
spec: {images: [{major: 17, image: 'ghcr.io/tensorchord/cloudnative-vectorchord:17.5'}]}
"""
    one = cluster("imageCatalogRef: {apiGroup: postgresql.cnpg.io, kind: ImageCatalog, name: own, major: 17}")
    (message,) = told("IML601", catalog, one, one.replace("name: db", "name: other"))
    assert "`17.5-<version>`" in message
