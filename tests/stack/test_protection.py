"""What counts as a protection of a claim: what names it, covers its namespace, mounts it, or may do so."""

from __future__ import annotations

import pytest
from in_memory import repository_of, stacks_of

from immichlint.stack.protection import dumper_of, protector_of
from immichlint.stack.stack import stacks
from immichlint.stack.storage import Claimed

SERVER = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: immich, namespace: photos}
spec: {template: {spec: {containers: [{name: server, image: "ghcr.io/immich-app/immich-server:v3.3.6"}]}}}
"""
SOURCE = """\
apiVersion: volsync.backube/v1alpha1
kind: ReplicationSource
metadata: {name: copy, namespace: NAMESPACE}
spec: {sourcePVC: "CLAIM"}
"""
VELERO = """\
apiVersion: velero.io/v1
kind: Schedule
metadata: {name: nightly, namespace: velero}
spec: {template: TEMPLATE}
"""
LONGHORN = "apiVersion: longhorn.io/v1beta2\nkind: RecurringJob\nmetadata: {name: daily}\nspec: {task: backup}\n"


def source(claim: str, namespace: str = "photos") -> str:
    return SOURCE.replace("CLAIM", claim).replace("NAMESPACE", namespace)


@pytest.mark.parametrize(
    ("other", "storage_class", "expected"),
    [
        (source("library"), "local-path", ("VolSync", True)),
        (source("library", "wiki"), "local-path", None),
        (source("wiki"), "local-path", None),
        (VELERO.replace("TEMPLATE", "{}"), "local-path", ("Velero", True)),
        (VELERO.replace("TEMPLATE", "{includedNamespaces: [photos]}"), "local-path", ("Velero", True)),
        (VELERO.replace("TEMPLATE", "{includedNamespaces: ['*']}"), "local-path", ("Velero", True)),
        (VELERO.replace("TEMPLATE", "{includedNamespaces: ['${NS}']}"), "local-path", ("Velero", True)),
        (VELERO.replace("TEMPLATE", "{includedNamespaces: [wiki]}"), "local-path", None),
        (VELERO.replace("TEMPLATE", "{excludedNamespaces: [photos]}"), "local-path", None),
        (LONGHORN, "longhorn-retain", ("Longhorn", False)),
        (LONGHORN, "", ("Longhorn", False)),
        (LONGHORN, "local-path", None),
        (LONGHORN.replace("task: backup", "task: system-backup"), "longhorn", ("Longhorn", False)),
        (LONGHORN.replace("task: backup", "task: '${TASK}'"), "longhorn", ("Longhorn", False)),
        (LONGHORN.replace("task: backup", "task: filesystem-trim"), "longhorn", None),
        (LONGHORN.replace("task: backup", "task: snapshot-cleanup"), "longhorn", None),
        ("chart: velero\nschedules:\n  daily: {schedule: '0 3 * * *'}\n", "local-path", ("Velero", False)),
    ],
)
def test_what_protects_a_claim(other: str, storage_class: str, expected: tuple[str, bool] | None) -> None:
    files = {"other.yaml": other, "server.yaml": SERVER}
    repository = repository_of(files)
    stack = next(item for item in stacks(repository)[1] if item.containers)
    found = protector_of(Claimed("photos", "library", None, storage_class), stack)
    assert (None if found is None else (found.tool, found.sure)) == expected


JOB = """\
apiVersion: batch/v1
kind: CronJob
metadata: {name: immich-nightly, namespace: photos}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          initContainers:
            - {name: folder, image: busybox, args: [mkdir, -p, /m/dumps], volumeMounts: [{name: m, mountPath: /m}]}
          containers: [{name: job, image: IMAGE, args: [sh, -c, "COMMAND"], volumeMounts: [{name: m, mountPath: /m}]}]
          volumes: [{name: m, persistentVolumeClaim: {claimName: library}}]
"""


def found_with(files: dict[str, str]) -> tuple[str, bool] | None:
    repository = repository_of({**files, "s.yaml": SERVER})
    stack = next(item for item in stacks(repository)[1] if item.containers)
    found = protector_of(Claimed("photos", "library", None, "local-path"), stack)
    return None if found is None else (found.tool, found.sure)


@pytest.mark.parametrize(
    ("image", "command", "expected"),
    [
        ("postgres:17", "pg_dump immich > /m/dumps/immich.sql", None),
        ("prodrigestivill/postgres-backup-local:17", "", None),
        ("postgres:17", "pg_dump immich > /m/x.sql", None),
        ("alpine", "pg_dump immich > /m/x.sql; rclone sync /m remote:", ("a CronJob", True)),
        ("alpine", "rsync -a /m nas:", ("a CronJob", True)),
        ("restic/restic", "backup /m", ("a CronJob", True)),
        ("alpine", "/scripts/nightly.sh", ("a CronJob", False)),
    ],
)
def test_a_dump_into_the_library_is_no_backup_of_it(
    image: str, command: str, expected: tuple[str, bool] | None
) -> None:
    assert found_with({"job.yaml": JOB.replace("IMAGE", image).replace("COMMAND", command)}) == expected


def test_a_pod_that_serves_the_photos_is_no_backup() -> None:
    pod = (
        JOB.replace("batch/v1", "apps/v1")
        .replace("CronJob", "Deployment")
        .replace("jobTemplate:\n    spec:\n      ", "")
    )
    assert found_with({"pod.yaml": pod.replace("IMAGE", "nginx").replace("COMMAND", "cp -r /x /m; nginx")}) is None


@pytest.mark.parametrize("folder", [".archive/", "apps/archive/", "02-disabled/"])
def test_what_is_put_away_protects_nothing(folder: str) -> None:
    assert found_with({f"{folder}source.yaml": source("library")}) is None
    assert found_with({f"{folder}velero.yaml": "chart: velero\nschedules:\n  daily: {schedule: '0 3 * * *'}\n"}) is None
    assert found_with({"backups/source.yaml": source("library")}) == ("VolSync", True)


DUMP = "apiVersion: batch/v1\nkind: KIND\nmetadata: {name: move, namespace: photos, annotations: {NOTE: x}}\nspec: {}\n"


@pytest.mark.parametrize(
    ("kind", "note", "counts"),
    [("Job", "note", False), ("Job", "argocd.argoproj.io/hook", True), ("CronJob", "note", True)],
)
def test_a_job_that_moves_a_database_once_is_no_backup(kind: str, note: str, *, counts: bool) -> None:
    job = DUMP.replace("KIND", kind).replace("NOTE", note) + "# pg_dump immich\n"
    stack = next(item for item in stacks_of({"j.yaml": job, "s.yaml": SERVER}) if item.containers)
    assert (dumper_of("photos", ("pg",), stack) is not None) is counts


def dumper_with(files: dict[str, str]) -> str | None:
    stack = next(item for item in stacks(repository_of({**files, "server.yaml": SERVER}))[1] if item.containers)
    found = dumper_of("photos", ("photos-db",), stack)
    return found.what if found is not None else None


PLAIN = "apiVersion: v1\nkind: KIND\nmetadata: {name: immich-postgres-backups}\n"


@pytest.mark.parametrize(
    "other",
    [
        "apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: {name: postgres-backup}\n# immich\n",
        "apiVersion: acid.zalan.do/v1\nkind: postgresql\nmetadata: {name: old}\n# immich, by wal-g\n",
        PLAIN.replace("KIND", "PersistentVolumeClaim") + "---\n" + PLAIN.replace("KIND", "PersistentVolume"),
        "resources: [immich.yaml]\npatches: [{patch: '[{op: add, path: /spec/backup/x, value: cnpg-backup-s3}]'}]\n",
    ],
)
def test_what_has_the_name_of_a_backup_and_runs_nothing_is_no_dump(other: str) -> None:
    assert dumper_with({"other.yaml": other}) is None


DEFINED = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: clusters.postgresql.cnpg.io}
spec:
  versions:
    - {name: v1, schema: {openAPIV3Schema: {description: Such as immich. Options of `pg_dump` for the import.}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: operator, namespace: operators}
spec: {template: {spec: {containers: [{name: main, args: [ARGUMENT]}]}}}
"""


@pytest.mark.parametrize(("argument", "found"), [("controller", None), ("pg_dump -h photos-db-rw", "operator.yaml")])
def test_what_installs_an_operator_dumps_nothing_by_what_its_definitions_say(argument: str, found: str | None) -> None:
    assert dumper_with({"operator.yaml": DEFINED.replace("ARGUMENT", argument)}) == found


def test_what_names_the_database_is_its_dump_before_what_only_lies_beside_it() -> None:
    job = DUMP.replace("KIND", "CronJob") + "# pg_dump\n"
    files = {"a.yaml": job, "b.yaml": SERVER, "kustomization.yaml": "resources: [a.yaml, b.yaml, server.yaml]\n"}
    assert dumper_with(files) == "a.yaml"
    assert dumper_with({**files, "b.yaml": job + "# -h photos-db-ro\n"}) == "b.yaml"


def test_what_is_listed_and_not_there_may_be_a_copy_and_is_called_so() -> None:
    files = {"server.yaml": SERVER, "kustomization.yaml": "resources: [server.yaml, backups.yaml]\n"}
    stack = next(item for item in stacks_of(files) if item.containers)
    found = protector_of(Claimed("photos", "library", None, "local-path"), stack)
    assert found == ("something", "what `backups.yaml` has is not known: it is listed and not there", False)
