"""The files of a repository that may hold manifests."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from operator import attrgetter
from pathlib import Path
from typing import Final

from immichlint.repo.files import MAX_BYTES, TOO_LARGE, File, Files
from immichlint.repo.ignorefile import Patterns, parse
from immichlint.repo.seen import Folder, Seen, digest, listing, stamp_of

_SKIPPED_FOLDERS: Final = frozenset({".git", "node_modules", ".venv"})
_SUFFIXES: Final = (".yaml", ".yml", ".json")
_NAMED: Final = frozenset({"Kustomization"})
_IGNORE_FILE: Final = ".gitignore"
_MATTER: Final = (*_SUFFIXES, *_NAMED, _IGNORE_FILE, ".git")
"""What the names of the files end with that a walk heeds."""
_MAX_FOLDERS_DEEP: Final = 64
_NAME: Final = attrgetter("name")
_READING: Final = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_CHANGED: Final = "it changed while it was read"
_AT_ONCE: Final = 16 * 1024
"""Bytes that are asked for before a file's size is known: nearly all manifests are smaller."""


def reader(root: Path) -> Callable[[str], File | None]:
    """Reads a file below a root that may be of any kind; None where there is none."""
    whole = root.resolve()

    def read(path: str) -> File | None:
        try:
            target = (root / path).resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            return None
        if not target.is_relative_to(whole) or target.is_dir():
            return None
        if not target.is_file():
            return File(path, None, "no regular file")
        raw = _read(target, path)
        return File(path, None, raw) if isinstance(raw, str) else File(path, raw)

    return read


class Ignores:
    """What is left out of a repository: by its configuration's `excludes` and by the ignore files of its folders."""

    def __init__(self, excludes: tuple[str, ...] = ()) -> None:
        self._own = parse("\n".join(excludes))
        self._of: dict[str, Patterns] = {}

    def add(self, folder: str, text: str) -> None:
        """Heed an ignore file."""
        self._of[folder] = parse(text)

    def leaves_out(self, path: str) -> bool:
        """Whether a file, or a folder above it, is left out."""
        parts = path.split("/")
        ignores: list[tuple[str, Patterns]] = [("", self._own)]
        for depth, _ in enumerate(parts):
            folder = "/".join(parts[:depth])
            if folder in self._of:
                ignores.append((folder, self._of[folder]))
            if _ignored(ignores, "/".join(parts[: depth + 1]), is_folder=depth + 1 < len(parts)):
                return True
        return False


def is_skipped(path: str) -> bool:
    """Whether a file lies in a folder that is never looked into."""
    *folders, _ = path.split("/")
    return not _SKIPPED_FOLDERS.isdisjoint(folders)


def walk(root: Path, excludes: tuple[str, ...] = (), seen: Seen | None = None, without: Collection[str] = ()) -> Files:
    """The YAML and JSON files at or below a root.

    Left out: `.git`, `node_modules`, `.venv`, nested Git repositories, what ignore files and `excludes`
    (gitignore patterns from the root) name, the paths in `without`, links out of the root, and anything that is no
    regular file. `seen`: is told what was looked at.
    """
    files = Files()
    _Walk(root, files, seen, without).folder("", [("", parse("\n".join(excludes)))] if excludes else [])
    if seen is not None:
        seen.found = files
    return files


class _Walk:
    """One walk through a root, which adds what it finds to `files`."""

    __slots__ = ("_files", "_root", "_seen", "_top", "_without")

    def __init__(self, root: Path, files: Files, seen: Seen | None, without: Collection[str]) -> None:
        self._root = root
        self._top = os.fspath(root)
        self._files = files
        self._seen = seen
        self._without = without

    def folder(self, folder: str, ignores: list[tuple[str, Patterns]]) -> None:
        """Add what is in a folder and below it; `ignores` holds for all of it."""
        path = f"{self._top}/{folder}" if folder else self._top
        try:
            found = self._entries(path, folder)
        except OSError as error:
            self._bare(folder or ".", f"the folder cannot be read: {error.strerror}")
            return
        names = {entry.name for entry in found}
        if folder and ".git" in names:
            return
        if _IGNORE_FILE in names:
            ignores = [*ignores, (folder, self._ignores(path, folder))]
        prefix = f"{folder}/" if folder else ""
        for entry in found:
            name = entry.name
            if not name.isascii() and (shown := _escaped(name)) != name:
                if is_named(name) or entry.is_dir(follow_symlinks=False):
                    self._bare(f"{prefix}{shown}", "its name is not UTF-8")
            elif (relative := f"{prefix}{name}") not in self._without:
                self._entry(entry, name, relative, ignores)

    def _bare(self, path: str, why: str) -> None:
        self._files.add(File(path, None, why))

    def _entries(self, path: str, folder: str) -> list[os.DirEntry[str]]:
        """The entries of a folder that may matter, in order. Raises OSError."""
        status = os.stat(path) if self._seen is not None else None  # noqa: PTH116 - a walk has no Paths
        with os.scandir(path) as scan:
            # Most files of many repositories are of other kinds: they are left where they are.
            found = [
                entry
                for entry in scan
                if entry.name.endswith(_MATTER) or entry.is_dir(follow_symlinks=False) or entry.is_symlink()
            ]
        found.sort(key=_NAME)
        if self._seen is not None and status is not None:
            self._seen.folders[folder] = Folder(stamp_of(status), listing(found, is_named))
        return found

    def _ignores(self, path: str, folder: str) -> Patterns:
        text = ignore_text(Path(path))
        if self._seen is not None:
            self._seen.ignores[folder] = digest(text.encode("utf-8", "replace"))
        return parse(text)

    def _entry(self, entry: os.DirEntry[str], name: str, relative: str, ignores: list[tuple[str, Patterns]]) -> None:
        named = is_named(name)
        if named and entry.is_file(follow_symlinks=False):
            if not (ignores and _ignored(ignores, relative, is_folder=False)):
                raw = _read(entry.path, relative, self._seen)
                if isinstance(raw, str):
                    self._bare(relative, raw)
                else:
                    self._files.put(relative, raw)
        elif entry.is_symlink():
            # What a link leads to inside the root is read where it is.
            if (named or _leads_to_a_folder(entry)) and not _ignored(ignores, relative, is_folder=False):
                self._files.add(_link(entry, self._root, relative))
            if self._seen is not None:
                self._seen.links[relative] = end_of_link(entry.path)
        elif entry.is_dir(follow_symlinks=False):
            if name in _SKIPPED_FOLDERS or _ignored(ignores, relative, is_folder=True):
                return
            if relative.count("/") > _MAX_FOLDERS_DEEP:
                self._bare(relative, "folders nested too deep")
                return
            self.folder(relative, ignores)
        elif named and not _ignored(ignores, relative, is_folder=False):
            self._bare(relative, "no regular file")


def _leads_to_a_folder(link: os.DirEntry[str]) -> bool:
    try:
        return link.is_dir()
    except OSError:
        # It leads to itself.
        return False


def _escaped(name: str) -> str:
    """A name with its bytes that are not UTF-8 written out, so that it can be printed."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def is_named(name: str) -> bool:
    """Whether a file may hold manifests, by its name."""
    return name.endswith(_SUFFIXES) or name in _NAMED


def _link(entry: os.DirEntry[str], root: Path, relative: str) -> File:
    try:
        target = Path(entry.path).resolve(strict=True)
    except (OSError, RuntimeError):
        return File(relative, None, "a link that leads nowhere")
    if not target.is_relative_to(root):
        return File(relative, None, "a link out of the root, which is not followed")
    path = target.relative_to(root).as_posix()
    return File(relative, None, leads_to="" if path == "." else path)


def end_of_link(path: str) -> str:
    """Where a link leads in the end, a folder's path with a slash; empty where it leads nowhere."""
    try:
        target = Path(path).resolve(strict=True)
    except (OSError, RuntimeError):
        return ""
    return f"{target}/" if target.is_dir() else str(target)


def _read(path: str | Path, relative: str, seen: Seen | None = None) -> bytes | str:
    """A regular file's bytes, or why there are none."""
    try:
        # A descriptor and one read: a third of the time that a buffered stream takes for a small file.
        descriptor = os.open(path, _READING)
        try:
            status = os.fstat(descriptor) if seen is not None else None
            raw = os.read(descriptor, _AT_ONCE)
            # The end's place is the size without all else that a status says: half of the time.
            size = status.st_size if status is not None else os.lseek(descriptor, 0, os.SEEK_END)
            found = raw if len(raw) == size else _again(descriptor, size)
            if seen is not None and status is not None and found is not _CHANGED:
                seen.files[relative] = stamp_of(status)
            return found
        finally:
            os.close(descriptor)
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def _again(descriptor: int, size: int) -> bytes | str:
    """A file that is larger than what is read at once, that has changed since, or whose file system gave less than
    there is; or why there is none."""
    if size > MAX_BYTES:
        return TOO_LARGE
    os.lseek(descriptor, 0, os.SEEK_SET)
    parts: list[bytes] = []
    wanted = size + 1
    while wanted > 0 and (part := os.read(descriptor, wanted)):
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts) if wanted == 1 else _CHANGED


def ignore_text(folder: Path) -> str:
    """The text of a folder's ignore file; empty where there is none that can be read."""
    path = folder / _IGNORE_FILE
    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            return ""
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""


def _ignored(ignores: list[tuple[str, Patterns]], relative: str, *, is_folder: bool) -> bool:
    for folder, patterns in reversed(ignores):
        below = relative[len(folder) + 1 :] if folder else relative
        verdict = patterns.verdict(below, is_folder=is_folder)
        if verdict is not None:
            return verdict
    return False
