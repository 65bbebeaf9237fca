"""Bases that something outside of the repository completes: components lie beside them that nothing here takes."""

from __future__ import annotations

import posixpath
from typing import Final

from immichlint.lenses.effective import Effective
from immichlint.stack.stack import Stack

_COMPONENT: Final = b"kind: Component"


def may_be_completed(item: Effective, stack: Stack) -> bool:
    """Whether a Kustomize component lies below the folder of an object and no environment takes it: the object may be
    a base whose volumes, among others, are chosen elsewhere."""
    if stack.around is None:
        return False
    around = stack.around()
    folder = posixpath.dirname(item.source.home.document.path)
    prefix = f"{folder}/" if folder else ""
    return any(
        path.startswith(prefix) and path not in around.applied and _COMPONENT in around.repository.raw(path)
        for path in around.repository.kustomizations
    )
