"""Finding an object by its kind and name in a whole repository, by searching bytes before parsing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from immichlint.gitops.manifest import Manifest, manifests
from immichlint.repo.repository import Repository


def objects_named(repository: Repository, kind: str, name: str) -> Iterator[Manifest]:
    """The objects of this kind and name that any file defines, applied or not."""
    if not kind or not name or "${" in name:
        return
    # A reference to the object has its kind too, but not at the start of a document or a list item.
    defines = re.compile(
        rb'^(?:- |  )?[{ ]*"?kind"?: *["\']?' + re.escape(kind).encode() + rb'["\']?\s*(?:#|,|$)', re.MULTILINE
    )
    for path in repository.containing(name.encode()):
        if defines.search(repository.raw(path)):
            for manifest in manifests(repository.read(path)):
                if manifest.kind == kind and manifest.name == name:
                    yield manifest
