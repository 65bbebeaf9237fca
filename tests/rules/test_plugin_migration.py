"""From the in-tree backup to the plugin: the whole migration, held against the schemas, or a reason why not."""

from __future__ import annotations

from typing import Final

import pytest
from harness import findings_of, mended, repository_of

from immichlint.facts.crd import known_crd
from immichlint.rules.model import Settings
from immichlint.stack.fields import misfits
from immichlint.stack.stack import stacks

RULE: Final = ["IML120"]
VERSIONS: Final = {"cnpg": "1.28", "barman-plugin": "0.9"}
ASKED: Final = Settings(versions=VERSIONS, asked=frozenset(RULE))
DECIDED: Final = Settings(versions=VERSIONS, decisions={"backup_method": "plugin"})

INLINE: Final = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: immich
spec:
  instances: 2 # one per node
  bootstrap:
    initdb: {database: immich, owner: immich}
  env:
    - name: AWS_REQUEST_CHECKSUM_CALCULATION
      value: when_required
    - name: TZ
      value: UTC
  backup:
    retentionPolicy: 30d
    barmanObjectStore:
      destinationPath: 's3://immich-backups/'
      endpointURL: https://s3.example.org
      # to be counted up with every restore
      serverName: immich-v1
      wal:
        compression: bzip2
        maxParallel: 8
      s3Credentials:
        accessKeyId: {name: bucket, key: ACCESS_KEY_ID}
        secretAccessKey: {name: bucket, key: ACCESS_SECRET_KEY}
"""
BACKUP: Final = """\
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata:
  name: immich
spec:
  schedule: "@daily"
  backupOwnerReference: self
  cluster:
    name: immich
"""
FILES: Final = {
    "db/kustomization.yaml": "namespace: photos\nresources:\n  - ./cluster.yaml\n  - ./backup.yaml\n",
    "db/cluster.yaml": INLINE,
    "db/backup.yaml": BACKUP,
}
STORE: Final = """\
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata:
  name: immich-backups
spec:
  configuration:
    destinationPath: s3://immich-backups/
    endpointURL: https://s3.example.org
    wal:
      compression: bzip2
      maxParallel: 8
    s3Credentials:
      accessKeyId:
        name: bucket
        key: ACCESS_KEY_ID
      secretAccessKey:
        name: bucket
        key: ACCESS_SECRET_KEY
  retentionPolicy: 30d
  instanceSidecarConfiguration:
    env:
      - name: AWS_REQUEST_CHECKSUM_CALCULATION
        value: when_required
"""


def migrated(files: dict[str, str], settings: Settings = ASKED) -> dict[str, str]:
    """The files after the migration, which must leave nothing that a schema refuses, and no in-tree backup."""
    done = mended(files, RULE, settings)
    assert done.judged.findings == (), [(item.message, item.no_fix) for item in done.judged.findings]
    made = {**files, **{path: source.text for path, source in done.texts.items()}}
    _, found = stacks(repository_of(made))
    for item in (item for stack in found for item in stack.objects):
        crd = known_crd(item.manifest.api_version, item.manifest.kind)
        assert crd is None or list(misfits(item.manifest.tree, crd)) == []
    return made


@pytest.mark.parametrize("settings", [ASKED, DECIDED])
def test_a_cluster_with_its_backup(settings: Settings) -> None:
    made = migrated(FILES, settings)
    assert made["db/object-store.yaml"] == STORE
    assert made["db/kustomization.yaml"].endswith("  - ./backup.yaml\n  - ./object-store.yaml\n")
    assert made["db/cluster.yaml"].endswith(
        "  env:\n    - name: TZ\n      value: UTC\n"
        "  plugins:\n    - name: barman-cloud.cloudnative-pg.io\n      isWALArchiver: true\n      parameters:\n"
        "        barmanObjectName: immich-backups\n        serverName: immich-v1\n"
    )
    assert "instances: 2 # one per node" in made["db/cluster.yaml"]
    assert "method: plugin" in made["db/backup.yaml"]
    assert "name: barman-cloud.cloudnative-pg.io" in made["db/backup.yaml"]


ANCHORS: Final = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: immich
spec:
  backup:
    target: primary
    barmanObjectStore: &store
      destinationPath: s3://backups/
      serverName: &current immich-04
      s3Credentials: {inheritFromIAMRole: true}
  bootstrap:
    recovery:
      source: &previous immich-03
      database: immich
      owner: immich
  externalClusters:
    - name: *previous
      barmanObjectStore:
        <<: *store
        serverName: *previous
"""


def test_a_recovery_source_that_shares_the_destination_by_an_anchor() -> None:
    made = migrated({"cluster.yaml": ANCHORS})["cluster.yaml"]
    assert "barmanObjectStore" not in made
    assert "backup:\n    target: primary\n" in made
    assert made.count("barmanObjectName: immich-backups") == 2
    assert made.count("kind: ObjectStore") == 1
    assert "serverName: immich-03" in made
    assert "serverName: immich-04" in made


def test_a_source_with_a_destination_of_its_own_and_the_name_that_cnpg_took() -> None:
    files = {
        **FILES,
        "db/cluster.yaml": INLINE
        + "  externalClusters:\n    - name: old\n      barmanObjectStore:\n        destinationPath: s3://old/\n"
        "        s3Credentials: {inheritFromIAMRole: true}\n",
    }
    made = migrated(files)
    assert "destinationPath: s3://old/" in made["db/object-store-immich-old.yaml"]
    assert "retentionPolicy" not in made["db/object-store-immich-old.yaml"]
    assert "barmanObjectName: immich-old" in made["db/cluster.yaml"]
    assert "serverName: old" in made["db/cluster.yaml"]


def test_references_to_variables_move_as_they_are_written() -> None:
    files = {
        path: text.replace("https://s3.example.org", "https://${ACCOUNT}.example.org") for path, text in FILES.items()
    }
    assert "endpointURL: https://${ACCOUNT}.example.org" in migrated(files)["db/object-store.yaml"]


def test_the_destination_in_a_patch() -> None:
    base = "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: immich\nspec:\n  instances: 1\n"
    files = {
        "base/kustomization.yaml": "resources:\n  - cluster.yaml\n",
        "base/cluster.yaml": base,
        "home/kustomization.yaml": "resources:\n  - ../base\npatches:\n  - path: backup.yaml\n",
        "home/backup.yaml": INLINE,
    }
    files["away/kustomization.yaml"] = "resources:\n  - ../base\n"
    made = migrated(files)
    assert "barmanObjectStore" not in made["home/backup.yaml"]
    assert "plugins:" in made["home/backup.yaml"]
    assert made["home/object-store.yaml"] == STORE
    assert made["home/kustomization.yaml"].startswith("resources:\n  - ../base\n  - object-store.yaml\n")
    assert {path: made[path] for path in files if not path.startswith("home/")} == {
        path: text for path, text in files.items() if not path.startswith("home/")
    }


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (Settings(versions=VERSIONS), "--select IML120"),
        (Settings(asked=frozenset(RULE)), "which operator and which plugin"),
        (Settings(asked=frozenset(RULE), versions={"cnpg": "1.28"}), "which operator and which plugin"),
        (Settings(asked=frozenset(RULE), versions={"cnpg": "1.25", "barman-plugin": "0.9"}), "needs CNPG 1.26"),
    ],
)
def test_it_is_for_who_asks_and_knows(settings: Settings, reason: str) -> None:
    done = mended(FILES, RULE, settings)
    assert not done.texts
    assert reason in done.judged.findings[0].no_fix


def test_a_name_with_a_prefix() -> None:
    done = mended({**FILES, "db/kustomization.yaml": f"namePrefix: my-\n{FILES['db/kustomization.yaml']}"}, RULE, ASKED)
    assert not done.texts


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("  env:", "  plugins: [{name: other.example.org}]\n  env:", "has plugins already"),
        ("serverName: immich-v1", "serverName: immich-${GENERATION}", "composed of variables"),
    ],
)
def test_what_it_leaves_to_people(old: str, new: str, reason: str) -> None:
    done = mended({**FILES, "db/cluster.yaml": INLINE.replace(old, new)}, RULE, ASKED)
    assert not done.texts
    assert reason in done.judged.findings[0].no_fix


def test_a_chart_makes_the_cluster() -> None:
    release = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: immich, namespace: photos}
spec:
  chart: {spec: {chart: cluster, version: 0.3.1, sourceRef: {kind: HelmRepository, name: cnpg}}}
  values:
    cluster: {initdb: {database: immich, owner: immich}}
    backups:
      enabled: true
      provider: s3
      s3: {bucket: backups, region: eu, accessKey: a, secretKey: b}
"""
    done = mended({"release.yaml": release}, RULE, ASKED)
    assert not done.texts
    assert ["in its values" in item.no_fix for item in done.judged.findings] == [True]


@pytest.mark.parametrize(
    ("version", "severity"),
    [({}, "warning"), ({"cnpg": "1.25.3"}, "info"), ({"cnpg": "1.30"}, "warning"), ({"cnpg": "1.31.0"}, "error")],
)
def test_the_operator_decides_how_grave_it_is(version: dict[str, str], severity: str) -> None:
    assert [item.severity for item in findings_of(FILES, RULE, Settings(versions=version))] == [severity]
