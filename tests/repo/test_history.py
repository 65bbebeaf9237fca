"""What Git has: the files of a revision as `walk` would find them, and errors that say what to do."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from in_memory import read

from immichlint.errors import UserError
from immichlint.repo.history import files_at
from immichlint.repo.walk import walk


def git(root: Path, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(("git", "-C", root, *who, *arguments), check=True, capture_output=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    return tmp_path


def write(root: Path, files: dict[str, bytes]) -> None:
    for name, raw in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)


FILES = {
    "a.yaml": b"a: 1\r\n",
    "deep/er/b.yml": "b: \u00e4\n".encode(),
    "deep/Kustomization": b"",
    "deep/c.json": b"\xff\xfe",
    "deep/.gitignore": b"kept-out/\n*.local.yaml\n",
    "deep/kept-out/d.yaml": b"d: 1\n",
    "deep/e.local.yaml": b"e: 1\n",
    "node_modules/f.yaml": b"f: 1\n",
    "readme.md": b"# no\n",
    "generated/g.yaml": b"g: 1\n",
}


def test_a_revision_has_the_files_that_a_walk_finds(root: Path) -> None:
    write(root, FILES)
    git(root, "add", "-A", "-f")
    git(root, "commit", "-qm", "all")
    expected = read(walk(root, ("generated/",)))
    assert [file.path for file in expected] == ["a.yaml", "deep/Kustomization", "deep/c.json", "deep/er/b.yml"]
    assert list(files_at(root, "HEAD", ("generated/",))) == expected


def test_a_revision_has_what_was_there_then(root: Path) -> None:
    write(root, {"a.yaml": b"a: 1\n", "gone.yaml": b"g: 1\n"})
    git(root, "add", "-A")
    git(root, "commit", "-qm", "one")
    write(root, {"a.yaml": b"a: 2\n", "new.yaml": b"n: 1\n"})
    (root / "gone.yaml").unlink()
    assert {file.path: file.raw for file in files_at(root, "HEAD")} == {"a.yaml": b"a: 1\n", "gone.yaml": b"g: 1\n"}


def test_a_root_below_the_repository_has_its_own_files(root: Path) -> None:
    write(root, {"above.yaml": b"", "below/a.yaml": b"a: 1\n"})
    git(root, "add", "-A")
    git(root, "commit", "-qm", "one")
    assert [file.path for file in files_at(root / "below", "HEAD")] == ["a.yaml"]


@pytest.mark.parametrize("revision", ["nowhere", "--version", "-x", "HEAD:a.yaml", ""])
def test_a_revision_that_is_none_is_an_error(root: Path, revision: str) -> None:
    write(root, {"a.yaml": b""})
    git(root, "add", "-A")
    git(root, "commit", "-qm", "one")
    with pytest.raises(UserError, match="no such revision"):
        list(files_at(root, revision))


def test_a_folder_without_history_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UserError, match="not a git repository"):
        list(files_at(tmp_path, "HEAD"))


def test_without_git_the_error_names_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UserError, match="calls `git`, which is not installed"):
        list(files_at(root, "HEAD"))
