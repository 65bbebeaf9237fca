"""Adding a declarative rule is adding one file."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import Seen, findings_of, fixed
from own_rule import NAME, RULE

from immichlint.errors import UserError
from immichlint.rules.catalogue import user_rules
from immichlint.rules.model import Rule


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / NAME).write_text(RULE)
    return tmp_path


def test_a_file_in_a_folder_is_a_rule_that_judges_and_mends(folder: Path) -> None:
    (found,) = user_rules(folder)
    example = found.text.bad[0]

    def catalogue() -> tuple[Rule, ...]:
        return (found.rule,)

    message = "The Deployment `immich-server` has no label `team`, so nobody knows whom to call."
    assert findings_of(example.files, ["OWN001"], catalogue=catalogue) == [
        Seen("OWN001", "manifest.yaml", 5, "labels", message, "warning")
    ]
    assert fixed(example.files, ["OWN001"], catalogue=catalogue) == example.fixed
    assert findings_of(found.text.good[0].files, ["OWN001"], catalogue=catalogue) == []


@pytest.mark.parametrize(
    ("label", "at", "value"),
    [("team: 7", "7", "7"), ("team: yes", "yes", "true"), ("team: {a: b}", "team", "")],
)
def test_a_value_that_is_wrong_is_pointed_at_and_named(folder: Path, label: str, at: str, value: str) -> None:
    text = RULE.replace("required: [team]", "required: [team], properties: {team: {type: string}}")
    (folder / NAME).write_text(text.replace("has no label `team`, so", "has the label ({value}), so"))
    (found,) = user_rules(folder)
    manifest = found.text.bad[0].files["manifest.yaml"].replace("app: immich", label)
    (seen,) = findings_of({"a.yaml": manifest}, ["OWN001"], catalogue=lambda: (found.rule,))
    assert seen.at == at
    assert f"has the label ({value})," in seen.message


def test_a_secret_s_value_is_not_shown(folder: Path) -> None:
    text = RULE.replace("[Deployment, StatefulSet]", "Secret").replace("at: metadata/labels/team", "at: stringData/key")
    (folder / NAME).write_text(text.replace("has no label `team`, so", "has {value}, so"))
    (found,) = user_rules(folder)
    manifest = "apiVersion: v1\nkind: Secret\nmetadata: {name: immich}\nstringData: {key: hunter2}\n"
    (seen,) = findings_of({"a.yaml": manifest}, ["OWN001"], catalogue=lambda: (found.rule,))
    assert "hunter2" not in seen.message
    assert seen.at == "hunter2"


def test_a_label_that_may_come_from_elsewhere_is_not_missed(folder: Path) -> None:
    (found,) = user_rules(folder)
    manifest = found.text.bad[0].files["manifest.yaml"].replace("app: immich", "team: ${TEAM}")
    assert findings_of({"a.yaml": manifest}, ["OWN001"], catalogue=lambda: (found.rule,)) == []


def test_rules_in_sub_folders_count_and_are_in_order_of_their_ids(folder: Path) -> None:
    (folder / "more").mkdir()
    other = RULE.replace("OWN001", "OWN000").replace("team-label-missing", "owner-label-missing")
    (folder / "more" / "OWN000-owner-label-missing.yaml").write_text(other)
    assert [item.rule.id for item in user_rules(folder)] == ["OWN000", "OWN001"]


@pytest.mark.parametrize("taken", ["IML105", "OWN001"])
def test_an_id_that_is_taken_is_an_error(folder: Path, taken: str) -> None:
    path = folder / f"{taken}-another-name.yaml"
    path.write_text(RULE.replace("OWN001", taken).replace("team-label-missing", "another-name"))
    with pytest.raises(UserError, match=f"`{taken}` is already the id"):
        user_rules(folder)


def test_a_file_that_would_not_be_read_is_an_error(folder: Path) -> None:
    (path,) = folder.glob("*.yaml")
    path.rename(path.with_suffix(".yml"))
    with pytest.raises(UserError, match=rf"{path.stem}\.yml: a rule file ends in `\.yaml`; call it {path.name}\."):
        user_rules(folder)


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        user_rules(tmp_path / "rules")
