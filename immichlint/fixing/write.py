"""Writing files so that each is old or new, never half, and all of a change or none."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from immichlint.errors import UserError
from immichlint.fixing.alone import alone
from immichlint.fixing.temporary import beside, clear_leftovers
from immichlint.repo.repository import Repository
from immichlint.text import SourceText

_NEW: Final = 0o666
_EXCLUSIVE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_NOTHING: Final = "No file of this change was written"


def clear(root: Path, repository: Repository) -> None:
    """Removes what killed runs left beside the files of a repository."""
    clear_leftovers({(root / path).parent for path in repository.paths})


def write_all(root: Path, texts: Mapping[str, SourceText], before: Repository) -> None:
    """Writes files below a root: all are prepared beside their places before the first one moves there.

    `before`: the files as they were read. The mode of a file is kept. Raises UserError where a file cannot be
    written, or is not what was read: then none has changed, and neither has any after an interruption.
    """
    with alone(root), ExitStack() as folders, ExitStack() as clean, ExitStack() as undo:
        files = [_File(root, path, before) for path in texts]
        clear_leftovers({file.target.parent for file in files})
        for file in files:
            with _explained(file.path):
                file.check()
                file.make_folders(folders)
                file.prepare(texts[file.path].encode(), clean, restorable=len(files) > 1)
        for file in files:
            with _explained(file.path):
                file.check()
        for file in files:
            with _explained(file.path):
                file.replace(undo)
        undo.pop_all()
        folders.pop_all()


class _File:
    """A file on its way to another text. `raw`: its bytes as they were read, None for one that was not there."""

    def __init__(self, root: Path, path: str, before: Repository) -> None:
        self.path = path
        self.raw = before.raw(path) if path in before else None
        self.target = (root / path).resolve()
        self.inside = self.target.is_relative_to(root.resolve())
        self.new = beside(self.target)
        self.old = beside(self.target, old=True)

    def check(self) -> None:
        """Raises UserError where the file is not what was read."""
        if not self.inside:
            raise UserError(f"{self.path} leads out of the root now. {_NOTHING}; run this again.")
        there = self.target.read_bytes() if self.target.exists() else None
        if there != self.raw:
            raise UserError(f"{self.path} has changed since it was read. {_NOTHING}; run this again.")

    def make_folders(self, folders: ExitStack) -> None:
        """Makes the folders that a new file needs."""
        for folder in [folder for folder in self.target.parents if not folder.exists()][::-1]:
            folder.mkdir()
            folders.callback(_remove_folder, folder)

    def prepare(self, text: bytes, clean: ExitStack, *, restorable: bool) -> None:
        """Writes what it becomes beside it and, where it must be `restorable`, what it is."""
        if self.raw is not None and not os.access(self.target, os.W_OK):
            raise UserError(f"{self.path} cannot be written: it is read-only. {_NOTHING}.")
        self._write(self.new, text, clean)
        if restorable and self.raw is not None:
            self._write(self.old, self.raw, clean)

    def replace(self, undo: ExitStack) -> None:
        """The step after which the file is new."""
        undo.callback(self._restore)
        self.new.replace(self.target)

    def _restore(self) -> None:
        if self.raw is None:
            self.target.unlink(missing_ok=True)
        elif self.old.exists():
            self.old.replace(self.target)

    def _write(self, place: Path, raw: bytes, clean: ExitStack) -> None:
        kept = self.target.stat() if self.raw is not None else None
        clean.callback(place.unlink, missing_ok=True)
        with os.fdopen(os.open(place, _EXCLUSIVE, kept.st_mode & 0o777 if kept else _NEW), "wb") as stream:
            if kept is not None:
                _same_owner(stream.fileno(), kept)
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        if kept is not None:
            place.chmod(kept.st_mode & 0o7777)


def _same_owner(file: int, kept: os.stat_result) -> None:
    """A file that root mends for somebody stays theirs, where the system lets it."""
    made = os.fstat(file)
    if (made.st_uid, made.st_gid) != (kept.st_uid, kept.st_gid):
        with suppress(OSError, AttributeError):
            os.fchown(file, kept.st_uid, kept.st_gid)


def _remove_folder(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


@contextmanager
def _explained(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror or error}. {_NOTHING}.") from error
