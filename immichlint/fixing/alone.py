"""One writer at a time: a lock that leaves no file behind and ends with its process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from immichlint.errors import UserError


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Holds the lock of a root; without one where the system or the file system has none.

    Raises UserError where another process holds it, or where the root is not there any more.
    """
    try:
        folder = os.open(root, os.O_RDONLY)
    except OSError as error:
        raise UserError(f"{root} cannot be opened: {error.strerror}. No file of this change was written.") from error
    try:
        if not _locked(folder):
            raise UserError(
                f"Another immichlint is writing below {root}. No file of this change was written;"
                " run this again when the other one is done."
            )
        yield
    finally:
        os.close(folder)


def _locked(folder: int) -> bool:
    """Locks an open folder; False where another process has locked it."""
    try:
        import fcntl

        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return True
    return True
