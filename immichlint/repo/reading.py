"""What reading a file gives: its documents, or why it has none."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from immichlint.named_tuple import NamedTuple
from immichlint.repo.classify import is_encrypted, looks_templated
from immichlint.repo.files import File
from immichlint.text import NotTextError, SourceText
from immichlint.yamltree.compose import compose
from immichlint.yamltree.errors import TooDeepError, TooLargeError, YamlError
from immichlint.yamltree.nodes import Document

_PARSER_LIMIT: Final = "found unexpected ':'"
"""libyaml before 0.2 refuses `[http://x]`, which other parsers take: no claim that the file is wrong."""


class Trouble(StrEnum):
    """Why a file has no documents."""

    UNREAD = "unread"
    NOT_TEXT = "not text"
    ENCRYPTED = "encrypted"
    TEMPLATED = "templated"
    INVALID = "invalid"
    UNSUPPORTED = "unsupported"


class Reading(NamedTuple):
    """A file as it was read.

    `source` and `documents` are there when `trouble` is None; an invalid file has its source, and `offset` says
    where reading stopped. `derived`: what later steps make of the documents, kept because a repository with other
    texts in some files shares it; None where there are no documents.
    """

    path: str
    documents: tuple[Document, ...] = ()
    source: SourceText | None = None
    trouble: Trouble | None = None
    why: str = ""
    offset: int = 0
    derived: dict[str, Any] | None = None


def as_text(path: str, file: File | None) -> Reading:
    """A file that holds no manifests: its text alone. None: there is no such file."""
    if file is None:
        return Reading(path, trouble=Trouble.UNREAD, why="there is no such file")
    if file.raw is None:
        return Reading(path, trouble=Trouble.UNREAD, why=file.unread)
    try:
        return Reading(path, (), SourceText.decode(file.raw))
    except NotTextError as error:
        return Reading(path, (), None, Trouble.NOT_TEXT, str(error))


def parsed(path: str, file: File) -> Reading:
    """A file with its documents, or with why it has none."""
    if file.raw is None:
        return Reading(path, trouble=Trouble.UNREAD, why=file.unread)
    if is_encrypted(file.raw):
        return Reading(path, trouble=Trouble.ENCRYPTED, why="it is encrypted")
    try:
        source = SourceText.decode(file.raw)
    except NotTextError as error:
        shown = SourceText(file.raw.decode("utf-8", errors="replace"))
        offset = len(file.raw[: error.at].decode("utf-8"))
        return Reading(path, (), shown, Trouble.NOT_TEXT, str(error), offset)
    try:
        return Reading(path, tuple(compose(source)), source, derived={})
    except (TooDeepError, TooLargeError) as error:
        return Reading(path, (), source, Trouble.UNSUPPORTED, error.message, error.offset)
    except YamlError as error:
        if looks_templated(file.raw):
            why = "it is a template, which is not rendered"
            return Reading(path, (), source, Trouble.TEMPLATED, why, error.offset)
        if _PARSER_LIMIT in error.message:
            return Reading(path, (), source, Trouble.UNSUPPORTED, f"the parser stops: {error.message}", error.offset)
        if path.endswith(".json") and _is_json(source.text):
            why = f"it is JSON that YAML parsers refuse: {error.message}"
            return Reading(path, (), source, Trouble.UNSUPPORTED, why, error.offset)
        return Reading(path, (), source, Trouble.INVALID, error.message, error.offset)


def _is_json(text: str) -> bool:
    """Whether a parser of JSON reads a text: one of YAML stops at pairs of surrogates (`\\ud83d\\ude00`)."""
    import json  # few runs come here

    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
