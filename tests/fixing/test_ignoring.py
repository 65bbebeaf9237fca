"""Ignores that are written for a person: where they land, and when they are refused."""

from __future__ import annotations

import pytest
from in_memory import repository_of

from immichlint.findings.finding import Finding
from immichlint.fixing.ignoring import Ignoring, ignoring
from immichlint.repo.repository import Repository
from immichlint.rules import catalogue
from immichlint.rules.judged import Judged, judge_repository
from immichlint.rules.model import Settings
from immichlint.yamltree.ops import Refusal

BACKUP = """\
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata:
  name: immich-daily
spec:
  schedule: "0 0 * * *"
  immediate: false
  cluster: {name: immich}
"""
SCHEDULE = '  schedule: "0 0 * * *"\n'


def judge(repository: Repository) -> Judged:
    return judge_repository(repository, catalogue.all_rules(), Settings(everything=True))


def finding(judged: Judged, rule: str = "IML101") -> Finding:
    return next(item for item in judged.findings if item.rule == rule)


def ignored(text: str, reason: str = "on purpose", path: str = "a.yaml") -> str | Refusal:
    """The text with the comment for IML101."""
    judged = judge(repository_of({path: text}))
    made = ignoring(judged, finding(judged), reason, judge)
    if isinstance(made, Refusal):
        return made
    assert isinstance(made, Ignoring)
    assert [item.finding.rule for item in made.after.ignored] == ["IML101"]
    return made.texts[path].encode().decode()


def test_it_stands_at_the_end_of_the_line() -> None:
    after = '  schedule: "0 0 * * *"  # immichlint: ignore[IML101] on purpose\n'
    assert ignored(BACKUP) == BACKUP.replace(SCHEDULE, after)


@pytest.mark.parametrize("beside", ["  # daily", "  # immichlint: ignore[IML102] why", f"  # {'x' * 100}"])
def test_it_stands_above_a_line_with_a_comment(beside: str) -> None:
    before = BACKUP.replace(SCHEDULE, SCHEDULE.replace("\n", f"{beside}\n"))
    after = f"  # immichlint: ignore[IML101] on purpose\n{SCHEDULE}".replace('*"\n', f'*"{beside}\n')
    assert ignored(before) == BACKUP.replace(SCHEDULE, after)


def test_it_stands_above_a_line_that_would_be_too_long() -> None:
    reason = "long " * 20
    assert ignored(BACKUP, reason) == BACKUP.replace(
        SCHEDULE, f"  # immichlint: ignore[IML101] {reason.strip()}\n{SCHEDULE}"
    )


def test_line_ends_and_a_byte_order_mark_stay() -> None:
    before = "\ufeff" + BACKUP.replace("\n", "\r\n")
    comment = "  # immichlint: ignore[IML101] on purpose"
    assert ignored(before) == before.replace('"0 0 * * *"', f'"0 0 * * *"{comment}')


def test_a_flow_mapping_on_one_line() -> None:
    text = '{apiVersion: postgresql.cnpg.io/v1, kind: ScheduledBackup, metadata: {name: immich}, spec: {schedule: "0 0 * * *",\n immediate: false, cluster: {name: immich}}}\n'  # noqa: E501
    assert ignored(text) == f"# immichlint: ignore[IML101] on purpose\n{text}"


def test_a_reason_is_one_line_without_control_characters() -> None:
    after = ignored(BACKUP, "a\nkind: Secret\x1b[31m\tb\u2028c ")
    assert isinstance(after, str)
    assert '"  # immichlint: ignore[IML101] a kind: Secret [31m b c\n' in after


def test_json_has_no_comments() -> None:
    text = (
        '{"apiVersion": "postgresql.cnpg.io/v1", "kind": "ScheduledBackup", "metadata": {"name": "immich"},'
        ' "spec": {"schedule": "0 0 * * *", "immediate": false, "cluster": {"name": "immich"}}}\n'
    )
    refused = ignored(text, path="a.json")
    assert isinstance(refused, Refusal)
    assert "`ignores` in .immichlint.yaml" in refused.reason


def test_it_is_not_written_into_yaml_inside_a_scalar() -> None:
    """There a comment would change what the scalar says."""
    files = {
        "kustomization.yaml": (
            "resources: [backup.yaml]\npatches:\n  - patch: |\n      apiVersion: postgresql.cnpg.io/v1\n"
            "      kind: ScheduledBackup\n      metadata: {name: immich-daily}\n      spec:\n"
            '        schedule: "0 1 * * *"\n'
        ),
        "backup.yaml": BACKUP,
    }
    judged = judge(repository_of(files))
    found = finding(judged)
    assert found.place.document.hosts
    made = ignoring(judged, found, "on purpose", judge)
    assert isinstance(made, Refusal)


def test_it_is_refused_where_the_finding_would_stay_or_another_would_come() -> None:
    judged = judge(repository_of({"a.yaml": BACKUP}))
    found = finding(judged)

    def ignores_nothing(repository: Repository) -> Judged:
        return judge(repository)._replace(findings=judged.findings)

    def finds_more(repository: Repository) -> Judged:
        after = judge(repository)
        return after._replace(findings=(*after.findings, found._replace(rule="IML999")))

    for judging in (ignores_nothing, finds_more):
        assert isinstance(ignoring(judged, found, "on purpose", judging), Refusal)


def test_only_the_finding_on_its_line_goes() -> None:
    second = BACKUP.replace("immich-daily", "immich-nightly")
    judged = judge(repository_of({"a.yaml": f"{BACKUP}---\n{second}"}))
    made = ignoring(judged, finding(judged), "on purpose", judge)
    assert isinstance(made, Ignoring)
    left = [item.object.name for item in made.after.findings if item.rule == "IML101" and item.object]
    assert left == ["immich-nightly"]
