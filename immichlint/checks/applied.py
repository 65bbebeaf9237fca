"""Checks of what is listed and not there, and of what is there and not listed."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from immichlint.gitops.kustomize.build import Missing
from immichlint.repo.walk import is_named
from immichlint.rules.model import Claim, Context
from immichlint.stack.stack import Stack
from immichlint.text.nearest import hint
from immichlint.yamltree.place import DocumentId, Place

_LONGEST_PATH: Final = 200


def resource_missing(stack: Stack, context: Context) -> Iterator[Claim]:
    """IML802: a kustomization lists what is not in the repository, so that nothing at all is built of it."""
    if not _is_immichs(stack):
        return
    for missing in stack.environment.missing:
        if not missing.path.startswith("../") and (is_named(missing.path) or not posixpath.splitext(missing.path)[1]):
            yield _missing(stack, missing)


def _is_immichs(stack: Stack) -> bool:
    """Whether anything that names Immich is applied with the others: what lacks a part is not all computed."""
    repository = stack.around().repository if stack.around is not None else None
    return repository is not None and any(b"immich" in repository.raw(path) for path in stack.environment.files)


def _missing(stack: Stack, missing: Missing) -> Claim:
    shown = missing.path[:_LONGEST_PATH]
    folder, name = posixpath.split(missing.path)
    around = stack.around() if stack.around is not None else None
    what = {"components": "component", "resources": "resource", "bases": "base"}.get(str(missing.route[0]), "patch")
    if around is not None and missing.path in around.folders:
        state = "has no kustomization.yaml"
        end = ": add one, or list the files in it."
    else:
        state = "is not there"
        beside = (posixpath.relpath(path, folder or ".").partition("/")[0] for path in _near(stack, folder))
        end = hint(name, dict.fromkeys(beside))
    return Claim(
        f"The {what} `{shown}` {state}: `kustomize build` stops with an error, and nothing that this kustomization or "
        f"one above it lists is applied{end}",
        Place(DocumentId(missing.kustomization, 0), missing.route),
        no_fix="correct the entry, add what it names, or take the entry away",
    )


def _near(stack: Stack, folder: str) -> Iterator[str]:
    """The files in and below a folder."""
    prefix = f"{folder}/" if folder else ""
    around = stack.around() if stack.around is not None else None
    paths = around.repository.paths if around is not None else ()
    return (path for path in paths if path.startswith(prefix))
