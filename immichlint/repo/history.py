"""The files of a repository as a revision of its Git history has them: the one place that calls `git`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from immichlint.errors import UserError
from immichlint.named_tuple import NamedTuple
from immichlint.repo.files import File, given
from immichlint.repo.walk import Ignores, is_named, is_skipped

_PATIENCE: Final = 120
"""Seconds after which `git` is given up."""
_IGNORE_FILE: Final = ".gitignore"


class _Blob(NamedTuple):
    path: str
    name: str


def files_at(root: Path, revision: str, excludes: tuple[str, ...] = ()) -> Iterator[File]:
    """The YAML and JSON files at or below a root as a revision has them, in the order of their paths; left out is
    what `walk` leaves out. Raises UserError where there is no `git`, no history or no such revision."""
    commit = _commit(root, revision)
    blobs = tuple(_listed(_git(root, "ls-tree", "-r", "-z", commit)))
    folders = [blob for blob in blobs if blob.path.rpartition("/")[2] == _IGNORE_FILE]
    ignores = Ignores(excludes)
    for blob, raw in zip(folders, _contents(root, folders), strict=True):
        ignores.add(blob.path.rpartition("/")[0], raw.decode("utf-8", "replace"))
    wanted = sorted(blob for blob in blobs if is_named(blob.path.rpartition("/")[2]) and not _left_out(blob, ignores))
    for blob, raw in zip(wanted, _contents(root, wanted), strict=True):
        yield given(blob.path, raw)


def _left_out(blob: _Blob, ignores: Ignores) -> bool:
    return is_skipped(blob.path) or ignores.leaves_out(blob.path)


def _commit(root: Path, revision: str) -> str:
    try:
        found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except _GitError as error:
        if not error.said:
            raise UserError(
                f"`--changed-since {revision}`: Git knows no such revision here; in a shallow clone fetch it first "
                "(`git fetch --unshallow`, or `fetch-depth: 0` in GitHub's checkout action)."
            ) from error
        raise UserError(f"`--changed-since {revision}`: git says: {error.said}") from error
    return found.decode("ascii", "replace").strip()


def _listed(output: bytes) -> Iterator[_Blob]:
    """The regular files of `git ls-tree -z`."""
    for line in output.split(b"\0"):
        about, tab, path = line.partition(b"\t")
        mode, _, rest = about.partition(b" ")
        kind, _, name = rest.partition(b" ")
        if tab and kind == b"blob" and mode.startswith(b"100"):
            yield _Blob(path.decode("utf-8", "backslashreplace"), name.decode("ascii"))


def _contents(root: Path, blobs: Iterable[_Blob]) -> Iterator[bytes]:
    """The bytes of some blobs, in order."""
    names = "".join(f"{blob.name}\n" for blob in blobs)
    output = _git(root, "cat-file", "--batch", given_input=names.encode()) if names else b""
    at = 0
    while at < len(output):
        end = output.index(b"\n", at)
        size = int(output[at:end].rsplit(b" ", 1)[1])
        yield output[end + 1 : end + 1 + size]
        at = end + size + 2


class _GitError(UserError):
    """`git` failed. `said`: its words, empty where it said nothing."""

    def __init__(self, said: str) -> None:
        super().__init__(f"git failed: {said}")
        self.said = said


def _git(root: Path, *arguments: str, given_input: bytes = b"") -> bytes:
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    command = ("git", "--no-pager", "-C", str(root), *arguments)
    try:
        done = subprocess.run(command, input=given_input, capture_output=True, env=environment, timeout=_PATIENCE)
    except FileNotFoundError as error:
        raise UserError("`--changed-since` calls `git`, which is not installed here; install it.") from error
    except subprocess.TimeoutExpired as error:
        raise UserError(f"`git {arguments[0]}` did not end within {_PATIENCE} seconds.") from error
    if done.returncode:
        raise _GitError(done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: "))
    return done.stdout
