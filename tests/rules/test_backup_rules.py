"""What the examples of the backup rules cannot say: versions, decisions, parameters, and what several objects share."""

from __future__ import annotations

import pytest
from harness import findings_of, fixed, mended

from immichlint.rules.model import Settings

CLUSTER = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: immich-postgres
spec:
  bootstrap: {initdb: {database: immich, owner: immich}}
  backup:
    retentionPolicy: 30d
    barmanObjectStore:
      destinationPath: s3://backups/immich
      s3Credentials: {inheritFromIAMRole: true}
      wal: {compression: WAL}
      data: {compression: DATA}
"""
PLUGIN_CLUSTER = """\
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: NAME}
spec:
  bootstrap: {initdb: {database: immich, owner: immich}}
  backup: {retentionPolicy: KEEP}
  plugins: [{name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: immich-store}}]
"""
STORE = """\
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: {name: immich-store}
spec:
  configuration:
    destinationPath: s3://backups/immich
    s3Credentials: {inheritFromIAMRole: true}
"""
BACKUP = """\
---
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {name: immich-NAME}
spec: {schedule: "SCHEDULE", cluster: {name: immich-postgres}}
"""


def compressed(wal: str = "gzip", data: str = "gzip", kept: str = "30d") -> str:
    return CLUSTER.replace("WAL", wal).replace("DATA", data).replace("30d", kept)


def scheduled(*schedules: str) -> str:
    return "".join(
        BACKUP.replace("NAME", str(number)).replace("SCHEDULE", schedule) for number, schedule in enumerate(schedules)
    )


def plugin_cluster(name: str, kept: str) -> str:
    return PLUGIN_CLUSTER.replace("NAME", name).replace("KEEP", kept)


@pytest.mark.parametrize(
    ("version", "wal", "data", "refused"),
    [
        ("1.30.0", "zstd", "lz4", []),
        ("1.30", "xz", "lz4", []),
        ("1.31.2", "xz", "lz4", []),
        ("1.29.2", "xz", "lz4", []),
        ("1.29", "xz", "lz4", []),
        ("1.29.1", "xz", "lz4", ["lz4"]),
        ("v1.28.3", "gzip", "lz4", ["lz4"]),
        ("1.27.9", "gzip", "lz4", ["lz4"]),
        ("1.25.1", "zstd", "gzip", ["zstd"]),
        ("1.25.2", "zstd", "gzip", []),
        ("1.24.4", "lz4", "bzip2", []),
        ("1.24.3", "lz4", "bzip2", ["lz4"]),
        ("", "lz4", "lz4", []),
        ("", "gzip", "xz", ["xz"]),
        ("unknown", "brotli", "gzip", ["brotli"]),
    ],
)
def test_compression_is_judged_by_the_operators_version(version: str, wal: str, data: str, refused: list[str]) -> None:
    settings = Settings(versions={"cnpg": version} if version else {})
    found = findings_of({"cluster.yaml": compressed(wal, data)}, ["IML117"], settings)
    assert [item.at for item in found] == refused
    assert all(item.severity == "error" for item in found)


def test_a_decided_retention_is_what_the_fix_writes_and_safe() -> None:
    files = {"cluster.yaml": compressed().replace("    retentionPolicy: 30d\n", "")}
    decided = Settings(decisions={"retention": "60d"})
    assert "retentionPolicy: 60d" in fixed(files, ["IML113"], decided)["cluster.yaml"]
    safeties = {
        finding.change.safety.value
        for settings in (decided,)
        for finding in mended(files, ["IML113"], settings).applied
        if finding.change is not None
    }
    assert safeties == {"safe"}
    undecided = mended(files, ["IML113"]).applied
    assert [item.change.safety.value for item in undecided if item.change is not None] == ["unsafe"]


@pytest.mark.parametrize(
    ("kept", "schedules", "written"),
    [
        ("6d", ["@daily"], "7d"),
        ("7d", ["@daily"], None),
        ("7d", ["0 0 3 * * 0"], None),
        ("1w", ["0 0 3 1,15 * *"], "34d"),
        ("7d", ["0 0 3 * * 0", "0 0 3 1 * *"], None),
        ("10d", ["0 0 3 1 * *", "0 0 3 11 * *"], "42d"),
        ("21d", ["0 0 3 1 * *", "0 0 3 11 * *"], None),
        # Five fields that IML101 reports as an error say nothing about the gap; a sane reading of them does.
        ("7d", ["0 3 * * 1"], None),
        ("7d", ["0 0 12 * *"], None),
        ("7d", ["nonsense"], None),
        # A delay has no place beside other schedules.
        ("7d", ["@every 720h"], "60d"),
        ("7d", ["@every 720h", "0 0 3 1 * *"], None),
    ],
)
def test_the_longest_gap_between_any_two_base_backups_counts(
    kept: str, schedules: list[str], written: str | None
) -> None:
    files = {"cluster.yaml": compressed(kept=kept) + scheduled(*schedules)}
    after = fixed(files, ["IML116"])["cluster.yaml"]
    assert f"retentionPolicy: {written or kept}\n" in after


def test_suspended_and_other_methods_are_no_base_backups_there() -> None:
    sleeping = scheduled("0 0 3 1 * *").replace("spec: {", "spec: {suspend: true, ")
    snapshots = scheduled("0 0 3 1 * *").replace("spec: {", "spec: {method: volumeSnapshot, ")
    for backups in (sleeping, snapshots):
        assert not findings_of({"cluster.yaml": compressed(kept="7d") + backups}, ["IML116"])
    assert findings_of({"cluster.yaml": compressed(kept="7d") + scheduled("0 0 3 1 * *")}, ["IML116"])


def test_the_minimum_is_a_parameter() -> None:
    files = {"cluster.yaml": compressed(kept="7d")}
    longer = Settings(parameters={"IML116": {"minimum": "4w"}})
    assert "retentionPolicy: 28d\n" in fixed(files, ["IML116"], longer)["cluster.yaml"]


def test_different_values_for_a_shared_store_are_not_moved() -> None:
    files = {"stack.yaml": STORE + plugin_cluster("immich-a", "30d") + plugin_cluster("immich-b", "14d")}
    found = findings_of(files, ["IML114", "IML113"])
    assert [(item.rule, item.at) for item in found] == [("IML114", "30d"), ("IML114", "14d")]
    assert fixed(files, ["IML114"]) == files


def test_equal_values_for_a_shared_store_become_one() -> None:
    files = {"stack.yaml": STORE + plugin_cluster("immich-a", "30d") + plugin_cluster("immich-b", "30d")}
    after = fixed(files, ["IML114"])["stack.yaml"]
    assert after.count("retentionPolicy") == 1
    assert "  retentionPolicy: 30d\n---\n" in after


def test_a_store_that_is_not_here_leaves_only_what_is_certain() -> None:
    files = {"stack.yaml": plugin_cluster("immich-a", "30d")}
    found = findings_of(files, ["IML113", "IML114"])
    assert [(item.rule, item.at) for item in found] == [("IML114", "30d")]
    assert fixed(files, ["IML114"]) == files


def test_how_many_runs_are_too_many_is_a_parameter() -> None:
    files = {"backup.yaml": scheduled("0 0 */6 * * *")}
    assert not findings_of(files, ["IML103"])
    found = findings_of(files, ["IML103"], Settings(parameters={"IML103": {"max-per-day": 3}}))
    assert [item.at for item in found] == ['"0 0 */6 * * *"']


@pytest.mark.parametrize(("comment", "after"), [(" # every hour", "0 3 * * * *"), ("", "0 0 3 * * *")])
def test_what_its_comment_calls_hourly_stays_so(comment: str, after: str) -> None:
    text = (
        "apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: {name: immich}\n"
        f"spec:\n  schedule: '0 3 * * * *'{comment}\n  cluster: {{name: immich-postgres}}\n"
    )
    assert fixed({"backup.yaml": text}, ["IML103"])["backup.yaml"] == text.replace("0 3 * * * *", after)


def test_a_substituted_schedule_is_mended_where_it_is_defined() -> None:
    files = {
        "flux.yaml": """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: immich, namespace: flux-system}
spec:
  path: ./app
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild:
    substitute:
      SCHEDULE: "0 3 * * *"
""",
        "app/kustomization.yaml": "resources: [backup.yaml]\n",
        "app/backup.yaml": scheduled("${SCHEDULE}").removeprefix("---\n"),
    }
    found = findings_of(files, ["IML101"])
    assert [(item.file, item.at) for item in found] == [("flux.yaml", '"0 3 * * *"')]
    after = fixed(files, ["IML101"])
    assert after["app/backup.yaml"] == files["app/backup.yaml"]
    assert after["flux.yaml"] == files["flux.yaml"].replace('"0 3 * * *"', '"0 0 3 * * *"')


@pytest.mark.parametrize(
    ("credentials", "path", "says"),
    [
        ("s3Credentials: {}", "s3://b/i", "without a key pair"),
        ("s3Credentials: {inheritFromIAMRole: false}", "s3://b/i", "without a key pair"),
        (
            "s3Credentials: {inheritFromIAMRole: true, accessKeyId: {name: a, key: b}, "
            "secretAccessKey: {name: a, key: c}}",
            "s3://b/i",
            "both a key pair and `inheritFromIAMRole`",
        ),
        ("s3Credentials: {secretAccessKey: {name: a, key: b}}", "s3://b/i", "`secretAccessKey` without `accessKeyId`"),
        ("s3Credentials: {inheritFromIAMRole: true}", "backups/immich", "none of S3's"),
        ("s3Credentials: {inheritFromIAMRole: true}", "gs://b/i", "of Google with `s3Credentials`"),
        ("azureCredentials: {}", "https://a.blob.core.windows.net/b", "without a way to log in"),
        (
            "azureCredentials: {connectionString: {name: a, key: b}, inheritFromAzureAD: true}",
            "https://a.blob.core.windows.net/b",
            "`inheritFromAzureAD` beside a `connectionString`",
        ),
        (
            "azureCredentials: {storageKey: {name: a, key: b}, storageSasToken: {name: a, key: c}}",
            "https://a.blob.core.windows.net/b",
            "several ways",
        ),
        ("azureCredentials: {storageKey: {name: a, key: b}}", "https://a.blob.core.windows.net/b", "`storageAccount`"),
        ("azureCredentials: {inheritFromAzureAD: true}", "http://azurite:10000/a/b", ""),
        ("azureCredentials: {useDefaultAzureCredentials: true}", "https://a.blob.core.windows.net/b", ""),
        ("googleCredentials: {}", "gs://b/i", "without `applicationCredentials`"),
        (
            "googleCredentials: {gkeEnvironment: true, applicationCredentials: {name: a, key: b}}",
            "gs://b/i",
            "beside `gkeEnvironment: true`",
        ),
        ("googleCredentials: {applicationCredentials: {key: b}}", "gs://b/i", "without `name`"),
        ("googleCredentials: {applicationCredentials: {name: a, key: b}}", "gs://b/i", ""),
    ],
)
def test_credentials_fit_together(credentials: str, path: str, says: str) -> None:
    text = STORE.replace("s3Credentials: {inheritFromIAMRole: true}", credentials).replace("s3://backups/immich", path)
    found = findings_of({"store.yaml": text}, ["IML118"])
    assert len(found) == (1 if says else 0)
    assert all(says in item.message for item in found)


@pytest.mark.parametrize(("version", "mended_to"), [("1.25.0", False), ("1.25.1", True), ("1.26", True), ("", True)])
def test_an_operator_that_does_not_know_the_archiver_gets_no_fix(version: str, mended_to: bool) -> None:
    files = {"stack.yaml": plugin_cluster("immich-a", "30d")}
    settings = Settings(versions={"cnpg": version} if version else {})
    assert ("isWALArchiver: true" in fixed(files, ["IML122"], settings)["stack.yaml"]) is mended_to


TWO_METHODS = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: immich-postgres}
spec:
  bootstrap: {initdb: {database: immich, owner: immich}}
  backup: {volumeSnapshot: {className: csi}}
  plugins: [{name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: immich-store}}]
"""


@pytest.mark.parametrize(
    ("decided", "written"),
    [("plugin", "pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}"), ("volumeSnapshot", "method: volumeS")],
)
def test_a_decision_says_which_of_several_methods_is_meant(decided: str, written: str) -> None:
    files = {"a.yaml": TWO_METHODS + BACKUP.replace("NAME", "daily").replace("SCHEDULE", "0 0 3 * * *")}
    made = mended(files, ["IML110"], Settings(decisions={"backup_method": decided}))
    assert [finding.change and finding.change.safety.value for finding in made.applied] == ["safe"]
    assert written in made.texts["a.yaml"].text


@pytest.mark.parametrize("decisions", [{}, {"backup_method": "barmanObjectStore"}])
def test_without_a_decision_that_fits_the_method_is_asked_for(decisions: dict[str, str]) -> None:
    files = {"a.yaml": TWO_METHODS + BACKUP.replace("NAME", "daily").replace("SCHEDULE", "0 0 3 * * *")}
    made = mended(files, ["IML110"], Settings(decisions=decisions))
    (finding,) = made.judged.findings
    assert made.applied == ()
    assert finding.undecided is not None
    assert [choice.value for choice in finding.undecided.prompts[0].choices] == ["plugin", "volumeSnapshot"]
    assert finding.no_fix.endswith(
        "`backup_method` under `decisions` in .immichlint.yaml says which, and `--fix` on a terminal asks"
    )


def test_a_base_of_two_environments_is_asked_about_once() -> None:
    files = {
        "base/kustomization.yaml": "resources: [a.yaml]\n",
        "base/a.yaml": TWO_METHODS + BACKUP.replace("NAME", "daily").replace("SCHEDULE", "0 0 3 * * *"),
        "home/kustomization.yaml": "namespace: home\nresources: [../base]\n",
        "work/kustomization.yaml": "namespace: work\nresources: [../base]\n",
    }
    (finding,) = mended(files, ["IML110"]).judged.findings
    assert finding.undecided is not None
    change = finding.undecided.change({"backup_method": "volumeSnapshot"})
    assert len({effect.object for effect in change.effects}) == 2


@pytest.mark.parametrize(
    ("patch", "left"),
    [
        ("- {op: add, path: /metadata/annotations, value: {cnpg.io/skipWalArchiving: enabled}}", "value: {}}"),
        ("{kind: Cluster, metadata: {name: x, annotations: {cnpg.io/skipWalArchiving: enabled}}}", "{name: x}}"),
    ],
)
def test_a_patch_that_is_left_hollow_is_still_a_patch(patch: str, left: str) -> None:
    files = {
        "kustomization.yaml": f"resources: [a.yaml]\npatches:\n- target: {{kind: Cluster}}\n  patch: |\n    {patch}\n",
        "a.yaml": TWO_METHODS,
    }
    assert f"{left}\n" in fixed(files, ["IML125"])["kustomization.yaml"]


@pytest.mark.parametrize(("comment", "belied"), [("every hour", True), ("each night", False), ("at midnight", False)])
def test_a_comment_that_a_new_schedule_belies_is_named(comment: str, belied: bool) -> None:
    text = BACKUP.replace("NAME", "daily").replace(
        '{schedule: "SCHEDULE", ', '\n  schedule: "0 0 * * *"  # COMMENT\n  '
    )
    text = text.replace("immich-postgres}}", "immich-postgres}").replace("COMMENT", comment)
    (finding,) = mended({"a.yaml": text}, ["IML101"]).applied
    assert finding.change is not None
    assert ("The comment beside it says that it runs at another time" in finding.change.after) is belied


BESIDE = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: CLUSTER}
spec:
  bootstrap: {initdb: {database: DATABASE, owner: app}}
  plugins: [{name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: {barmanObjectName: store}}]
---
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: {name: store}
spec: {configuration: {destinationPath: "s3://backups/DATABASE"}}
---
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {name: daily}
spec: {schedule: "0 0 3 * * *", method: plugin, cluster: {name: CLUSTER}}
"""
APPLIED = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: immich, namespace: argocd}
spec:
  destination: {server: "https://kubernetes.default.svc", namespace: photos}
  source: {repoURL: "https://git.example.org/home.git", path: photos, targetRevision: main}
"""


def beside(own: str, other: str) -> dict[str, str]:
    """Immich's database in a namespace of its own, and another one of which nothing says where it is."""
    return {
        "apps/immich.yaml": APPLIED,
        "photos/db.yaml": BESIDE.replace("CLUSTER", own).replace("DATABASE", "immich"),
        "wiki/db.yaml": BESIDE.replace("CLUSTER", other).replace("DATABASE", "wiki"),
    }


def test_a_store_that_may_be_anywhere_is_not_immichs_where_its_namespace_has_one_of_that_name() -> None:
    assert [item.file for item in findings_of(beside("immich-pg", "wiki-pg"), ["IML117"])] == ["photos/db.yaml"]


def test_a_backup_that_may_be_anywhere_is_that_of_the_cluster_beside_it() -> None:
    files = beside("pg", "pg")
    assert findings_of(files, ["IML107"]) == []
    files["photos/db.yaml"] = files["photos/db.yaml"].rpartition("---\n")[0]
    assert [item.file for item in findings_of(files, ["IML107"])] == ["photos/db.yaml"]
