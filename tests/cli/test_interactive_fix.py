"""`immichlint --fix` on a real pseudo-terminal."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals", allow_module_level=True)

from pseudo_terminal import PseudoTerminal

SLICE = Path(__file__).parent.parent / "fixtures" / "slice"
ASKED = ",?]"
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy of the slice that may be changed."""
    return Path(shutil.copytree(SLICE, tmp_path / "slice"))


def backups(repository: Path) -> PseudoTerminal:
    """The two fixes of the ScheduledBackup: IML105 (safe), then IML101 (safe)."""
    return PseudoTerminal(repository, "--root", ".", "overlay/scheduled-backup.yaml", "--fix")


def backup(repository: Path) -> str:
    return (repository / "overlay/scheduled-backup.yaml").read_text()


def bare(text: str) -> str:
    return COLOURS.sub("", text)


def test_an_offer_shows_finding_reason_safety_and_a_coloured_diff(repository: Path) -> None:
    with backups(repository) as terminal:
        terminal.until(ASKED)
        terminal.press("n")
        shown = terminal.until(ASKED)
        terminal.press("q")
        code, rest = terminal.end()
    assert '\x1b[31m-  schedule: "0 0 * * *"  # daily\x1b[0m' in shown
    assert '\x1b[32m+  schedule: "0 0 0 * * *"  # daily\x1b[0m' in shown
    text = bare(shown)
    assert "error IML101 cnpg-schedule-five-fields\nCNPG reads five fields as" in text
    assert "= fix: write `0 0 0 * * *`: it runs daily at 00:00 (safe)" in text
    assert "@@ -3,7 +3,7 @@\n metadata:\n   name: immich-daily\n spec:\n-  schedule" in text
    assert "\n\nMake this safe change? [Y,n,a,i,d,q,?]" in text
    assert "not mended: overlay/scheduled-backup.yaml:6 IML101: `--fix` would write" in rest
    assert "Found 1 error and 1 warning" in bare(rest)
    assert (code, backup(repository)) == (1, backup(SLICE))


def test_keys_answer_and_what_was_accepted_is_written(repository: Path) -> None:
    with backups(repository) as terminal:
        assert "(1 more)" in terminal.until(ASKED)
        terminal.press("?")
        assert "a  make this change, and all safe ones of this rule" in bare(terminal.until(ASKED))
        terminal.press("\x1b[A")  # an arrow ends in A and is no "all of this rule"
        assert "y  make this change now (also Return)" in bare(terminal.until(ASKED))
        terminal.press("d")
        assert "\n apiVersion: postgresql.cnpg.io/v1\n" in bare(terminal.until(ASKED))
        terminal.press("n")
        terminal.until(ASKED)
        terminal.press("\r")
        code, rest = terminal.end()
        assert terminal.is_restored()
    assert backup(repository) == backup(SLICE).replace('"0 0 * * *"', '"0 0 0 * * *"')
    assert "mended: overlay/scheduled-backup.yaml:6 IML101: write `0 0 0 * * *`" in rest
    assert code == 0


def test_return_leaves_an_unsafe_change_unmade(repository: Path) -> None:
    with PseudoTerminal(repository, "--root", ".", "--select", "IML207", "--fix") as terminal:
        assert "Make this unsafe change? [y,N,i,d,q,?]" in bare(terminal.until(ASKED))
        terminal.press("a")
        assert "decided one by one" in bare(terminal.until(ASKED))
        terminal.press("\r")
        code, rest = terminal.end()
    assert "`--fix --unsafe-fixes` would take `v2.5.0`, which is unsafe" in rest
    assert code == 1
    assert (repository / "base/helmrelease.yaml").read_bytes() == (SLICE / "base/helmrelease.yaml").read_bytes()


def test_an_ignore_asks_for_its_reason(repository: Path) -> None:
    with backups(repository) as terminal:
        terminal.until(ASKED)
        terminal.press("n")
        terminal.until(ASKED)
        terminal.press("i")
        terminal.until("Reason: ")
        terminal.press("\n")
        assert "An ignore needs a reason" in bare(terminal.until(ASKED))
        terminal.press("i")
        terminal.until("Reason: ")
        terminal.press("stündlich\n")
        assert "ignored: overlay/scheduled-backup.yaml:6 IML101: stündlich" in terminal.end()[1]
    assert '  # immichlint: ignore[IML101] stündlich\n  schedule: "0 0 * * *"  # daily\n' in backup(repository)


def test_ctrl_c_leaves_accepted_files_whole_and_the_terminal_as_it_was(repository: Path) -> None:
    with backups(repository) as terminal:
        terminal.until(ASKED)
        terminal.press("y")
        terminal.until(ASKED)
        terminal.press("\x03")
        code, rest = terminal.end()
        assert terminal.is_restored()
    assert code == 130
    assert "mended: overlay/scheduled-backup.yaml:5 IML105: write `immediate: false`.\n" in rest
    assert rest.endswith("immichlint: Interrupted.\n")
    assert backup(repository) == backup(SLICE) + "  immediate: false\n"
    assert [path.name for path in (repository / "overlay").iterdir() if "tmp" in path.name] == []


def test_the_end_of_input_is_an_end(repository: Path) -> None:
    with backups(repository) as terminal:
        terminal.until(ASKED)
        terminal.press("\x04")
        assert terminal.end()[0] == 1
    assert backup(repository) == backup(SLICE)


def test_yes_asks_nothing_and_a_second_run_has_nothing_to_offer(repository: Path) -> None:
    with PseudoTerminal(repository, "--root", ".", "--fix", "--yes") as terminal:
        assert ASKED not in terminal.end()[1]
    with backups(repository) as terminal:
        code, rest = terminal.end()
    assert (code, bare(rest).splitlines()[0]) == (0, "No findings in 6 files.")


def test_a_choice_is_a_number(tmp_path: Path) -> None:
    text = (
        "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: immich-db}\nspec:\n"
        "  bootstrap: {initdb: {database: immich, owner: immich}}\n"
        "  backup: {volumeSnapshot: {className: csi}}\n"
        "  plugins: [{name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: immich-store}}]\n---\n"
        "apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: {name: immich-daily}\nspec:\n"
        '  schedule: "0 0 3 * * *"\n  cluster: {name: immich-db}\n'
    )
    (tmp_path / "a.yaml").write_text(text)
    with PseudoTerminal(tmp_path, "--root", ".", "--select", "IML110", "--fix") as terminal:
        shown = bare(terminal.until(ASKED))
        terminal.press("?")
        assert "  1 to 2  take this one, and see what it changes\n  n  leave it (also Return)" in bare(
            terminal.until(ASKED)
        )
        terminal.press("y")
        assert "1 to 2" in terminal.until(ASKED)
        terminal.press("2")
        assert "+  method: volumeSnapshot\n" in bare(terminal.until(ASKED))
        terminal.press("y")
        code, _ = terminal.end()
    assert "  1  write `method: plugin` and `pluginConfiguration.name: barman-cloud.cloudnative-pg.io`\n" in shown
    assert "  2  write `method: volumeSnapshot`\n\nWhich one? [1,2,N,i,q,?]" in shown
    assert (code, (tmp_path / "a.yaml").read_text()) == (0, f"{text}  method: volumeSnapshot\n")


def test_a_text_is_typed_on_a_line_and_a_secret_is_named_only(tmp_path: Path) -> None:
    text = (
        "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: immich-db}\nspec:\n"
        "  bootstrap: {initdb: {database: immich, owner: immich}}\n"
    )
    (tmp_path / "a.yaml").write_text(text)
    with PseudoTerminal(tmp_path, "--root", ".", "--select", "IML112", "--fix") as terminal:
        terminal.until("`backup_path` (Return: leave it) [i,q,?]: ")
        terminal.press("?\n")
        terminal.until("end here; what was accepted stays\n`backup_path` (Return: leave it) [i,q,?]: ")
        terminal.press("s3://backups/immich\n")
        terminal.until("`backup_endpoint` (Return: AWS has it) [i,q,?]: ")
        terminal.press("\n")
        terminal.until("`backup_secret` (Return: leave it) [i,q,?]: ")
        terminal.press("AKIAIOSFODNN7EXAMPLE\n")
        assert "the name of a Secret" in bare(terminal.until("`backup_secret` (Return: leave it) [i,q,?]: "))
        terminal.press("immich-backup\n")
        shown = bare(terminal.until(ASKED))
        terminal.press("y")
        code, rest = terminal.end()
    assert "+    destinationPath: s3://backups/immich\n" in shown
    assert "Make this unsafe change? [y,N,i,d,q,?]" in shown
    assert "mended: a.yaml:4 IML112: add the ObjectStore `immich-db-backups`" in rest
    made = (tmp_path / "a.yaml").read_text()
    assert (code, made.count("name: immich-backup\n"), "AKIA" in made) == (0, 2, False)


@pytest.mark.parametrize("keys", ["\n", "q\n", "\x04", "\x03"])
def test_a_text_that_nobody_types_changes_nothing(tmp_path: Path, keys: str) -> None:
    text = "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: immich-db}\nspec:\n  instances: 1\n"
    text += "  bootstrap: {initdb: {database: immich, owner: immich}}\n"
    (tmp_path / "a.yaml").write_text(text)
    with PseudoTerminal(tmp_path, "--root", ".", "--select", "IML112", "--fix") as terminal:
        terminal.until("[i,q,?]: ")
        terminal.press(keys)
        _, rest = terminal.end()
        assert terminal.is_restored()
    assert ("Interrupted." if keys == "\x03" else "`--fix` on a terminal asks for them") in rest
    assert (tmp_path / "a.yaml").read_text() == text
