"""CustomResourceDefinitions of the repository: what they say of a kind's fields."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import Any, Final

from immichlint.facts.crd import Crd, crd_of
from immichlint.gitops.manifest import Manifest, manifests, text_at
from immichlint.repo.repository import Repository
from immichlint.trees.tree import plain

_KIND: Final = "CustomResourceDefinition"


def definition(repository: Repository, api_version: str, kind: str, folders: Iterable[str] | None = None) -> Crd | None:
    """The schema that a CustomResourceDefinition of the repository gives a kind in a version; None where none does.

    `folders`: the only folders or files to look in.
    """
    below = None if folders is None else tuple(posixpath.normpath(folder) for folder in folders)
    key = ("definition", api_version, kind, *(below or ()))
    return repository.remember(key, lambda: _first(repository, api_version, kind, below))


def _first(repository: Repository, api_version: str, kind: str, below: tuple[str, ...] | None) -> Crd | None:
    found = (crd_of(_data(item), version) for item, version in _search(repository, api_version, kind, below))
    return next((crd for crd in found if crd is not None), None)


def _search(
    repository: Repository, api_version: str, kind: str, below: tuple[str, ...] | None
) -> Iterator[tuple[Manifest, str]]:
    group, slash, version = api_version.partition("/")
    if not slash:
        return
    for path in repository.containing(_KIND.encode()):
        raw = repository.raw(path)
        if group.encode() not in raw or kind.encode() not in raw or not _is_below(path, below):
            continue
        for manifest in manifests(repository.read(path)):
            spec = (text_at(manifest.tree, "spec", "group"), text_at(manifest.tree, "spec", "names", "kind"))
            if manifest.kind == _KIND and spec == (group, kind):
                yield manifest, version


def _is_below(path: str, folders: tuple[str, ...] | None) -> bool:
    return folders is None or any(folder in (".", path) or path.startswith(f"{folder}/") for folder in folders)


def _data(manifest: Manifest) -> dict[str, Any]:
    data: Any = plain(manifest.tree)
    return data if isinstance(data, dict) else {}
