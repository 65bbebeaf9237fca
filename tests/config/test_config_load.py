"""Configurations as people write them, and the sentences that tell them what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from immichlint.config import Config, load
from immichlint.errors import UserError
from immichlint.findings.finding import Confidence, Severity

WHOLE = """\
version: 1
profile: strict
select: [IML1, unused-ignore]
ignore: [IML601]
ignores:
  - rules: [IML114, scheduled-backup-suspended]
    path: clusters/old/**
    object: Cluster/immich/*
    reason: it is switched off in May
severity: {IML105: error}
parameters:
  IML105:
    value: true
decisions:
  retention: 30d
  uid: 1000
versions: {cnpg: "1.29", kubernetes: "1.35", flux: "2.7", barman-plugin: "0.11", immich: v2.3.1}
substitutions:
  CLUSTER_DOMAIN: example.org
rule_folders: [policies/immich]
excludes: [archive/, "*.bak.yaml"]
scope: all
fail_on: warning
min_confidence: medium
"""


def loaded(folder: Path, text: str, name: str = ".immichlint.yaml") -> Config:
    (folder / name).write_bytes(text.encode())
    return load(folder, None if name == ".immichlint.yaml" else folder / name)


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(UserError) as caught:
        loaded(folder, text)
    return str(caught.value)


def test_without_a_file_there_are_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path, None) == Config()
    assert Config().profile == "recommended"
    assert Config().fail_on == "error"


def test_every_key_is_read(tmp_path: Path) -> None:
    config = loaded(tmp_path, WHOLE)
    assert config.profile == "strict"
    assert config.select == ("IML1", "unused-ignore")
    assert config.ignore == ("IML601",)
    entry = config.ignores[0]
    assert entry[:4] == (
        ("IML114", "scheduled-backup-suspended"),
        "it is switched off in May",
        "clusters/old/**",
        "Cluster/immich/*",
    )
    assert entry.region is not None
    assert (entry.region.file, entry.region.start) == (".immichlint.yaml", (6, 5))
    assert config.severity == {"IML105": Severity.ERROR}
    assert config.parameters == {"IML105": {"value": True}}
    assert config.decisions == {"retention": "30d", "uid": 1000}
    assert config.versions["cnpg"] == "1.29"
    assert config.substitutions == {"CLUSTER_DOMAIN": "example.org"}
    assert config.rule_folders == ("policies/immich",)
    assert config.excludes == ("archive/", "*.bak.yaml")
    assert (config.scope, config.fail_on, config.min_confidence) == ("all", "warning", Confidence.MEDIUM)


def test_a_byte_order_mark_crlf_json_and_anchors_are_read(tmp_path: Path) -> None:
    assert loaded(tmp_path, "\ufeffversion: 1\r\nprofile: strict\r\n").profile == "strict"
    assert loaded(tmp_path, '{"version": 1, "ignore": ["IML1"]}').ignore == ("IML1",)
    config = loaded(tmp_path, "version: 1\nselect: &rules [IML1]\nignore: *rules\n")
    assert config.ignore == ("IML1",)


def test_the_file_that_was_asked_for_counts(tmp_path: Path) -> None:
    loaded(tmp_path, "version: 1\nprofile: minimal\n")
    assert loaded(tmp_path, "version: 1\nprofile: strict\n", "other.yaml").profile == "strict"


def test_a_key_with_line_ends_is_told_in_one_line(tmp_path: Path) -> None:
    assert "\n" not in complaint(tmp_path, 'version: 1\n"a\\n::error::b": 1\n')


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("version: 1\n\nprofil: strict\n", "3:1: `profil` is no key here; did you mean `profile`?"),
        ("version: 1\nminConfidence: low\n", "2:1: `minConfidence` is no key here; did you mean `min_confidence`?"),
        ("profile: strict\n", "1:1: `version` is missing; write `version: 1`."),
        ("version: 2\n", "1:10: `version` is `2`; expected `1`."),
        ('version: "1"\n', "1:10: `version` is `1`; expected `1` without quotes."),
        ("- version: 1\n", "1:1: the configuration is a list, expected a mapping."),
        ("version: 1\nselect: IML1\n", "2:9: `select` is text, expected a list; write it in brackets: `[...]`."),
        ("version: 1\nexcludes:\n", "2:1: `excludes` is empty, expected a list."),
        ("version: 1\nversions: {cnpg: 1.30}\n", "2:18: `cnpg` is a number, expected text; write it in quotes."),
        (
            "version: 1\nscope: stak\n",
            "2:8: `scope` is `stak`, expected `stack` or `all`; did you mean `stack`?",
        ),
        (
            "version: 1\ndecisions: {retention: 30 d}\n",
            "2:24: `retention` is `30 d`; expected a number of days, weeks or months, such as `30d`.",
        ),
        (
            "version: 1\ndecisions: {backup_endpoint: 'https://me:hunter2@s3.example.org'}\n",
            "2:30: `backup_endpoint` is a text that is not shown here; expected a URL without a user and a password, "
            "such as `https://s3.example.org`.",
        ),
        (
            "version: 1\ndecisions: {backup_secret: wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY}\n",
            "2:28: `backup_secret` is a text that is not shown here; expected the name of a Secret, such as "
            "`immich-backup`, and no key.",
        ),
        ("version: 1\ndecisions: {uid: 0}\n", "2:18: `uid` is `0`; expected `1` or more."),
        (
            "version: 1\nignores:\n  - rules: [IML101]\n",
            "3:5: an item of `ignores` has no `reason`, which is required.",
        ),
        (
            "version: 1\nignores: [{rules: [], reason: x}]\n",
            "2:12: `rules` is an empty list; expected at least 1 item.",
        ),
        (
            "version: 1\nrule_folders: [../rules]\n",
            "2:16: an item of `rule_folders` is `../rules`; expected a folder below the root, such as "
            "`policies/immich`.",
        ),
        (
            "version: 1\nsubstitutions: {a-b: x}\n",
            "2:17: `a-b` is no key here; expected a name of letters, digits and underscores, as in `${NAME}`.",
        ),
        ("version: 1\nversion: 1\n", "2:1: `version` stands here a second time; keep one of them."),
        ("version: 1\n---\nversion: 1\n", "2:1: a second YAML document begins here; a configuration is one."),
        ("version: 1\n[a]: b\n", "2:1: a key is a single word here."),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, expected: str) -> None:
    assert complaint(tmp_path, text) == f".immichlint.yaml:{expected}"


def test_all_that_is_wrong_is_told_at_once_in_order(tmp_path: Path) -> None:
    lines = complaint(tmp_path, "version: 1\nscope: most\nprofile: lax\n").splitlines()
    assert [line.split(": ")[0] for line in lines] == [".immichlint.yaml:2:8", ".immichlint.yaml:3:10"]


@pytest.mark.parametrize("text", ["", "\n", "# nothing yet\n", "---\n", "--- # nothing\n"])
def test_an_empty_file_is_one_clear_sentence(tmp_path: Path, text: str) -> None:
    assert complaint(tmp_path, text) == ".immichlint.yaml is empty; write `version: 1` into it, or delete it."


def test_broken_yaml_and_other_bytes_are_told(tmp_path: Path) -> None:
    assert complaint(tmp_path, "version: 1\nselect: [IML1\n").startswith(
        ".immichlint.yaml:3:1: this is not valid YAML: "
    )
    (tmp_path / ".immichlint.yaml").write_bytes(b"version: \xff")
    with pytest.raises(UserError, match="not UTF-8: byte 9 is 0xff; save it as UTF-8"):
        load(tmp_path, None)


def test_an_alias_bomb_is_refused(tmp_path: Path) -> None:
    lines = ["version: 1", "parameters:", "  a0: &a0 {x: y}"]
    lines += [
        f"  a{level}: &a{level} {{{', '.join(f'k{n}: *a{level - 1}' for n in range(9))}}}" for level in range(1, 9)
    ]
    assert "this is too large: its aliases stand for more than 200,000 nodes" in complaint(tmp_path, "\n".join(lines))


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        load(tmp_path, tmp_path / "none.yaml")


def test_a_link_out_of_the_repository_is_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret.yaml").write_text("password: hunter2\n")
    (root / ".immichlint.yaml").symlink_to(tmp_path / "secret.yaml")
    with pytest.raises(UserError) as caught:
        load(root, None)
    assert "is a link out of the repository" in str(caught.value)


def test_what_is_in_the_place_of_a_configuration_is_told(tmp_path: Path) -> None:
    (tmp_path / ".immichlint.yml").write_text("version: 1\n")
    with pytest.raises(UserError, match=r"^\.immichlint\.yml is not read; call it \.immichlint\.yaml\.$"):
        load(tmp_path, None)
    (tmp_path / ".immichlint.yaml").symlink_to("none.yaml")
    with pytest.raises(UserError, match="is no file, or a link to none"):
        load(tmp_path, None)


def test_a_value_that_may_be_a_secret_is_not_shown(tmp_path: Path) -> None:
    assert "271828" not in complaint(tmp_path, "version: 1\nsubstitutions: {DB_PASSWORD: 271828}\n")
