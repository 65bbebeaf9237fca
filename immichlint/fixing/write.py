"""Writing files so that each is old or new, never half."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from immichlint.errors import UserError
from immichlint.text import SourceText

TEMPORARY: Final = ".immichlint-tmp"


def write_all(root: Path, texts: Mapping[str, SourceText]) -> None:
    """Writes files below a root: all are prepared beside their places before the first one moves there.

    The mode of a file is kept. Raises UserError where a file cannot be written; then none has changed.
    """
    prepared: list[tuple[Path, Path]] = []
    try:
        for path, source in texts.items():
            target = (root / path).resolve()
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary = target.with_name(f".{target.name}{TEMPORARY}-{os.getpid()}")
            prepared.append((temporary, target))
            with temporary.open("wb") as stream:
                stream.write(source.encode())
                stream.flush()
                os.fsync(stream.fileno())
            if target.exists():
                temporary.chmod(target.stat().st_mode & 0o7777)
        for temporary, target in prepared:
            temporary.replace(target)
    except OSError as error:
        for temporary, _ in prepared:
            temporary.unlink(missing_ok=True)
        raise UserError(
            f"{error.filename or root} cannot be written: {error.strerror}. Nothing was changed."
        ) from error
