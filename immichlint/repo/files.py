"""The files of a repository, as they were found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from typing import Final

from immichlint.named_tuple import NamedTuple
from immichlint.repo.classify import is_json_data
from immichlint.repo.haystack import Haystack

MAX_BYTES: Final = 5 * 1024 * 1024
TOO_LARGE: Final = f"larger than {MAX_BYTES // 1024 // 1024} MiB"


class File(NamedTuple):
    """A file of the repository. `path`: relative to the root, with forward slashes. `raw`: its bytes, None where
    it was not read; `unread` then says why. `leads_to`: the path that a link inside the root leads to."""

    path: str
    raw: bytes | None
    unread: str = ""
    leads_to: str | None = None


def given(path: str, raw: bytes) -> File:
    """A file whose bytes are at hand, as if it had been found."""
    return File(path, raw) if len(raw) <= MAX_BYTES else File(path, None, TOO_LARGE)


class Files:
    """All files by their paths. `manifests`: the bytes of those that may hold manifests; `data`: of JSON that no
    cluster takes. `unread`: those without bytes. `links`: where the links inside the root lead, which are no files."""

    def __init__(self, files: Iterable[File] = ()) -> None:
        self.manifests = Haystack()
        self.data = Haystack()
        self.unread: dict[str, File] = {}
        self.links: dict[str, str] = {}
        for file in files:
            self.add(file)

    def add(self, file: File) -> None:
        """Add a file, or a link."""
        if file.raw is not None:
            self.put(file.path, file.raw)
        elif file.leads_to is not None:
            self.links[file.path] = file.leads_to
        else:
            self.unread[file.path] = file

    def put(self, path: str, raw: bytes) -> None:
        """Add a file that was read."""
        (self.data if path.endswith(".json") and is_json_data(path, raw) else self.manifests).put(path, raw)

    def __contains__(self, path: str) -> bool:
        return path in self.manifests or path in self.data or path in self.unread

    def paths(self) -> tuple[str, ...]:
        """All paths, in order."""
        return tuple(sorted([*self.manifests.paths(), *self.data.paths(), *self.unread]))

    def __getitem__(self, path: str) -> File:
        if path not in self:
            raise KeyError(path)
        return self.unread[path] if path in self.unread else File(path, self.raw(path))

    def raw(self, path: str) -> bytes:
        """The bytes of a file; empty where it has none or is not there."""
        raw = self.manifests.raw(path)
        return (self.data.raw(path) or b"") if raw is None else raw

    def with_texts(self, texts: Mapping[str, bytes]) -> Files:
        """The same with other bytes in some files, or with files that were not there."""
        changed = copy(self)
        data = {path: raw for path, raw in texts.items() if path in self.data}
        changed.data = self.data.with_texts(data)
        changed.manifests = self.manifests.with_texts({path: texts[path] for path in texts.keys() - data.keys()})
        changed.unread = {path: file for path, file in self.unread.items() if path not in texts}
        return changed
