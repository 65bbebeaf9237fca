"""IML405 on a Database object that makes Immich's database: what it leaves alone, and its fix."""

from __future__ import annotations

import pytest
from harness import findings_of, mended

from immichlint.rules.model import Settings

CLUSTER = (
    "{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: pg, namespace: db}, spec: {instances: 1, "
    "imageName: 'ghcr.io/tensorchord/cloudnative-vectorchord:17-1.1.1'%s}}\n---\n"
)
DATABASE = (
    "{apiVersion: postgresql.cnpg.io/v1, kind: Database, metadata: {name: one, namespace: db}, "
    "spec: {name: %s, owner: immich, cluster: {name: %s}%s}}\n---\n"
)
SERVER = (
    "{apiVersion: apps/v1, kind: Deployment, metadata: {name: immich, namespace: photos}, spec: {template: {spec: "
    "{containers: [{name: server, image: 'ghcr.io/immich-app/immich-server:v2.7.5', env: [%s]}]}}}}\n"
)
ENV = (
    "{name: DB_HOSTNAME, value: pg-rw.db.svc}, {name: DB_USERNAME, value: %s}, {name: DB_DATABASE_NAME, value: immich}"
)


def stack(*, cluster: str = "", name: str = "immich", of: str = "pg", more: str = "", user: str = "immich") -> str:
    return CLUSTER % cluster + DATABASE % (name, of, more) + SERVER % (ENV % user)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (stack(), 1),
        (stack(more=", extensions: [{name: vector}]"), 1),
        (stack(more=", extensions: [{name: vector}, {name: earthdistance}]"), 0),
        (stack(more=", extensions: [{name: '${EXTENSION}'}]"), 0),
        (stack(more=", ensure: absent"), 0),
        (stack(name="wiki"), 0),
        (stack(of="other"), 0),
        (stack(user="postgres"), 0),
        (stack(cluster=", managed: {roles: [{name: immich, superuser: true}]}"), 0),
        (stack(cluster=", bootstrap: {recovery: {source: old}}"), 0),
        (stack(cluster=", bootstrap: {initdb: {import: {type: microservice}}}"), 0),
        (stack(cluster=", bootstrap: {initdb: {database: wiki}}"), 1),
        (stack(cluster=", bootstrap: {initdb: {postInitTemplateSQL: [CREATE EXTENSION earthdistance CASCADE]}}"), 0),
        (stack() + "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: sql}, data: {a: earthdistance}}\n", 0),
        (stack() + "# earthdistance\n", 1),
    ],
)
def test_which_databases_lack_an_extension(text: str, count: int) -> None:
    assert len(findings_of({"immich.yaml": text}, ["IML405"])) == count


@pytest.mark.parametrize(("operator", "is_mended"), [("1.25.0", False), ("1.26.0", True), ("", True)])
def test_an_operator_without_extensions_is_given_none(operator: str, *, is_mended: bool) -> None:
    settings = Settings(versions={"cnpg": operator} if operator else {})
    assert bool(mended({"immich.yaml": stack()}, ["IML405"], settings).texts) is is_mended
