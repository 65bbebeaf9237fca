"""Where Git fetches a repository from, read from its configuration without calling it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from immichlint.repo.git_index import git_folder

_URL: Final = re.compile(r"^[ \t]*url[ \t]*=(.*)$", re.MULTILINE)
_SECTION: Final = re.compile(r"^[ \t]*\[(\w+)[^\]\n]*\]([^\[]*)", re.MULTILINE)


def remotes(root: Path) -> tuple[str, ...]:
    """The URLs of the remotes of the work tree that a root lies in; empty where there is none or no Git."""
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), None)
    if top is None:
        return ()
    try:
        folder = git_folder(top / ".git")
        common = folder / "commondir"
        if common.is_file():
            folder = folder / common.read_text("utf-8").strip()
        text = (folder / "config").read_text("utf-8", errors="replace")
    except OSError:
        return ()
    sections = (match for match in _SECTION.finditer(text) if match[1].lower() == "remote")
    urls = (found[1].strip().strip('"') for match in sections for found in _URL.finditer(match[2]))
    return tuple(dict.fromkeys(filter(None, urls)))
