"""Of which moments a Cluster can be restored."""

from __future__ import annotations

from datetime import timedelta

import pytest
from stack_files import server, stack_of

from immichlint.stack.recovery_window import Recovery, recovery_of, taking

ARCHIVE = "barmanObjectStore: {destinationPath: 's3://b'}"
PLUGIN = "plugins: [{name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: {barmanObjectName: s}}]"


BY_PLUGIN = "schedule: '@daily', method: plugin"


def cluster(spec: str, annotations: str = "") -> str:
    meta = f", annotations: {{{annotations}}}" if annotations else ""
    return (
        "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\n"
        f"metadata: {{name: immich-db, namespace: photos{meta}}}\nspec: {{instances: 1, {spec}}}\n"
    )


def backup(spec: str = "schedule: '0 0 3 * * *'") -> str:
    return (
        "apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: {name: nightly, namespace: photos}\n"
        f"spec: {{cluster: {{name: immich-db}}, {spec}}}\n"
    )


def store(spec: str) -> str:
    return (
        "apiVersion: barmancloud.cnpg.io/v1\nkind: ObjectStore\nmetadata: {name: s, namespace: photos}\n"
        f"spec: {{configuration: {{destinationPath: 's3://b'}}{spec}}}\n"
    )


def recovery(*documents: str) -> Recovery:
    stack = stack_of(server(), *documents)
    return recovery_of(stack.clusters[0], stack)


def in_tree(rest: str = "", more: str = "") -> str:
    return cluster(f"backup: {{{ARCHIVE}{rest}}}{more}")


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ((in_tree(", retentionPolicy: 30d"), backup()), Recovery("continuous", timedelta(30), "30d", "5min")),
        ((in_tree(", retentionPolicy: 1m"), backup()), Recovery("continuous", timedelta(31), "1m", "5min")),
        ((in_tree(), backup()), Recovery("continuous", lag="5min")),
        (
            (in_tree(more=", postgresql: {parameters: {archive_timeout: 1h}}"), backup()),
            Recovery("continuous", lag="1h"),
        ),
        ((cluster(PLUGIN), store(", retentionPolicy: 2w"), backup(BY_PLUGIN)),
         Recovery("continuous", timedelta(14), "2w", "5min")),
        # The Cluster's own policy says nothing of what the plugin writes.
        ((cluster(f"{PLUGIN}, backup: {{retentionPolicy: 7d}}"), store(""), backup(BY_PLUGIN)),
         Recovery("continuous", lag="5min")),
    ],
)  # fmt: skip
def test_any_moment(documents: tuple[str, ...], expected: Recovery) -> None:
    assert recovery(*documents) == expected


@pytest.mark.parametrize(
    ("documents", "state", "why"),
    [
        ((cluster(""), backup()), "none", "no destination"),
        ((in_tree(),), "none", "no ScheduledBackup"),
        ((in_tree(), backup("schedule: '0 0 3 * * *', suspend: true")), "none", "suspended"),
        ((in_tree(), backup("schedule: '0 61 3 * * *'")), "none", "takes none"),
        ((in_tree(), backup("schedule: '0 0 0 31 2 *'")), "none", "it never runs"),
        ((in_tree(), backup("schedule: '0 0 3 * * *', method: plugin")), "none", "another method"),
        ((in_tree(), backup("schedule: '${WHEN}'")), "unknown", "when base backups are taken"),
        ((in_tree(", retentionPolicy: '${KEPT}'"), backup()), "unknown", "how long backups are kept"),
        ((in_tree(", retentionPolicy: 30 days"), backup()), "unknown", "`30 days` is no retention"),
        ((cluster(PLUGIN), backup(BY_PLUGIN)), "unknown", "the ObjectStore s is not"),
        (
            (cluster("backup: {volumeSnapshot: {}}"), backup("schedule: '@daily', method: volumeSnapshot")),
            "backups",
            "",
        ),
        (
            (cluster(f"backup: {{{ARCHIVE}}}", "cnpg.io/skipWalArchiving: enabled"), backup()),
            "backups",
            "switched off",
        ),
    ],
)
def test_less_than_any_moment(documents: tuple[str, ...], state: str, why: str) -> None:
    found = recovery(*documents)
    assert found.state == state
    assert why in found.why
    assert found.length is None


def test_one_schedule_that_works_is_enough() -> None:
    suspended = backup("schedule: '@weekly', suspend: true").replace("nightly", "weekly")
    assert recovery(in_tree(), suspended, backup()).state == "continuous"


@pytest.mark.parametrize(
    ("spec", "state"),
    [
        ("schedule: '0 0 3 * * *'", "active"),
        ("schedule: '0 0 3 * * *', suspend: false", "active"),
        ("schedule: '0 0 3 * * *', suspend: true", "suspended"),
        ("schedule: 'daily'", "rejected"),
        ("schedule: '${WHEN}'", "unknown"),
        ("schedule: '@daily', suspend: '${OFF}'", "unknown"),
        ("immediate: true", "unknown"),
    ],
)
def test_whether_a_backup_is_taken(spec: str, state: str) -> None:
    (found,) = stack_of(in_tree(), backup(spec)).scheduled_backups
    assert taking(found).state == state
