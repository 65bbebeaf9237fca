"""The files beside a user's files while those are written, and what is left of them after a kill."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from time import time
from typing import Final

_MARK: Final = ".immichlint-tmp-"
_NAME: Final = re.compile(rf"\..+{re.escape(_MARK)}(\d+)(?:-old)?")
_OLD: Final = 3600
"""Seconds after which the process that made a file is not waited for, whatever has its number now."""


def beside(target: Path, *, old: bool = False) -> Path:
    """The temporary file of this process for a file: of what it becomes, or of what it was."""
    return target.with_name(f".{target.name}{_MARK}{os.getpid()}{'-old' if old else ''}")


def clear_leftovers(folders: Iterable[Path]) -> None:
    """Removes the temporary files of runs that were killed, from these folders alone.

    To be called before this process makes such a file: one with its number is of an earlier process.
    """
    for folder in folders:
        with suppress(OSError), os.scandir(folder) as found:
            for entry in found:
                made = _NAME.fullmatch(entry.name) if _MARK in entry.name else None
                if made is not None and entry.is_file(follow_symlinks=False) and _left(entry, made[1]):
                    Path(entry.path).unlink(missing_ok=True)


def _left(entry: os.DirEntry[str], process: str) -> bool:
    return int(process) == os.getpid() or not _alive(process) or time() - entry.stat().st_mtime > _OLD


def _alive(process: str) -> bool:
    """Whether a process may be there; on Windows, where asking would end it, any may."""
    if os.name != "posix":
        return True
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
