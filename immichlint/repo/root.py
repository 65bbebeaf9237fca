"""Which folder is the repository."""

from __future__ import annotations

from pathlib import Path
from typing import Final

CONFIG_NAME: Final = ".immichlint.yaml"


def find_root(start: Path) -> Path:
    """The nearest folder at or above a path that has a configuration or is a Git checkout, else the path's own
    folder."""
    folder = start if start.is_dir() else start.parent
    folder = folder.resolve()
    for candidate in (folder, *folder.parents):
        if (candidate / CONFIG_NAME).is_file() or (candidate / ".git").exists():
            return candidate
    return folder
