"""Writing files: atomic, all of a change or none, and what a killed run leaves is cleared."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from immichlint.errors import UserError
from immichlint.fixing.alone import alone
from immichlint.fixing.temporary import beside, clear_leftovers
from immichlint.fixing.write import clear, write_all
from immichlint.repo.repository import Repository
from immichlint.repo.walk import walk
from immichlint.session import CheckRequest, check
from immichlint.text import SourceText

SLICE = Path(__file__).parent.parent / "fixtures" / "slice"
OLD = {"a.yaml": b"a: 1\n", "sub/b.yaml": b"b: 1\r\n", "sub/c.yaml": b"c: 1\n"}
NEW = {path: SourceText.decode(text.replace(b"1", b"2")) for path, text in OLD.items()}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    for path, text in OLD.items():
        (tmp_path / path).write_bytes(text)
    return tmp_path


def read(root: Path) -> Repository:
    return Repository(walk(root))


def files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def encoded(texts: Mapping[str, SourceText]) -> dict[str, bytes]:
    return {path: text.encode() for path, text in texts.items()}


def test_files_get_their_texts_and_keep_their_modes(root: Path) -> None:
    (root / "a.yaml").chmod(0o600)
    (root / "sub/b.yaml").chmod(0o755)
    write_all(root, NEW, read(root))
    assert files(root) == encoded(NEW)
    modes = [stat.S_IMODE((root / path).stat().st_mode) for path in ("a.yaml", "sub/b.yaml")]
    assert modes == [0o600, 0o755]


def test_a_new_file_gets_its_folders(root: Path) -> None:
    write_all(root, {"x/y/new.yaml": SourceText("n: 1\n")}, read(root))
    assert files(root) == {**OLD, "x/y/new.yaml": b"n: 1\n"}


def test_a_new_file_does_not_take_the_place_of_one_that_came_meanwhile(root: Path) -> None:
    before = read(root)
    (root / "new.yaml").write_bytes(b"mine: 1\n")
    with pytest.raises(UserError, match=r"new\.yaml has changed since it was read"):
        write_all(root, {**NEW, "new.yaml": SourceText("n: 1\n")}, before)
    assert files(root) == {**OLD, "new.yaml": b"mine: 1\n"}


@pytest.mark.parametrize("path", OLD)
def test_no_file_is_written_when_one_has_changed_since_it_was_read(root: Path, path: str) -> None:
    before = read(root)
    (root / path).write_bytes(b"mine: 1\n")
    with pytest.raises(UserError, match=f"{path} has changed since it was read. No file of this change was written"):
        write_all(root, NEW, before)
    assert files(root) == {**OLD, path: b"mine: 1\n"}


def test_a_file_that_was_deleted_stays_so(root: Path) -> None:
    before = read(root)
    (root / "a.yaml").unlink()
    with pytest.raises(UserError, match="has changed"):
        write_all(root, NEW, before)
    assert "a.yaml" not in files(root)


def test_a_folder_that_became_a_link_out_of_the_root_is_not_followed(root: Path) -> None:
    before = read(root)
    outside = root.parent / f"{root.name}-outside"
    (root / "sub").rename(outside)
    (root / "sub").symlink_to(outside)
    with pytest.raises(UserError, match="leads out of the root"):
        write_all(root, NEW, before)
    assert {path: (outside / path).read_bytes() for path in ("b.yaml", "c.yaml")} == {
        "b.yaml": OLD["sub/b.yaml"],
        "c.yaml": OLD["sub/c.yaml"],
    }


@pytest.mark.parametrize("nth", range(7))
def test_a_full_disk_changes_nothing(root: Path, monkeypatch: pytest.MonkeyPatch, nth: int) -> None:
    """Three files, each with a copy of what it was, and a new one: seven writes may fail."""
    calls = iter(range(100))

    def fsync(file: int) -> None:
        if next(calls) == nth:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fsync)
    texts = {**NEW, "x/y/new.yaml": SourceText("n: 1\n")}
    with pytest.raises(UserError, match=r"yaml cannot be written: No space left on device\. No file of this change"):
        write_all(root, texts, read(root))
    assert files(root) == OLD
    assert not (root / "x").exists()


@pytest.mark.parametrize("error", [OSError(errno.EACCES, "Permission denied"), KeyboardInterrupt()])
@pytest.mark.parametrize("nth", range(4))
def test_what_has_moved_moves_back(root: Path, monkeypatch: pytest.MonkeyPatch, nth: int, error: BaseException) -> None:
    calls = iter(range(100))
    replace = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if next(calls) == nth:
            raise error
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    (root / "a.yaml").chmod(0o640)
    with pytest.raises((UserError, KeyboardInterrupt)):
        write_all(root, {**NEW, "x/y/new.yaml": SourceText("n: 1\n")}, read(root))
    assert files(root) == OLD
    assert not (root / "x").exists()
    assert stat.S_IMODE((root / "a.yaml").stat().st_mode) == 0o640


def test_a_read_only_file_is_left_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "b.yaml")
    with pytest.raises(UserError, match=r"sub/b\.yaml cannot be written: it is read-only\."):
        write_all(root, NEW, read(root))
    assert files(root) == OLD


def test_a_read_only_file_system_is_said(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), "/somewhere/.a.yaml.tmp")

    before = read(root)
    opened = os.open
    monkeypatch.setattr(os, "open", lambda path, flags, *rest: opened(path, flags) if Path(path) == root else refuse())
    with pytest.raises(UserError, match=r"^a\.yaml cannot be written: Read-only file system\. No file of this change"):
        write_all(root, NEW, before)
    assert files(root) == OLD


@pytest.mark.skipif(sys.platform == "win32", reason="there is no flock")
def test_two_do_not_write_at_once(root: Path) -> None:
    with (
        alone(root),
        pytest.raises(UserError, match="Another immichlint is writing"),
    ):
        write_all(root, NEW, read(root))
    assert files(root) == OLD
    write_all(root, NEW, read(root))
    assert files(root) == encoded(NEW)


WRITER = """
import sys, time
from pathlib import Path
from immichlint.fixing.write import write_all
from immichlint.repo.repository import Repository
from immichlint.repo.walk import walk
from immichlint.text import SourceText

root, stop = Path(sys.argv[1]), int(sys.argv[2])
step = 0
def slowly(name, function):
    def stopping(*arguments, **options):
        global step
        step += 1
        if step == stop:
            print("here", flush=True)
            time.sleep(60)
        return function(*arguments, **options)
    return stopping
import os
for owner, name in ((os, "fsync"), (Path, "replace"), (Path, "unlink")):
    setattr(owner, name, slowly(name, getattr(owner, name)))
repository = Repository(walk(root))
texts = {path: SourceText(repository.raw(path).decode().replace("1", "2")) for path in repository.paths}
write_all(root, texts, repository)
print("done", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("stop", [1, 3, 6, 7, 8, 9, 10])
def test_after_a_kill_each_file_is_old_or_new_and_a_later_run_clears_up(root: Path, stop: int) -> None:
    """Six texts are written, three files moved, and what was kept of the old ones is removed."""
    command = [sys.executable, "-c", WRITER, str(root), str(stop)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        process.send_signal(signal.SIGKILL)
    left = files(root)
    assert all(left[path] in (OLD[path], NEW[path].encode()) for path in OLD)
    assert set(left) > set(OLD)
    assert read(root).paths == tuple(OLD)
    clear(root, read(root))
    assert set(files(root)) == set(OLD)
    repository = read(root)
    write_all(root, NEW, repository)
    assert files(root) == encoded(NEW)


def test_a_fix_run_clears_up_and_any_other_run_touches_nothing(root: Path) -> None:
    left = root / "sub/.b.yaml.immichlint-tmp-99999999"
    left.touch()
    check(CheckRequest((root,), root=root))
    check(CheckRequest((root,), root=root, diff=True))
    assert left.exists()
    check(CheckRequest((root,), root=root, fix=True))
    assert files(root) == OLD


def test_changes_that_git_does_not_have_are_said_before_anything_is_written(tmp_path: Path) -> None:
    root = Path(shutil.copytree(SLICE, tmp_path / "slice"))
    (root / ".git").mkdir()
    said: list[str] = []

    def say(sentence: str) -> None:
        assert {path.read_bytes() for path in root.rglob("*.yaml")} == {
            path.read_bytes() for path in SLICE.rglob("*.yaml")
        }
        said.append(sentence.partition(" has changes that are neither staged nor committed")[0])

    check(CheckRequest((root,), root=root, fix=True), say=say)
    assert said == ["overlay/patch.yaml", "overlay/scheduled-backup.yaml"]


def test_what_others_are_still_writing_is_not_cleared(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        living = tmp_path / f".a.yaml.immichlint-tmp-{other.pid}"
        living.touch()
        clear_leftovers([tmp_path])
        assert living.exists()
        hour_ago = time.time() - 3601
        os.utime(living, (hour_ago, hour_ago))
        clear_leftovers([tmp_path])
        assert not living.exists()
        other.communicate(b"\n")


def test_only_temporary_files_are_cleared(tmp_path: Path) -> None:
    kept = ["a.yaml", ".a.yaml.immichlint-tmp-", ".a.yaml.immichlint-tmp-12x", "a.yaml.immichlint-tmp-4194999"]
    own = beside(tmp_path / "a.yaml")
    gone = [own.name, beside(own, old=True).name, ".a.yaml.immichlint-tmp-99999999999999999999-old"]
    for name in (*kept, *gone):
        (tmp_path / name).touch()
    (tmp_path / ".d.immichlint-tmp-99999999").mkdir()
    clear_leftovers([tmp_path, tmp_path / "nowhere"])
    assert {path.name for path in tmp_path.iterdir()} == {*kept, ".d.immichlint-tmp-99999999"}


WAITING = """
import sys
from immichlint.cli.main import run
print("ready", flush=True)
sys.stdin.readline()
sys.exit(run(sys.argv[1:]))
"""
FIX = ("--root", ".", "--fix", "--yes", "--unsafe-fixes")
NOT_NOW = ("Another immichlint is writing below", "has changed since it was read")


def mending(root: Path) -> subprocess.Popen[str]:
    """A run that mends all of a repository once it gets a line, ready to start."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING, *FIX],
        cwd=root,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """The exit code, and what was said on standard error."""
    said = process.communicate(timeout=60)[1]
    return process.returncode, said


def test_two_runs_at_once_make_what_one_makes(tmp_path: Path) -> None:
    single = Path(shutil.copytree(SLICE, tmp_path / "alone"))
    one = mending(single)
    assert one.stdin is not None
    one.stdin.write("\n")
    code = ended(one)[0]
    wanted = files(single)
    assert wanted != files(SLICE)
    for number in range(3):
        root = Path(shutil.copytree(SLICE, tmp_path / str(number)))
        runs = [mending(root), mending(root)]
        for run in runs:
            assert run.stdin is not None
            run.stdin.write("\n")
            run.stdin.flush()
        done = [ended(run) for run in runs]
        assert code in [exit_code for exit_code, _ in done]
        for exit_code, said in done:
            assert exit_code == code or (exit_code == 2 and any(words in said for words in NOT_NOW)), said
        assert files(root) == wanted
