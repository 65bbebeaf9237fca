"""Rules of one's own: the guide's example is sound, and `rules --test` runs the examples of any."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from immichlint.cli.main import run

GUIDE = (Path(__file__).parents[2] / "docs/writing-rules.md").read_text("utf-8")
(EXAMPLE,) = [block for block in re.findall(r"```yaml\n(.*?)```", GUIDE, re.S) if "id: OWN001" in block]
LABEL = """\
id: OWN002
name: claim-without-label
title: A claim does not say how it is backed up
severity: warning
profile: recommended
target: object
where: {kind: PersistentVolumeClaim}
assert:
  properties:
    metadata:
      required: [labels]
      properties:
        labels: {required: [backup-plan]}
at: metadata/labels/backup-plan
message: "The {kind} {name} has no label `backup-plan`, so the nightly job leaves it out."
fix:
  title: label it
  safety: safe
  set: {metadata/labels/backup-plan: daily}
rationale: |
  The nightly job takes the claims that carry this label, and no others.
examples:
  bad:
    - title: No label
      yaml: |
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          name: immich-library
      findings:
        - {at: metadata, line: 3, says: [leaves it out]}
      fixed: |
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          name: immich-library
          labels:
            backup-plan: daily
  good:
    - title: A label
      yaml: |
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: immich-library, labels: {backup-plan: weekly}}
"""
IMAGE = """\
id: OWN003
name: image-not-pinned
title: The server's image has no digest
severity: info
profile: recommended
target: container
where: {component: server}
assert:
  properties:
    image: {pattern: "@sha256:[0-9a-f]{64}$"}
at: image
message: "The image `{value}` of {name} has no digest, so a moved tag changes what runs."
rationale: |
  Our registry lets people move tags, so images are pinned by their digests.
examples:
  bad:
    - title: A tag
      yaml: |
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: immich-server}
        spec: {template: {spec: {containers: [{name: server, image: "ghcr.io/immich-app/immich-server:v2.5.0"}]}}}
      findings:
        - {at: '"ghcr.io/immich-app/immich-server:v2.5.0"', says: [of immich-server has no digest]}
  good:
    - title: A variable is not known
      yaml: |
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: immich-server}
        spec: {template: {spec: {containers: [{name: server, image: "ghcr.io/immich-app/immich-server:${TAG}"}]}}}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".immichlint.yaml").write_text("version: 1\nrule_folders: [own]\n", "utf-8")
    (tmp_path / "own").mkdir()
    for text in (EXAMPLE, LABEL, IMAGE):
        (rule,) = re.findall(r"^id: (.*)$", text, re.M)
        (name,) = re.findall(r"^name: (.*)$", text, re.M)
        (tmp_path / "own" / f"{rule}-{name}.yaml").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_examples_that_hold(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "--test"]) == 0
    assert capsys.readouterr().out == "".join(f"OWN00{number}: its examples hold.\n" for number in (1, 2, 3))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("line: 3", "line: 4", "No label: no finding at `metadata` is as the example says."),
        ("line: 3", "line: 4", "the example does not tell of the finding at line 3 of manifest.yaml, `metadata`: The"),
        (
            "    backup-plan: daily\n  good",
            "    backup-plan: weekly\n  good",
            "No label: after the fix manifest.yaml is not",
        ),
        ("{backup-plan: weekly}", "{plan: weekly}", "A label: this good example has a finding at line 3"),
    ],
)
def test_examples_that_do_not_hold(
    home: Path, capsys: pytest.CaptureFixture[str], before: str, after: str, said: str
) -> None:
    assert before in LABEL
    (home / "own/OWN002-claim-without-label.yaml").write_text(LABEL.replace(before, after), "utf-8")
    assert run(["rules", "--test"]) == 1
    assert f"OWN002: {said}" in capsys.readouterr().out.replace("OWN002: No label: the", "OWN002: the")


def test_without_rules_of_one_s_own_there_is_nothing_to_test(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rules", "--test", "--root", str(tmp_path)]) == 0
    assert "There are no rules of your own" in capsys.readouterr().out
