"""The `cluster` chart of CloudNativePG: what its templates make (cluster-v0.1.0 to v0.8.1), and the way back."""

from __future__ import annotations

from typing import Any

import pytest
from release_files import key_of, outcomes, stacks_of

from immichlint.findings.change import Effect
from immichlint.trees.tree import Hole, plain

HEAD = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: immich-db, namespace: photos}
spec:
  chart: {spec: {chart: cluster, version: VERSION, sourceRef: {kind: HelmRepository, name: cnpg}}}
EXTRA  values:
"""
INITDB = "cluster: {instances: 2, initdb: {database: immich, owner: immich}}\n"
BACKUPS = """\
backups:
  enabled: true
  destinationPath: s3://backups/immich
  endpointURL: https://s3.example
  secret: {create: false, name: immich-s3}
"""


def release(values: str, version: str = "0.8.1", extra: str = "") -> str:
    head = HEAD.replace("VERSION", version).replace("EXTRA", f"  {extra}\n" if extra else "")
    return head + "".join(f"    {line}\n" if line else "\n" for line in values.splitlines())


def objects(values: str, version: str = "0.8.1", extra: str = "") -> dict[str, Any]:
    (stack,) = stacks_of({"release.yaml": release(values, version, extra)})
    found = [item.manifest for item in stack.objects if item.source is not item.manifest]
    return {f"{item.kind} {item.name}": plain(item.tree) for item in found}


def test_the_cluster() -> None:
    made = objects(INITDB)
    assert list(made) == ["Cluster immich-db-cluster"]
    cluster = made["Cluster immich-db-cluster"]
    assert cluster["metadata"] == {"name": "immich-db-cluster", "namespace": "photos"}
    spec = cluster["spec"]
    assert (spec["instances"], spec["storage"]) == (2, {"size": "8Gi"})
    assert spec["imageName"] == "ghcr.io/cloudnative-pg/postgresql:16"
    assert spec["bootstrap"] == {"initdb": {"database": "immich", "owner": "immich"}}
    assert spec["enableSuperuserAccess"] is True
    assert "backup" not in spec
    assert "plugins" not in spec
    assert "walStorage" not in spec


@pytest.mark.parametrize(
    ("values", "name"),
    [("", "immich-db-cluster"), ("nameOverride: db\n", "immich-db"), ("fullnameOverride: pg\n", "pg")],
)
def test_the_name(values: str, name: str) -> None:
    assert f"Cluster {name}" in objects(INITDB + values)


@pytest.mark.parametrize(("version", "has"), [("0.1.0", False), ("0.4.0", True), ("0.8.1", True)])
def test_fields_by_version(version: str, has: bool) -> None:
    values = "cluster: {env: [{name: A, value: b}], initdb: {owner: immich}}\n"
    assert ("env" in objects(values, version)["Cluster immich-db-cluster"]["spec"]) is has


def test_backups_in_tree() -> None:
    made = objects(INITDB + BACKUPS)
    assert list(made) == ["Cluster immich-db-cluster", "ScheduledBackup immich-db-cluster-daily-backup"]
    assert made["Cluster immich-db-cluster"]["spec"]["backup"] == {
        "target": "prefer-standby",
        "retentionPolicy": "30d",
        "barmanObjectStore": {
            "wal": {"compression": "gzip", "encryption": "AES256", "maxParallel": 1},
            "data": {"compression": "gzip", "encryption": "AES256", "jobs": 2},
            "endpointURL": "https://s3.example",
            "destinationPath": "s3://backups/immich",
            "s3Credentials": {
                "accessKeyId": {"name": "immich-s3", "key": "ACCESS_KEY_ID"},
                "secretAccessKey": {"name": "immich-s3", "key": "ACCESS_SECRET_KEY"},
            },
        },
    }
    assert made["ScheduledBackup immich-db-cluster-daily-backup"]["spec"] == {
        "schedule": "0 0 0 * * *",
        "backupOwnerReference": "self",
        "method": "barmanObjectStore",
        "immediate": True,
        "cluster": {"name": "immich-db-cluster"},
    }


def test_a_destination_that_the_chart_puts_together() -> None:
    values = "backups: {enabled: true, s3: {region: eu-1, bucket: photos, path: /db, inheritFromIAMRole: true}}\n"
    store = objects(INITDB + values)["Cluster immich-db-cluster"]["spec"]["backup"]["barmanObjectStore"]
    assert store["destinationPath"] == "s3://photos/db"
    assert store["endpointURL"] == "https://s3.eu-1.amazonaws.com"
    assert store["s3Credentials"] == {"inheritFromIAMRole": True}


PLUGIN = BACKUPS + "  method: plugin\n  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n"


def test_backups_with_the_plugin() -> None:
    made = objects(INITDB + PLUGIN)
    cluster = made["Cluster immich-db-cluster"]["spec"]
    assert "backup" not in cluster
    assert cluster["plugins"] == [
        {
            "name": "barman-cloud.cloudnative-pg.io",
            "enabled": True,
            "isWALArchiver": True,
            "parameters": {"barmanObjectName": "immich-db-cluster-backups"},
        }
    ]
    store = made["ObjectStore immich-db-cluster-backups"]
    assert store["spec"]["retentionPolicy"] == "30d"
    assert store["spec"]["configuration"]["destinationPath"] == "s3://backups/immich"
    assert made["ScheduledBackup immich-db-cluster-daily-backup"]["spec"]["method"] == "barmanObjectStore"


def test_before_0_8_there_is_no_method() -> None:
    made = objects(INITDB + PLUGIN, "0.7.0")
    assert "ObjectStore immich-db-cluster-backups" not in made
    assert "barmanObjectStore" in made["Cluster immich-db-cluster"]["spec"]["backup"]


def test_a_recovery_from_an_object_store() -> None:
    values = (
        "mode: recovery\nrecovery: {method: object_store, clusterName: old, destinationPath: 's3://b/p', "
        "endpointURL: 'https://s3.example', secret: {name: s3}}\n"
    )
    spec = objects(INITDB + values)["Cluster immich-db-cluster"]["spec"]
    assert spec["bootstrap"] == {"recovery": {"database": "app", "source": "objectStoreRecoveryCluster"}}
    (source,) = spec["externalClusters"]
    assert (source["name"], source["barmanObjectStore"]["serverName"]) == ("objectStoreRecoveryCluster", "old")
    assert source["barmanObjectStore"]["destinationPath"] == "s3://b/p"


def test_databases_and_poolers() -> None:
    values = "databases: [{name: immich_main, owner: immich}]\npoolers: [{name: rw, instances: 1}]\n"
    made = objects(INITDB + values)
    database = made["Database immich-db-cluster-immich-main"]["spec"]
    assert (database["name"], database["cluster"]) == ("immich_main", {"name": "immich-db-cluster"})
    assert made["Pooler immich-db-cluster-pooler-rw"]["spec"]["cluster"] == {"name": "immich-db-cluster"}


def test_a_database_has_only_what_the_template_names() -> None:
    made = objects(INITDB + "databases: [{name: immich, owner: immich, user: immich, encoding: UTF8}]\n")
    assert set(made["Database immich-db-cluster-immich"]["spec"]) == {"name", "owner", "encoding", "cluster"}


def test_other_charts_of_this_name_are_left_alone() -> None:
    assert objects("servers: 3\n") == {}
    assert objects(INITDB, "2.0.0") == {}


def test_what_comes_from_elsewhere_may_switch_backups_on() -> None:
    made = objects(INITDB, extra="valuesFrom: [{kind: Secret, name: more}]")
    assert isinstance(made["Cluster immich-db-cluster"]["spec"]["backup"], Hole)


def test_a_newer_chart_is_read_as_the_newest_known_one() -> None:
    (stack,) = stacks_of({"release.yaml": release(INITDB, "0.99.0")})
    made = [item for item in stack.objects if item.source is not item.manifest]
    assert [(item.manifest.kind, item.computed) for item in made] == [("Cluster", False)]


@pytest.mark.parametrize(
    ("values", "kind", "name", "route", "value", "text"),
    [
        (BACKUPS, "Cluster", "", ("spec", "backup", "retentionPolicy"), "14d", "  retentionPolicy: 14d\n"),
        (
            BACKUPS,
            "Cluster",
            "",
            ("spec", "backup", "barmanObjectStore", "wal", "compression"),
            "zstd",
            "wal:\n        compression: zstd\n",
        ),
        (PLUGIN, "ObjectStore", "-backups", ("spec", "retentionPolicy"), "14d", "  retentionPolicy: 14d\n"),
        ("", "Cluster", "", ("spec", "instances"), 3, "instances: 3,"),
        (
            BACKUPS + "  scheduledBackups:\n    - name: daily\n      schedule: 0 0 * * *\n",
            "ScheduledBackup",
            "-daily",
            ("spec", "schedule"),
            "0 0 0 * * *",
            "          schedule: 0 0 0 * * *\n",
        ),
    ],
)
def test_the_way_back(values: str, kind: str, name: str, route: tuple[str, ...], value: Any, text: str) -> None:
    files = {"release.yaml": release(INITDB + values)}
    effect = Effect(key_of(files, kind, f"immich-db-cluster{name}"), route, value)
    made, wrong = next(outcomes(files, [effect]))
    assert wrong == ""
    assert text in made["release.yaml"]


def test_the_schedule_of_the_chart_is_written_whole() -> None:
    files = {"release.yaml": release(INITDB + PLUGIN)}
    key = key_of(files, "ScheduledBackup", "immich-db-cluster-daily-backup")
    effects = [
        Effect(key, ("spec", "method"), "plugin"),
        Effect(key, ("spec", "pluginConfiguration", "name"), "barman-cloud.cloudnative-pg.io"),
    ]
    made, wrong = next(outcomes(files, effects))
    assert wrong == ""
    assert "schedule: 0 0 0 * * *\n" in made["release.yaml"]
    assert "method: plugin\n" in made["release.yaml"].split("scheduledBackups:")[1]


def test_what_the_chart_has_no_value_for_is_refused() -> None:
    files = {"release.yaml": release(INITDB + BACKUPS)}
    effect = Effect(key_of(files, "ScheduledBackup", "immich-db-cluster-daily-backup"), ("spec", "immediate"), False)
    assert list(outcomes(files, [effect])) == [
        ({}, "the chart cluster has no value for spec/immediate of a ScheduledBackup")
    ]
