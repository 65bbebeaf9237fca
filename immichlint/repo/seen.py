"""What a run looked at on disk, noted so that another one can tell in a moment that it would see the same."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from time import time_ns
from typing import TYPE_CHECKING, Final

from immichlint.named_tuple import NamedTuple

if TYPE_CHECKING:
    from immichlint.repo.files import Files

RACY: Final = 2_000_000_000
"""Nanoseconds for which a time of change proves nothing: a file can change twice within one tick of its file system's
clock, which is two seconds on FAT. Git calls such files racily clean."""
_MARKED: Final = (".gitignore", ".git")
_BYTES: Final = 16


class Stamp(NamedTuple):
    """What tells of a file that it was written: its size in bytes, the times at which its content and its inode
    changed in nanoseconds, and its inode. Git's index holds the same."""

    size: int
    written: int
    changed: int
    inode: int


class Folder(NamedTuple):
    """A folder that was walked: its stamp before, and what of its entries matters."""

    stamp: Stamp
    listing: str


class Seen:
    """Everything that one run looked at. Paths are relative to the root, but those of `inputs`.

    `began`: the time before anything was read, in nanoseconds. `found`: the files of the walk, of which `files` has
    the stamps. `links`: where they lead. `ignores`: the digests of ignore files by folder; `others`: of
    files that were asked for besides; `inputs`: of the configuration, the baseline and the user's rules. `remotes`:
    where Git fetches from, None where nobody asked. `is_whole`: whether all that was looked at could be noted.
    """

    def __init__(self) -> None:
        self.began = time_ns()
        self.folders: dict[str, Folder] = {}
        self.found: Files | None = None
        self.files: dict[str, Stamp] = {}
        self.links: dict[str, str] = {}
        self.ignores: dict[str, str] = {}
        self.others: dict[str, str] = {}
        self.inputs: dict[str, str] = {}
        self.remotes: tuple[str, ...] | None = None
        self.is_whole = False

    def takes(self, path: Path) -> None:
        """Note a file, or a folder of rule files, that a run is about to read."""
        self.inputs[os.fspath(path)] = input_digest(path)


def stamp_of(status: os.stat_result) -> Stamp:
    """The stamp of a file or folder."""
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def digest(raw: bytes) -> str:
    """What stands for some bytes."""
    from hashlib import blake2b

    return blake2b(raw, digest_size=_BYTES).hexdigest()


def told(raw: bytes | None, unread: str) -> str:
    """What stands for a file that was read, or was not for a reason."""
    return f"not read: {unread}" if raw is None else digest(raw)


def input_digest(path: Path) -> str:
    """What stands for a file, or for the YAML files of a folder; empty where there is neither."""
    try:
        if not path.is_dir():
            return digest(path.read_bytes()) if path.is_file() else ""
        files = sorted(path.rglob("*.yaml"))
        return digest("\n".join(f"{file}\0{digest(file.read_bytes())}" for file in files).encode("utf-8", "replace"))
    except OSError:
        return ""


def listing(entries: Iterable[os.DirEntry[str]], is_named: Callable[[str], bool]) -> str:
    """What of a folder's entries matters to a walk, in order."""
    return "\0".join(f"{kind}{entry.name}" for entry in entries if (kind := _kind(entry, is_named)))


def _kind(entry: os.DirEntry[str], is_named: Callable[[str], bool]) -> str:
    if entry.is_symlink():
        return "@"
    if entry.is_dir(follow_symlinks=False):
        return "/"
    if not is_named(entry.name) and entry.name not in _MARKED:
        return ""
    return "." if entry.is_file(follow_symlinks=False) else "|"
