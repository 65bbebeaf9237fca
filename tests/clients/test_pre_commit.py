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
OTHER: Final = "a:   1\n"
"""Somebody else's file, which is to stay as it is."""
CONFIGURATION: Final = """\
repos:
  - repo: {url}
    rev: {revision}
    hooks: [{{id: immichlint}}, {{id: immichlint-fix}}]
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


def committed(folder: Path, home: Path) -> str:
    """All that is in a folder, made the first commit of a repository; that commit."""
    for command in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message", "first")):
        subprocess.run(("git", *command), cwd=folder, env=environment(home), check=True)
    said = subprocess.run(
        ("git", "rev-parse", "HEAD"), cwd=folder, env=environment(home), capture_output=True, check=True
    )
    return said.stdout.decode().strip()


def published(folder: Path, home: Path) -> str:
    """This checkout as it is now, as a repository of its own that pre-commit can clone; its commit."""
    listing = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listed = subprocess.run(listing, cwd=HOME, env=environment(home), capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (HOME / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(HOME / name, folder / name)
    return committed(folder, home)


def run_hooks(folder: Path, home: Path) -> tuple[int, str]:
    """What pre-commit says of both hooks, on all files."""
    command = (sys.executable, "-m", "pre_commit", "run", "--all-files", "--verbose")
    done = subprocess.run(command, cwd=folder, env=environment(home), capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    if any(text in said for text in NO_INDEX) and not os.environ.get("CI"):
        pytest.skip("pip reaches no index, so pre-commit cannot install the hook")
    return done.returncode, said


def parts(said: str) -> tuple[str, str]:
    """What is said of each hook."""
    _, _, told = f"\n{said}".partition("\nimmichlint...")
    before, _, after = told.partition("\nimmichlint --fix...")
    return before, after


def test_one_finds_the_other_mends_and_then_there_is_nothing_to_do(tmp_path: Path) -> None:
    revision = published(tmp_path / "hooks", tmp_path)
    home = tmp_path / "repo"
    for path, text in {
        ".pre-commit-config.yaml": CONFIGURATION.format(url=tmp_path / "hooks", revision=revision),
        "apps/backup.yaml": BACKUP,
        "other.yaml": OTHER,
    }.items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text(text, "utf-8")
    committed(home, tmp_path)
    code, said = run_hooks(home, tmp_path)
    assert code == 1, said
    found, fixed = parts(said)
    assert "exit code: 1" in found
    assert found.count("error IML101 cnpg-schedule-five-fields") == 1
    assert "files were modified by this hook" not in found
    assert "files were modified by this hook" in fixed
    assert "exit code" not in fixed
    assert (home / "apps/backup.yaml").read_text("utf-8") == BACKUP.replace('"0 3', '"0 0 3')
    assert (home / "other.yaml").read_text("utf-8") == OTHER
    code, said = run_hooks(home, tmp_path)
    assert code == 0, said
    assert [line.split(".")[-1] for part in parts(said) for line in part.strip().splitlines()[:1]] == ["Passed"] * 2
