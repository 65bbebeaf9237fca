"""Where compiled rules are kept: beside the rule files in a wheel, in the user's cache folder for a checkout."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar
from zlib import crc32

from immichlint.cache.folder import cache_folder, keep

T = TypeVar("T")

_COMPILERS: Final = ("compiled.py", "compiled_texts.py", "model.py", "rule_file.py", "rule_text.py")


def compiled(folder: Path, name: str, decode: Callable[[Any], T]) -> T:
    """One of the compiled files of a folder of rules, decoded. Raises UserError where a rule file is broken."""
    try:
        return decode(json.loads((folder / name).read_bytes()))
    except FileNotFoundError:
        return _from_cache(folder, name, decode)


def _from_cache(folder: Path, name: str, decode: Callable[[Any], T]) -> T:
    signature = _signature(folder)
    cache = cache_folder()
    if cache is not None:
        try:
            kept = json.loads((cache / _cache_name(folder, name)).read_bytes())
            if kept["signature"] == signature:
                return decode(kept["content"])
        except (OSError, ValueError, TypeError, KeyError):
            pass  # A cache that is not there, or not what was written, is made anew.
    from immichlint.rules.compiled import compile_rules

    made = compile_rules(folder)
    if cache is not None:
        for other, content in made.items():
            entry = f'{{"signature":{json.dumps(signature)},"content":{content}}}'
            keep(cache / _cache_name(folder, other), entry.encode())
    return decode(json.loads(made[name]))


def _signature(folder: Path) -> list[list[str | int]]:
    """The name, size and time of change of every rule file, and of the modules that say what a rule is."""
    compilers = (Path(__file__).with_name(name) for name in _COMPILERS)
    rows = [_row(path.name, path.stat()) for path in compilers]
    return [*rows, *sorted(_rows(os.fspath(folder)))]


def _rows(folder: str) -> Iterator[list[str | int]]:
    # One stat per file and no Path: this is on the way of every run from a checkout.
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _rows(entry.path)
            elif entry.name.endswith(".yaml"):
                yield _row(entry.path, entry.stat())


def _row(name: str, status: os.stat_result) -> list[str | int]:
    return [name, status.st_size, status.st_mtime_ns]


def _cache_name(folder: Path, name: str) -> str:
    return f"{crc32(os.fsencode(folder.absolute())):08x}-{name}"
