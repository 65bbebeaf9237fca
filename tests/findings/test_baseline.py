"""The baseline: what is accepted stays accepted when lines move, and what is gone is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from immichlint.cli.main import run
from immichlint.errors import UserError
from immichlint.findings.baseline import Entry, dump_baseline, parse_baseline, without

BACKUP = """\
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata:
  name: {name}
spec:
  schedule: "0 3 * * *"
  immediate: true
  backupOwnerReference: cluster
  cluster:
    name: immich-postgres
"""
BASELINE = ".immichlint-baseline.json"
ENTRY = Entry("IML101", "cnpg-schedule-five-fields", "a/b.yaml", "ScheduledBackup immich/é", "0123")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "apps").mkdir()
    (tmp_path / "apps" / "backup.yaml").write_text(BACKUP.format(name="immich-daily"), "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def summary(*options: str) -> dict[str, int]:
    """The counts of a run, its exit code among them."""
    code = run(["check", "--format", "json=report.txt", *options])
    counts: dict[str, int] = json.loads(Path("report.txt").read_text("utf-8"))["summary"]
    return {**counts, "code": code}


def test_what_is_accepted_is_not_reported_though_its_line_moves(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--write-baseline"]) == 0
    err = capsys.readouterr().err
    assert "The baseline .immichlint-baseline.json has 1 finding now: 1 new, 0 gone.\n" in err
    assert "Runs heed it once .immichlint.yaml has `baseline: .immichlint-baseline.json`.\n" in err
    assert run(["--write-baseline", "--baseline", BASELINE]) == 0
    assert "Runs heed it" not in capsys.readouterr().err
    (home / "apps/backup.yaml").write_text("# moved\n\n" + BACKUP.format(name="immich-daily"), "utf-8")
    counts = summary("--baseline", BASELINE)
    assert (counts["errors"], counts["ignored"], counts["baselined"], counts["stale"], counts["code"]) == (
        0,
        1,
        1,
        0,
        0,
    )
    assert summary()["errors"] == 1
    assert run(["--baseline", BASELINE]) == 0
    assert "No findings in 1 file; 1 in the baseline." in capsys.readouterr().out


def test_what_is_new_is_reported_and_nothing_else_is_mended(home: Path) -> None:
    run(["--write-baseline"])
    (home / "apps/second.yaml").write_text(BACKUP.format(name="immich-weekly"), "utf-8")
    counts = summary("--baseline", BASELINE)
    assert (counts["errors"], counts["baselined"], counts["code"]) == (1, 1, 1)
    run(["--fix", "--yes", "--baseline", BASELINE])
    assert '"0 3 * * *"' in (home / "apps/backup.yaml").read_text("utf-8")
    assert '"0 0 3 * * *"' in (home / "apps/second.yaml").read_text("utf-8")


def test_what_is_gone_is_said_until_the_baseline_is_written_anew(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / ".immichlint.yaml").write_text(f"version: 1\nbaseline: {BASELINE}\n", "utf-8")
    run(["--write-baseline"])
    (home / "apps/backup.yaml").write_text(BACKUP.format(name="immich-daily").replace('"0 3', '"0 0 3'), "utf-8")
    assert summary()["stale"] == 1
    capsys.readouterr()
    assert run([]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "1 entry of the baseline .immichlint-baseline.json is found no more (IML101 in apps/backup.yaml);" in said
    run(["--write-baseline"])
    assert (summary()["stale"], parse_baseline((home / BASELINE).read_text("utf-8"), BASELINE)) == (0, ())


def test_of_two_that_are_alike_one_may_go(home: Path) -> None:
    comment = "# immichlint: ignore[IML{number}]\n"
    manifest = home / "apps/backup.yaml"
    twice = "".join(comment.format(number=number) + "\n" for number in ("999", "999"))
    manifest.write_text(BACKUP.format(name="immich-daily") + twice, "utf-8")
    run(["--write-baseline"])
    entries = [entry.fingerprint for entry in parse_baseline((home / BASELINE).read_text("utf-8"), BASELINE)]
    assert (len(entries), len(set(entries))) == (3, 2)
    manifest.write_text(BACKUP.format(name="immich-daily") + comment.format(number="999"), "utf-8")
    assert (summary("--baseline", BASELINE)["baselined"], summary("--baseline", BASELINE)["stale"]) == (2, 1)
    run(["--write-baseline"])
    assert (summary("--baseline", BASELINE)["baselined"], summary("--baseline", BASELINE)["stale"]) == (2, 0)


def test_what_a_run_cannot_judge_stays_and_is_not_called_stale(home: Path) -> None:
    run(["--write-baseline"])
    before = (home / BASELINE).read_bytes()
    for options in (["--select", "IML105"], ["--profile", "minimal", "--ignore", "IML101"]):
        assert summary("--baseline", BASELINE, *options)["stale"] == 0
        run(["--write-baseline", *options])
        assert (home / BASELINE).read_bytes() == before
    (home / "other").mkdir()
    assert summary("other", "--baseline", BASELINE)["stale"] == 0


def test_of_those_that_are_alike_as_many_are_known_as_there_are_entries() -> None:
    assert without((ENTRY, ENTRY), (ENTRY,)) == (ENTRY,)
    assert without((ENTRY,), (ENTRY, ENTRY)) == ()


def test_a_baseline_is_a_line_for_each_finding_and_reads_back() -> None:
    other = ENTRY._replace(file="a/a.yaml")
    text = dump_baseline((ENTRY, other))
    assert parse_baseline(text, "b") == (other, ENTRY)
    assert len(text.splitlines()) == 7
    assert "line" not in text
    assert parse_baseline(dump_baseline(()), "b") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not valid JSON"),
        ("[]", "is no baseline of version 1"),
        ('{"version": 2, "findings": []}', "is no baseline of version 1"),
        ('{"version": 1, "findings": {}}', "is no list of findings"),
        ('{"version": 1, "findings": [{"rule": "IML101"}]}', "is no list of findings"),
    ],
)
def test_a_broken_baseline_is_refused(text: str, message: str) -> None:
    with pytest.raises(UserError, match=f"{message}.*; delete it, and write it anew with `--write-baseline`"):
        parse_baseline(text, "old.json")


def test_wrong_usage_is_one_sentence(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--baseline", "missing.json"]) == 2
    assert "There is no baseline missing.json; `--write-baseline` writes it." in capsys.readouterr().err
    assert run(["--write-baseline", "--fix"]) == 2
    assert "mend first" in capsys.readouterr().err
