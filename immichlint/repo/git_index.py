"""What Git knows of files, read from its index without calling it."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from hashlib import sha1, sha256
from pathlib import Path
from typing import Final

_STAT: Final = 40
"""Bytes of an entry before its object's name."""
_EXTENDED: Final = 0x4000


def unsaved(root: Path, raws: Mapping[str, bytes]) -> tuple[str, ...]:
    """Which files, given with their bytes by their paths below a root, are not in Git's index as they are.

    They are new to Git or have changes that are neither staged nor committed. None where there is no Git, or
    where its index is of a kind that is not understood (split in two, or version 5).
    """
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), None)
    if top is None:
        return ()
    try:
        names = _index(git_folder(top / ".git"))
    except (OSError, struct.error, ValueError, IndexError):
        return ()
    below = root.relative_to(top).as_posix()
    prefix = "" if below == "." else f"{below}/"
    return tuple(path for path, raw in raws.items() if not _known(raw, names.get(f"{prefix}{path}".encode())))


def _known(raw: bytes, name: bytes | None) -> bool:
    """Whether an object's name is that of these bytes, or of what Git makes of them where it converts line ends."""
    if name is None:
        return False
    digest = sha1 if len(name) == sha1().digest_size else sha256
    texts = (raw, raw.replace(b"\r\n", b"\n"))
    return any(digest(b"blob %d\0%s" % (len(text), text)).digest() == name for text in texts)


def git_folder(git: Path) -> Path:
    """The folder with the index: `.git`, or where the file of that name in a further work tree leads."""
    if git.is_dir():
        return git
    return git.parent / git.read_text("utf-8").removeprefix("gitdir:").strip()


def _index(folder: Path) -> dict[bytes, bytes]:
    """The names of the objects by path. Raises ValueError for an index that is not understood."""
    file = folder / "index"
    if not file.exists():
        return {}
    if any(folder.glob("sharedindex.*")):
        raise ValueError("a split index")
    config = folder / "config"
    wide = config.is_file() and b"objectformat = sha256" in config.read_bytes().lower()
    return dict(_entries(file.read_bytes(), 32 if wide else 20))


def _entries(raw: bytes, size: int) -> Iterator[tuple[bytes, bytes]]:
    """gitformat-index(5): after a header of 12 bytes, entries padded to 8 bytes with NULs; in version 4 without
    padding, each path by what it shares with the one before."""
    signature, version, count = struct.unpack_from(">4sLL", raw)
    if signature != b"DIRC" or version not in (2, 3, 4):
        raise ValueError("an index of another kind")
    at, path = 12, b""
    for _ in range(count):
        start = at
        name = raw[at + _STAT : at + _STAT + size]
        (flags,) = struct.unpack_from(">H", raw, at + _STAT + size)
        at += _STAT + size + (4 if flags & _EXTENDED else 2)
        if version == 4:
            dropped, at = _offset(raw, at)
            path = path[: len(path) - dropped]
        end = raw.index(b"\0", at)
        path = (path if version == 4 else b"") + raw[at:end]
        at = end + 1 if version == 4 else start + (end - start + 8) // 8 * 8
        yield path, name


def _offset(raw: bytes, at: int) -> tuple[int, int]:
    """A number as Git packs it, seven bits a byte, and where it ends."""
    value = raw[at] & 0x7F
    while raw[at] & 0x80:
        at += 1
        value = (value + 1 << 7) | (raw[at] & 0x7F)
    return value, at + 1
