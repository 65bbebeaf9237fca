"""A Cluster without a destination gets one from what the configuration decides, and then its ScheduledBackup."""

from __future__ import annotations

import pytest
from harness import mended

from immichlint.rules.model import Settings

CLUSTER = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: immich-db
spec:
  bootstrap: {initdb: {database: immich, owner: immich}}
"""
FILES = {"cluster.yaml": CLUSTER, "kustomization.yaml": "namespace: photos\nresources:\n  - cluster.yaml\n"}
DECIDED = {
    "backup_path": "s3://backups/immich",
    "backup_endpoint": "https://s3.example.org",
    "backup_secret": "immich-backup",
    "retention": "30d",
}
STORE = """\
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata:
  name: immich-db-backups
spec:
  configuration:
    destinationPath: s3://backups/immich
    endpointURL: https://s3.example.org
    s3Credentials:
      accessKeyId:
        name: immich-backup
        key: ACCESS_KEY_ID
      secretAccessKey:
        name: immich-backup
        key: ACCESS_SECRET_KEY
    wal:
      compression: gzip
    data:
      compression: gzip
  retentionPolicy: 30d
"""


def test_the_whole_way_from_nothing_to_a_schedule() -> None:
    done = mended(FILES, ["IML107", "IML112"], Settings(decisions=DECIDED))
    texts = {path: source.text for path, source in done.texts.items()}
    assert [finding.rule for finding in done.applied] == ["IML112", "IML107"]
    assert texts["object-store.yaml"] == STORE
    assert texts["cluster.yaml"].endswith(
        "  plugins:\n"
        "    - name: barman-cloud.cloudnative-pg.io\n"
        "      isWALArchiver: true\n"
        "      parameters:\n"
        "        barmanObjectName: immich-db-backups\n"
    )
    assert texts["kustomization.yaml"].endswith("  - cluster.yaml\n  - object-store.yaml\n  - scheduled-backup.yaml\n")
    assert "method: plugin" in texts["scheduled-backup.yaml"]
    assert done.judged.findings == ()


@pytest.mark.parametrize(
    ("decisions", "versions", "reason"),
    [
        ({}, {}, "decide where backups go: `backup_path`"),
        ({"backup_path": "s3://b/i"}, {}, "`backup_secret`"),
        (DECIDED, {"cnpg": "1.25"}, "needs CNPG 1.26"),
    ],
)
def test_without_a_decision_it_says_what_to_decide(
    decisions: dict[str, str], versions: dict[str, str], reason: str
) -> None:
    done = mended(FILES, ["IML112"], Settings(decisions=decisions, versions=versions))
    (finding,) = done.judged.findings
    assert not done.texts
    assert reason in finding.no_fix
