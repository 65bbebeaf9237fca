"""What Git does not have, held to Git."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from immichlint.repo.git_index import unsaved

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def raws(root: Path) -> dict[str, bytes]:
    paths = (path for path in root.rglob("*.yaml") if ".git" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(paths)}


@pytest.fixture(params=["2", "4", "sha256", "file"])
def root(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A work tree with 40 files in its index, whose index has several forms."""
    root = tmp_path / "tree"
    root.mkdir()
    kind = request.param
    git(root, "init", "-q", *(["--object-format=sha256"] if kind == "sha256" else []))
    if kind == "file":
        git(root, "commit", "-q", "--allow-empty", "-m", "first")
        git(root, "worktree", "add", "-q", str(tmp_path / "other"))
        root = tmp_path / "other"
    if kind in ("2", "4"):
        git(root, "config", "index.version", kind)
    (root / "apps" / "ü").mkdir(parents=True)
    for number in range(20):
        (root / f"apps/{'a' * number}.yaml").write_text(f"a: {number}\n")
        (root / f"apps/ü/{number}.yaml").write_text(f"a: {number}\n")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "all")
    return root


def test_what_is_committed_is_saved(root: Path) -> None:
    assert len(raws(root)) == 40
    assert unsaved(root, raws(root)) == ()


def test_what_is_new_or_changed_is_not_until_it_is_staged(root: Path) -> None:
    (root / "apps/aaa.yaml").write_text("a: other\n")
    (root / "new.yaml").write_text("a: new\n")
    git(root, "add", "--intent-to-add", "new.yaml")
    assert unsaved(root, raws(root)) == ("apps/aaa.yaml", "new.yaml")
    git(root, "add", ".")
    assert unsaved(root, raws(root)) == ()


def test_a_folder_of_a_work_tree(root: Path) -> None:
    (root / "apps/ü/7.yaml").write_text("a: other\n")
    assert unsaved(root / "apps", raws(root / "apps")) == ("ü/7.yaml",)


def test_line_ends_that_git_converts_are_no_change(root: Path) -> None:
    assert unsaved(root, {"apps/a.yaml": b"a: 1\r\n"}) == ()


def test_without_git_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").touch()
    assert unsaved(tmp_path, {"a.yaml": b""}) == ()


def test_before_the_first_add_all_is_new(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert unsaved(tmp_path, {"a.yaml": b""}) == ("a.yaml",)


@pytest.mark.parametrize("raw", [b"", b"DIRC", b"DIRC\0\0\0\x05\0\0\0\x01", b"DIRC\0\0\0\x02\0\0\0\x09" + b"x" * 70])
def test_an_index_that_is_not_understood_says_nothing(tmp_path: Path, raw: bytes) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / ".git/index").write_bytes(raw)
    assert unsaved(tmp_path, {"a.yaml": b"x"}) == ()


def test_a_split_index_says_nothing(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "a.yaml").write_text("a: 1\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "update-index", "--split-index")
    assert unsaved(tmp_path, {"a.yaml": b"a: 2\n"}) == ()
