"""Where something is written."""

from __future__ import annotations

from typing import Final

from immichlint.named_tuple import NamedTuple
from immichlint.yamltree.lookup import Route

FILE: Final = -1
"""The index that stands for a file's text as a whole, YAML or not."""


class DocumentId(NamedTuple):
    """Which document: the n-th (from 0) of a file, or YAML embedded in a scalar of it.

    `path`: of the file, relative to the root, with forward slashes. `index`: FILE for the file's text itself,
    in which only a `part` is a place (a comment, a syntax error). `hosts`: the routes of the scalars that
    hold it, outermost first; empty for a document that the file itself holds.
    """

    path: str
    index: int  # type: ignore[assignment]  # a tuple's method of that name is not missed
    hosts: tuple[Route, ...] = ()

    def inside(self, route: Route) -> DocumentId:
        """The document embedded in the scalar at a route of this one."""
        return DocumentId(self.path, self.index, (*self.hosts, route))


class Place(NamedTuple):
    """A place in a document: the value at a route, a part of that scalar, or its key.

    `part`: offsets into the scalar's decoded text (the default inside `${VAR:=x}`, the tag of an image).
    `key`: whether the key is meant and not the value. A route follows the value's coordinates, so a place
    that an alias or a merge supplies is written elsewhere in the same document; `lookup.find` tells.
    """

    document: DocumentId
    route: Route = ()
    part: tuple[int, int] | None = None
    key: bool = False

    def at(self, *steps: str | int) -> Place:
        """The place of what lies below this one."""
        return Place(self.document, (*self.route, *steps))

    def key_of(self) -> Place:
        """The place of the key of this value."""
        return Place(self.document, self.route, None, True)


def in_text(path: str, start: int, end: int) -> Place:
    """A stretch of a file's text, given by its offsets."""
    return Place(DocumentId(path, FILE), (), (start, end))
