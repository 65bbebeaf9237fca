"""Where things are written, as a person reads it."""

from __future__ import annotations

from immichlint.findings.locate import locate
from immichlint.findings.overview.model import Where
from immichlint.repo.repository import Repository
from immichlint.trees.field import Field
from immichlint.yamltree.place import Place


class Locator:
    """Turns places into lines of files. `folder`: where the repository's files lie, ending in a slash."""

    def __init__(self, repository: Repository, folder: str = "") -> None:
        self._repository = repository
        self._folder = folder

    def at(self, *places: Place | None) -> Where | None:
        """The first of some places that is in a file."""
        for place in places:
            region = locate(self._repository, place) if place is not None else None
            if region is not None:
                return Where(self._folder + region.file, region.start.line)
        return None


def said(field: Field) -> tuple[str, str]:
    """What a scalar says, and why that is not known: one of them is empty; both are where it is absent."""
    if field.unknown:
        return "", field.why
    return (str(field.value) if field.value is not None else ""), ""
