"""What fuzzing begins with: the examples of all rules, the demonstration, and real repositories where they are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from immichlint.rules.catalogue import all_texts

Files: TypeAlias = Mapping[str, bytes]

HOME: Final = Path(__file__).resolve().parents[2]
CORPUS: Final = HOME.parent / "shared" / "corpus"
MOST_BYTES: Final = 60_000
"""A repository with more is cut: what takes long is tried less often."""


@cache
def examples() -> tuple[Files, ...]:
    """The files of every example of a rule, good and bad."""
    texts = all_texts().values()
    found = [example.files for text in texts for example in (*text.bad, *text.good)]
    return tuple({path: text.encode() for path, text in files.items()} for files in found)


@cache
def repositories() -> tuple[Files, ...]:
    """The demonstration, and the folders of the corpus where it is beside this checkout."""
    folders = [HOME / "examples" / "demo"]
    folders += sorted(path for path in CORPUS.iterdir() if path.is_dir()) if CORPUS.is_dir() else []
    return tuple(files for files in map(_files, folders) if files)


def _files(folder: Path) -> Files:
    found: dict[str, bytes] = {}
    left = MOST_BYTES
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= left:
            found[path.relative_to(folder).as_posix()] = path.read_bytes()
            left -= len(found[path.relative_to(folder).as_posix()])
    return found
