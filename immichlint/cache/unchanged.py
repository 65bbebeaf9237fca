"""Whether a repository is as a run saw it: by stamps where they prove it, else by content.

As in Git's index a stamp proves nothing where its time is not clearly before the time at which the run began: such a
file is read again. So is one whose stamp differs, because a fresh checkout has the same content.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISREG
from time import time_ns
from typing import Any, Final

from immichlint.repo.files import MAX_BYTES
from immichlint.repo.seen import RACY, Seen, Stamp, digest, input_digest, listing, stamp_of, told
from immichlint.repo.walk import end_of_link, ignore_text, is_named, reader

TOO_LARGE: Final = "too large"
"""The digest of what is not read because of its size."""


def rows_of(seen: Seen) -> dict[str, Any]:
    """What a run saw, as JSON's data. A folder: its stamp, its listing's digest, and its files by name, each with
    the numbers of its stamp and its digest."""
    folders: dict[str, list[Any]] = {
        path: [list(folder.stamp), digest(folder.listing.encode("utf-8", "surrogateescape")), {}]
        for path, folder in seen.folders.items()
    }
    assert seen.found is not None
    for path, stamp in seen.files.items():
        folder, _, name = path.rpartition("/")
        folders[folder][2][name] = [*stamp, TOO_LARGE if path in seen.found.unread else digest(seen.found.raw(path))]
    return {
        "began": seen.began,
        "folders": folders,
        "links": seen.links,
        "ignores": seen.ignores,
        "others": seen.others,
        "inputs": seen.inputs,
        "remotes": seen.remotes,
    }


class Look:
    """A second look at what `rows` tell of. `is_renewed`: whether its stamps became better than those it began with;
    `rows` then has the new ones."""

    def __init__(self, root: Path, rows: dict[str, Any]) -> None:
        self.rows = rows
        self.is_renewed = False
        self._root = root
        self._top = os.fspath(root)
        self._began = time_ns()
        self._before: int = rows["began"] - RACY

    def finds_the_same(self) -> bool:
        """Whether all is as it was."""
        # The few small files come first: a change of the configuration is seen before a thousand stamps are.
        if not self._same_inputs() or not all(self._folders()):
            return False
        if self.is_renewed:
            self.rows["began"] = self._began
        return True

    def _same_inputs(self) -> bool:
        rows, read = self.rows, reader(self._root)
        return (
            all(input_digest(Path(path)) == known for path, known in rows["inputs"].items())
            and all(
                digest(ignore_text(self._root / folder).encode("utf-8", "replace")) == known
                for folder, known in rows["ignores"].items()
            )
            and all(end_of_link(f"{self._top}/{path}") == known for path, known in rows["links"].items())
            and all(
                (told(file.raw, file.unread) if (file := read(path)) is not None else "") == known
                for path, known in rows["others"].items()
            )
            and (rows["remotes"] is None or self._same_remotes())
        )

    def _same_remotes(self) -> bool:
        from immichlint.repo.git_remotes import remotes

        return bool(list(remotes(self._root)) == self.rows["remotes"])

    def _folders(self) -> Iterator[bool]:
        for folder, row in self.rows["folders"].items():
            path = f"{self._top}/{folder}" if folder else self._top
            yield self._same_folder(path, row)
            for name, known in row[2].items():
                yield self._same_file(f"{path}/{name}", known)

    def _same_folder(self, path: str, row: list[Any]) -> bool:
        try:
            stamp = stamp_of(os.stat(path))  # noqa: PTH116 - this is on the way of every warm run
            if list(stamp) == row[0] and self._proves(stamp):
                return True
            with os.scandir(path) as scan:
                found = listing(sorted(scan, key=lambda entry: entry.name), is_named)
        except OSError:
            return False
        if digest(found.encode("utf-8", "surrogateescape")) != row[1]:
            return False
        self._renew(row[0], stamp)
        row[0] = list(stamp)
        return True

    def _same_file(self, path: str, row: list[Any]) -> bool:
        try:
            status = os.stat(path)  # noqa: PTH116
            size, written, changed, inode, known = row
            if (
                status.st_mtime_ns == written < self._before
                and status.st_size == size
                and status.st_ctime_ns == changed < self._before
                and status.st_ino == inode
            ):
                return True
            if not S_ISREG(status.st_mode):
                return False
            if status.st_size > MAX_BYTES:
                now = TOO_LARGE
            else:
                with open(path, "rb", buffering=0) as stream:  # noqa: PTH123
                    now = digest(stream.read())
        except OSError:
            return False
        if now != known:
            return False
        stamp = stamp_of(status)
        self._renew(row[:4], stamp)
        row[:4] = stamp
        return True

    def _proves(self, stamp: Stamp) -> bool:
        return stamp.written < self._before and stamp.changed < self._before

    def _renew(self, known: list[int], stamp: Stamp) -> None:
        """Note that a stamp took the place of another, or has become old enough to prove something."""
        later = self._began - RACY
        if known != list(stamp) or (stamp.written < later and stamp.changed < later):
            self.is_renewed = True
