"""The user's cache folder: where it is, and how a file comes into it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def cache_folder() -> Path | None:
    """The folder for what can be made again; None where the user has none."""
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if given.is_absolute():
        return given / "immichlint"
    try:
        return Path.home() / ".cache" / "immichlint"
    except RuntimeError:
        return None


def keep(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, for this user alone; a folder that cannot be written is no trouble."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "wb") as stream:  # noqa: PTH123 - the descriptor has the mode
                stream.write(content)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def prune(folder: Path, most_files: int, most_bytes: int) -> None:
    """Remove the oldest files of a folder until so many are left, and so many bytes."""
    with suppress(OSError):
        files = sorted(_stats(folder), key=lambda file: -file[1].st_mtime_ns)
        size = 0
        for number, (path, status) in enumerate(files, start=1):
            size += status.st_size
            if number > most_files or size > most_bytes:
                path.unlink(missing_ok=True)


def _stats(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for path in folder.iterdir():
        with suppress(OSError):
            yield path, path.stat()
