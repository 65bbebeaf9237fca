"""Operations on documents: what a fix does, said without text."""

from __future__ import annotations

from typing import TypeAlias

from immichlint.named_tuple import NamedTuple
from immichlint.yamltree.lookup import Data
from immichlint.yamltree.place import Place


class Set(NamedTuple):
    """The value at a place becomes `value`; keys that are missing on the way are made.

    With `place.part`, that part of the scalar becomes the text `value`. Where the way leads through an
    alias or a merge, the value is written where only this route sees it.
    """

    place: Place
    value: Data


class Append(NamedTuple):
    """The sequence at a place, made where it is missing, gets `value` as its last item."""

    place: Place
    value: Data


class Remove(NamedTuple):
    """The entry or item at a place goes, with the comments that belong to it. `hollow`: with the mapping that held it
    alone, unless more than the entry is written there: a comment, an anchor."""

    place: Place
    hollow: bool = False


class Rename(NamedTuple):
    """The key at a place becomes `name`; its value stays as it is written."""

    place: Place
    name: str


class Move(NamedTuple):
    """The entry at a place goes to another place of the same document, as it is written."""

    place: Place
    to: Place


class AddDocument(NamedTuple):
    """A file gets another document after its last one. `text`: YAML without markers."""

    path: str
    text: str


class NewFile(NamedTuple):
    """A file that is not there yet. `text`: all of it."""

    path: str
    text: str


Op: TypeAlias = Set | Append | Remove | Rename | Move | AddDocument | NewFile
"""What the planner turns into edits, and a new file."""


class Cut(NamedTuple):
    """A stretch of a file's text that is no value goes: a comment. `place`: of the file's text, with a part."""

    place: Place


AnyOp: TypeAlias = Op | Cut
"""What a change may consist of."""


class Refusal(NamedTuple):
    """Why something cannot be edited safely: a sentence that a person understands."""

    reason: str


def path_of(op: AnyOp) -> str:
    """The file that an operation changes."""
    return op.path if isinstance(op, (AddDocument, NewFile)) else op.place.document.path
