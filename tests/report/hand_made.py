"""Reports made by hand, their places found in real text."""

from __future__ import annotations

from immichlint.findings.finding import Confidence, Finding, ObjectRef, Severity
from immichlint.findings.report import (
    FileEdit,
    FixPreview,
    Located,
    Note,
    Region,
    Report,
    RuleInfo,
    Summary,
    Unread,
)
from immichlint.text import SourceText, Span
from immichlint.yamltree.place import DocumentId, Place

BACKUP = """\
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata:
  name: immich-daily
  namespace: immich
spec:
  schedule: "0 3 * * *"  # every night
  cluster:
    name: immich-db
"""
CLUSTER = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: immich-db
  namespace: immich
spec:
  instances: 1
"""
RELEASE = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values:\n    env:\n" + "".join(
    f"      REDIS_NAME_{number}: valkey\n" for number in range(12)
)
FILES = {"apps/immich/backup.yaml": BACKUP, "apps/immich/cluster.yaml": CLUSTER, "apps/immich/release.yaml": RELEASE}


def source(file: str) -> str | None:
    return FILES.get(file)


def region(file: str, wanted: str, text: str | None = None) -> Region:
    """The region of the first occurrence of a text in a file."""
    content = SourceText(FILES[file] if text is None else text)
    at = content.text.index(wanted)
    span = Span(at, at + len(wanted))
    return Region(file, span, content.position(span.start), content.position(span.end))


def source_lines(where: Region, text: str | None = None) -> tuple[str, ...]:
    content = (FILES[where.file] if text is None else text).split("\n")
    return tuple(content[where.start.line - 1 : where.end.line])


def located(
    where: Region,
    rule: str = "IML101",
    name: str = "cnpg-schedule-five-fields",
    message: str = "It is wrong.",
    *,
    severity: Severity = Severity.ERROR,
    confidence: Confidence = Confidence.HIGH,
    ref: ObjectRef | None = None,
    route: str = "spec/schedule",
    notes: tuple[Note, ...] = (),
    fix: FixPreview | None = None,
    no_fix: str = "",
    together: str = "",
    environments: tuple[str, ...] = (),
    lines: tuple[str, ...] | None = None,
) -> Located:
    finding = Finding(
        rule,
        name,
        severity,
        confidence,
        message,
        Place(DocumentId(where.file, 0)),
        ref,
        no_fix=no_fix,
        together=together,
        environments=environments,
    )
    return Located(
        finding,
        where,
        source_lines(where) if lines is None else lines,
        notes,
        route,
        f"{rule.lower()}-{where.start.line}",
        1,
        f"https://example.org/rules/{rule}",
        fix,
    )


def report(*findings: Located, **changes: object) -> Report:
    """A report of these findings, its counts being theirs."""
    severities = [it.finding.severity for it in findings]
    fixes = [it.fix.safety for it in findings if it.fix is not None and it.fix.edits]
    summary = Summary(
        severities.count(Severity.ERROR),
        severities.count(Severity.WARNING),
        severities.count(Severity.INFO),
        0,
        fixes.count("safe"),
        fixes.count("unsafe"),
        3,
    )
    made = Report("0.1.0", "/home/someone/cluster", findings, (), summary)
    return made._replace(**changes)


SCHEDULED_BACKUP = ObjectRef("postgresql.cnpg.io/v1", "ScheduledBackup", "immich", "immich-daily")


def five_fields() -> Located:
    where = region("apps/immich/backup.yaml", '"0 3 * * *"')
    cluster = region("apps/immich/cluster.yaml", "immich-db")
    edit = FileEdit(region("apps/immich/backup.yaml", "0 3 * * *"), "0 0 3 * * *")
    return located(
        where,
        message="`0 3 * * *` has five fields. CloudNativePG reads them as second, minute, hour, day and month: it makes"
        " 24 base backups a day, at 3 minutes past each hour. crontab(5) would mean 03:00 every day.",
        ref=SCHEDULED_BACKUP,
        notes=(Note(cluster, "the cluster that is backed up so often", source_lines(cluster)),),
        fix=FixPreview(
            "safe",
            "put `0 ` in front of the schedule",
            "The next base backup is at 03:00 UTC; those of each hour expire with the retention policy.",
            (edit,),
        ),
    )


def immediate_unset() -> tuple[Located, Located]:
    where = region("apps/immich/backup.yaml", "spec")
    first = located(
        where,
        "IML105",
        "scheduled-backup-immediate-unset",
        "`immediate` is not written: nothing can be restored before the first slot.",
        severity=Severity.WARNING,
        ref=SCHEDULED_BACKUP,
        route="spec/immediate",
        fix=FixPreview("safe", "write `immediate: false`, which is what absent means", "", (_insert(),)),
        together="backup",
    )
    second = located(
        where,
        "IML111",
        "scheduled-backup-owner-reference",
        "`backupOwnerReference` is not written: Backup objects pile up.",
        severity=Severity.INFO,
        ref=SCHEDULED_BACKUP,
        route="spec/backupOwnerReference",
        fix=FixPreview("unsafe", "write `backupOwnerReference: self`", "", (_insert(),)),
        together="backup",
    )
    return first, second


def _insert() -> FileEdit:
    end = region("apps/immich/backup.yaml", "immich-db\n").end
    at = Span(BACKUP.index("immich-db\n") + 9, BACKUP.index("immich-db\n") + 9)
    return FileEdit(Region("apps/immich/backup.yaml", at, end, end), "  immediate: false\n")


def never_read() -> tuple[Located, ...]:
    return tuple(
        located(
            region("apps/immich/release.yaml", f"REDIS_NAME_{number}"),
            "IML307",
            "variable-never-read",
            "Immich reads no variable of this name.",
            severity=Severity.WARNING,
            confidence=Confidence.MEDIUM,
            route=f"spec/values/env/REDIS_NAME_{number}",
            no_fix="Remove it, or write `REDIS_HOSTNAME`.",
            environments=("staging", "production"),
        )
        for number in range(12)
    )


def whole() -> Report:
    """A report with something of everything."""
    made = report(five_fields(), *immediate_unset(), *never_read())
    encrypted = tuple(Unread(f"apps/{app}/secret.sops.yaml", "encrypted with SOPS") for app in ("a", "b", "c", "d"))
    return made._replace(
        not_analysed=(*encrypted, Unread("charts/web/templates/pod.yaml", "a Helm template")),
        summary=made.summary._replace(ignored=2, files=1_240, ignored_in_comments=2),
        rules=lambda: (rule(),),
        notes=("The version of CloudNativePG is not known; `versions.cnpg` in .immichlint.yaml tells it.",),
    )


def rule() -> RuleInfo:
    return RuleInfo(
        "IML101",
        "cnpg-schedule-five-fields",
        "error",
        "A schedule of five fields",
        "CloudNativePG reads six fields, the first being seconds.",
        "# A schedule of five fields\n\nCloudNativePG reads six fields.",
        "https://example.org/rules/IML101",
        "minimal",
    )
