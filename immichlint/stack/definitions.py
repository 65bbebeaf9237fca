"""CustomResourceDefinitions of the repository: what they say of a kind's fields."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from immichlint.facts.crd import Crd
from immichlint.gitops.drafts import is_put_away
from immichlint.gitops.named import has_kind
from immichlint.repo.classify import parent
from immichlint.repo.files import File
from immichlint.repo.reading import parsed
from immichlint.repo.repository import Repository
from immichlint.yamltree.lookup import data

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
    group, slash, version = api_version.partition("/")
    for definition in _search(repository, group, kind, below) if slash else ():
        from immichlint.facts.compact import crd_of

        crd = crd_of(definition, version)
        if crd is not None:
            yield crd


def _search(
    repository: Repository, group: str, kind: str, below: tuple[str, ...] | None
) -> Iterator[Mapping[str, Any]]:
    if kind == _KIND:  # No definition defines definitions, though each names their group and kind.
        return
    for path, raw in _documents(repository):
        # Flux's own file has dozens of them: the one that is sought is read, and not the others.
        if group.encode() in raw and _is_below(path, below) and has_kind(raw, kind):
            for document in parsed(path, File(path, raw)).documents:
                yield from (item for item in _listed(data(document.root)) if _defines(item, group, kind))


def _listed(item: Any) -> Iterator[Any]:
    """The objects that a document is: itself, or the items of a list."""
    items = item.get("items") if isinstance(item, dict) and str(item.get("kind")).endswith("List") else None
    yield from items if isinstance(items, list) else (item,)


def _defines(item: Any, group: str, kind: str) -> bool:
    """Whether an object defines a kind of a group."""
    spec = item.get("spec") if isinstance(item, dict) and item.get("kind") == _KIND else None
    names = spec.get("names") if isinstance(spec, dict) and spec.get("group") == group else None
    return isinstance(names, dict) and names.get("kind") == kind


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
