"""CustomResourceDefinitions of the repository: what they say of a kind's fields."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import Any, Final

from immichlint.facts.crd import Crd
from immichlint.gitops.drafts import is_put_away
from immichlint.gitops.manifest import Manifest, manifests, text_at
from immichlint.gitops.named import has_kind
from immichlint.repo.classify import parent
from immichlint.repo.reading import parsed
from immichlint.repo.repository import Repository
from immichlint.repo.walk import File
from immichlint.trees.tree import plain

_KIND: Final = "CustomResourceDefinition"
_SCHEMA: Final = b"openAPIV3Schema"


def definitions(
    repository: Repository, api_version: str, kind: str, folders: Iterable[str] | None = None
) -> tuple[Crd, ...]:
    """The schemas that CustomResourceDefinitions of the repository give a kind in a version.

    `folders`: the only folders or files to look in; otherwise what is put away does not count.
    """
    below = None if folders is None else tuple(posixpath.normpath(folder) for folder in folders)
    key = ("definitions", api_version, kind, *(below or ()))
    return repository.remember(key, lambda: tuple(_found(repository, api_version, kind, below)))


def _found(repository: Repository, api_version: str, kind: str, below: tuple[str, ...] | None) -> Iterator[Crd]:
    for item, version in _search(repository, api_version, kind, below):
        from immichlint.facts.compact import crd_of

        crd = crd_of(_data(item), version)
        if crd is not None:
            yield crd


def _search(
    repository: Repository, api_version: str, kind: str, below: tuple[str, ...] | None
) -> Iterator[tuple[Manifest, str]]:
    group, slash, version = api_version.partition("/")
    if not slash or kind == _KIND:  # No definition defines definitions, though each names their group and kind.
        return
    for path, raw in _documents(repository):
        # Flux's own file has dozens of them: the one that is sought is read, and not the others.
        if group.encode() in raw and _is_below(path, below) and has_kind(raw, kind):
            for manifest in manifests(parsed(path, File(path, raw))):
                spec = (text_at(manifest.tree, "spec", "group"), text_at(manifest.tree, "spec", "names", "kind"))
                if manifest.kind == _KIND and spec == (group, kind):
                    yield manifest, version


def _documents(repository: Repository) -> tuple[tuple[str, bytes], ...]:
    """The documents that define a schema, with their files: searched for once, whatever kinds are asked for."""

    def search() -> Iterator[tuple[str, bytes]]:
        for path in repository.containing(_KIND.encode()):
            yield from ((path, document) for document in _split(repository.raw(path)))

    return repository.remember(("defining documents",), lambda: tuple(search()))


def _split(raw: bytes) -> Iterator[bytes]:
    """The documents of a file that define a schema: a line that begins with `---` begins one, wherever it stands."""
    marks = (_KIND.encode(), _SCHEMA)
    return (b"\n" + part for part in (b"\n" + raw).split(b"\n---") if all(mark in part for mark in marks))


def _is_below(path: str, folders: tuple[str, ...] | None) -> bool:
    if folders is None:
        return not is_put_away(parent(path))
    return any(folder in (".", path) or path.startswith(f"{folder}/") for folder in folders)


def _data(manifest: Manifest) -> dict[str, Any]:
    data: Any = plain(manifest.tree)
    return data if isinstance(data, dict) else {}
