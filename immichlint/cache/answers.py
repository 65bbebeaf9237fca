"""Finished reports, told again while nothing has changed.

An answer is kept as it was printed: what no output shows is not in the cache either. It is known by what was asked
for and by the tool that answered, and it holds as long as `Look` finds what the run saw.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from immichlint import __version__
from immichlint.cache.folder import cache_folder, keep, prune
from immichlint.cache.unchanged import Look, rows_of
from immichlint.named_tuple import NamedTuple
from immichlint.repo.seen import Seen, digest

_LAYOUT: Final = 1
_PACKAGE: Final = Path(__file__).parent.parent
_PARSERS: Final = ("_ruamel_yaml", "croniter")
"""What others wrote, and findings depend on."""
_MOST_FILES: Final = 100
_MOST_BYTES: Final = 64 * 1024 * 1024


class Answer(NamedTuple):
    """What a run said: the text of each report in the order of the request, and the exit code."""

    texts: tuple[str, ...]
    exit_code: int


class Answers:
    """The place of the answer to one question about one root. `question`: JSON's data, all that an answer depends
    on besides the repository. `seen`: is to be told what the answer rests on."""

    def __init__(self, root: Path, question: Mapping[str, Any]) -> None:
        self.seen = Seen()
        self._root = root
        folder = cache_folder()
        asked = [_LAYOUT, __version__, list(sys.version_info), _stamps(), os.fspath(root), question]
        name = digest(json.dumps(asked).encode())
        self._path = folder / "answers" / name if folder is not None else None

    def recall(self) -> Answer | None:
        """The answer; None where there is none, or it is out of date or damaged."""
        if self._path is None:
            return None
        try:
            kept = _decoded(self._path.read_bytes())
            look = Look(self._root, kept["seen"])
            if not look.finds_the_same():
                return None
            answer = Answer(tuple(kept["texts"]), kept["exit_code"])
        except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError):
            return None
        if look.is_renewed:
            self._keep(look.rows, answer)
        return answer

    def keep(self, texts: tuple[str, ...], exit_code: int) -> None:
        """Keep the answer to what was seen; nothing where not all of that could be noted."""
        if self.seen.is_whole:
            self._keep(rows_of(self.seen), Answer(texts, exit_code))

    def _keep(self, rows: dict[str, Any], answer: Answer) -> None:
        if self._path is None:
            return
        content = {"seen": rows, "texts": answer.texts, "exit_code": answer.exit_code}
        raw = json.dumps(content, separators=(",", ":")).encode()
        if len(raw) <= _MOST_BYTES:
            keep(self._path, b"%08x\n%s" % (crc32(raw), raw))
            prune(self._path.parent, _MOST_FILES, _MOST_BYTES)


def _decoded(raw: bytes) -> Any:
    """The content of a file of the cache. Raises ValueError where it is not what was written."""
    check, _, content = raw.partition(b"\n")
    if int(check, 16) != crc32(content):
        raise ValueError("damaged")
    return json.loads(content)


def _stamps() -> list[list[Any]]:
    """What tells one build of the tool from another: in a wheel two of its files, in a checkout all of them."""
    shipped = _PACKAGE / "_rules" / "compiled.json"
    own = [_PACKAGE / "__init__.py", shipped] if shipped.is_file() else []
    found = [_row(os.fspath(path), path.stat()) for path in own]
    if not own:
        for folder in (_PACKAGE, _PACKAGE.parent / "rules"):
            found += sorted(_rows(os.fspath(folder)))
    specs = (find_spec(name) for name in _PARSERS)
    others = (spec.origin for spec in specs if spec is not None and spec.origin is not None)
    return [*found, *(_row(path, os.stat(path)) for path in others)]  # noqa: PTH116


def _rows(folder: str) -> Iterator[list[Any]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _rows(entry.path)
            else:
                yield _row(entry.path, entry.stat())


def _row(path: str, status: os.stat_result) -> list[Any]:
    return [path, status.st_size, status.st_mtime_ns, status.st_ino]
