"""ConfigMaps that hold the values of HelmReleases: which one a place is in, and who names it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from immichlint.gitops.kustomize.generated import generated_named
from immichlint.gitops.kustomize.kustomization import generator_entries, kustomization_tree
from immichlint.gitops.manifest import text_at
from immichlint.gitops.named import objects_named
from immichlint.repo.classify import is_kustomization, parent
from immichlint.repo.documents import document
from immichlint.repo.repository import Repository
from immichlint.trees.grow import grow
from immichlint.trees.tree import Leaf, Map, Seq
from immichlint.yamltree.place import DocumentId

_KIND: Final = "ConfigMap"


def config_maps_of(repository: Repository, identity: DocumentId) -> Iterator[str]:
    """The names of the ConfigMaps whose data a document is: a text in one, or a file that a kustomization makes one of.
    None of a name that several have: each is then of its own namespace."""
    found = _written(repository, identity) if identity.hosts else _generated(repository, identity.path)
    for name in dict.fromkeys(found):
        if len(objects_named(repository, _KIND, name, "")) + len(generated_named(repository, _KIND, name)) == 1:
            yield name


def _written(repository: Repository, identity: DocumentId) -> Iterator[str]:
    outer = document(repository, DocumentId(identity.path, identity.index))
    tree = grow(outer, DocumentId(identity.path, identity.index)) if outer is not None else None
    if tree is not None and text_at(tree, "kind") == _KIND:
        yield text_at(tree, "metadata", "name")


def _generated(repository: Repository, path: str) -> Iterator[str]:
    for own in repository.containing(posixpath.basename(path).encode(), b"configMapGenerator"):
        # Many applications call their file `values.yaml`.
        near = path.startswith(f"{parent(own)}/".lstrip("/")) or b"../" in repository.raw(own)
        tree = kustomization_tree(repository, own) if near and is_kustomization(own) else None
        for _, _, kind, entry in generator_entries(tree) if tree is not None else ():
            if kind == _KIND and path in _files(entry, parent(own)):
                yield text_at(entry, "name")


def _files(entry: Map, folder: str) -> Iterator[str]:
    files = entry.items.get("files")
    for item in files.items if isinstance(files, Seq) else ():
        if isinstance(item, Leaf):
            yield posixpath.normpath(posixpath.join(folder, str(item.value).rpartition("=")[2]))


def naming(repository: Repository, name: str) -> Iterator[str]:
    """The files that may have a HelmRelease, or a patch of one, that takes its values from a ConfigMap of this name."""
    said = re.compile(rb"""\bname["']?: *["']?""" + re.escape(name.encode()) + rb"(?![\w.-])")
    for path in repository.containing(name.encode(), b"valuesFrom"):
        if said.search(repository.raw(path)):
            yield path
