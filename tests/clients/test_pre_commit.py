"""The hooks, as pre-commit installs and runs them: real git, real pre-commit, a real installation."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

HOME: Final = Path(__file__).parents[2]
BACKUP: Final = """\
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata:
  name: immich-daily
spec:
  schedule: "0 3 * * *"  # every night
  immediate: true
  backupOwnerReference: cluster
  cluster:
    name: immich-postgres
"""
NO_INDEX: Final = ("No matching distribution found", "Failed to establish a new connection", "ConnectionError")

pytestmark = [
    pytest.mark.client,
    pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed"),
    pytest.mark.skipif(not (HOME / ".git").exists(), reason="pre-commit clones a repository, and this is none"),
]


def environment(folder: Path) -> dict[str, str]:
    """Nobody's settings of git, pre-commit or Python."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHON", "PRE_COMMIT"))}
    identity = {f"GIT_{who}_{what}": "test" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return {**kept, **identity, **nobody, "PRE_COMMIT_HOME": str(folder / "pre-commit"), "PRE_COMMIT_COLOR": "never"}


def repository(folder: Path, text: str) -> Path:
    """A repository with a manifest, and beside it a file of somebody else's that is to stay as it is."""
    (folder / "apps").mkdir(parents=True)
    (folder / "apps" / "backup.yaml").write_text(text, "utf-8")
    (folder / "other.yaml").write_text("a:   1\n", "utf-8")
    for command in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message", "first")):
        subprocess.run(("git", *command), cwd=folder, env=environment(folder), check=True)
    return folder


def try_repo(folder: Path) -> tuple[int, str]:
    """What `pre-commit try-repo` says of both hooks, on all files."""
    command = (sys.executable, "-m", "pre_commit", "try-repo", str(HOME), "--all-files", "--verbose")
    done = subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    if any(text in said for text in NO_INDEX) and not os.environ.get("CI"):
        pytest.skip("pip reaches no index, so pre-commit cannot install the hook")
    return done.returncode, said


def parts(said: str) -> tuple[str, str]:
    """What is said of each hook."""
    before, _, after = said.partition("\nimmichlint --fix...")
    return before[before.index("\nimmichlint...") :], after


def test_one_finds_and_the_other_mends(tmp_path: Path) -> None:
    home = repository(tmp_path / "repo", BACKUP)
    code, said = try_repo(home)
    assert code == 1, said
    found, fixed = parts(said)
    assert "exit code: 1" in found
    assert found.count("error IML101 cnpg-schedule-five-fields") == 1
    assert "files were modified by this hook" not in found
    assert "files were modified by this hook" in fixed
    assert "exit code" not in fixed
    assert (home / "apps/backup.yaml").read_text("utf-8") == BACKUP.replace('"0 3', '"0 0 3')
    assert (home / "other.yaml").read_text("utf-8") == "a:   1\n"


def test_nothing_to_do_is_success(tmp_path: Path) -> None:
    home = repository(tmp_path / "repo", "kind: ConfigMap\n")
    code, said = try_repo(home)
    assert code == 0, said
    assert [line.split(".")[-1] for part in parts(said) for line in part.strip().splitlines()[:1]] == ["Passed"] * 2
