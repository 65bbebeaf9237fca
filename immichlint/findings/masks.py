"""Secrets in texts that are shown: which spans of a file never appear in any output."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar, cast

from immichlint.findings.secret_fields import secret_fields
from immichlint.findings.secret_patterns import in_messages, matches, secrets_in, secrets_in_broken
from immichlint.repo.reading import Reading
from immichlint.text import Span

T = TypeVar("T")

MASK: Final = "*"
_DERIVED: Final = "secret spans"
_COMMENT: Final = re.compile(r"[ \t]#[^\r\n]*")
_SEEN: Final = re.compile(r"[^\r\n]")
_LEAST: Final = 8
"""Shorter texts may be words: where they stand in a message, they need not be the secret."""


def secret_spans(reading: Reading) -> tuple[Span, ...]:
    """The spans of a file that hold secrets: data of Secrets, variables, keys and options with a secret's name,
    passwords in URLs and in SQL, and the comments beside them."""
    if reading.derived is None:
        return _secret_spans(reading)
    if _DERIVED not in reading.derived:
        reading.derived[_DERIVED] = _secret_spans(reading)
    found: tuple[Span, ...] = reading.derived[_DERIVED]
    return found


def _secret_spans(reading: Reading) -> tuple[Span, ...]:
    source = reading.source
    if source is None:
        return ()
    text = source.text
    found = [*secrets_in(text)]
    if not reading.documents:
        found += secrets_in_broken(text)
    for document in reading.documents:
        if document.root is not None:
            found += secret_fields(document.root, source)
    return tuple(sorted({*found, *_comments(text, found)}))


def _comments(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """The comments that stand beside secrets: what was there before, as a rule."""
    line_end = -1
    for secret_end in sorted({span.end for span in spans}):
        if secret_end <= line_end:
            # The comment behind the first secret of a line is behind all of them.
            continue
        found = text.find("\n", secret_end)
        line_end = found if found >= 0 else len(text)
        match = _COMMENT.search(text, secret_end, line_end)
        if match is not None:
            yield Span(*match.span())


def unsaid(message: str, reading: Reading | None = None) -> str:
    """A sentence without passwords in URLs and in SQL, and without the secrets of the file that it is about."""
    for pattern in in_messages():
        message = masked(message, 0, tuple(matches(pattern, message)))
    if reading is None:
        return message
    # A secret may begin with another one: the longer it is, the earlier it is masked.
    for secret in sorted(secret_texts(reading), key=len, reverse=True):
        message = message.replace(secret, MASK * len(secret))
    return message


def secret_texts(reading: Reading) -> frozenset[str]:
    """The secrets of a file that are secrets wherever else they stand: no short texts, and no words."""
    text = reading.source.text if reading.source is not None else ""
    found = {text[span.start : span.end].strip("\"'") for span in secret_spans(reading)}
    return frozenset(item for item in found if len(item) >= _LEAST and not item.replace("-", "").isalpha())


def nowhere_said(value: T) -> T:
    """A value made of tuples whose texts have no passwords in URLs and in SQL."""
    if isinstance(value, str):
        return cast("T", unsaid(value))
    if not isinstance(value, tuple):
        return value
    held = map(nowhere_said, value)
    return cast("T", type(value)(*held) if hasattr(value, "_fields") else tuple(held))


def masked(text: str, start: int, spans: tuple[Span, ...]) -> str:
    """A stretch of a file's text, which begins at an offset, with what is secret masked. `spans`: in order."""
    pieces: list[str] = []
    at = 0
    for span in spans:
        first, last = max(span.start - start, at), min(span.end - start, len(text))
        if first < last:
            pieces += (text[at:first], _SEEN.sub(MASK, text[first:last]))
            at = last
    return "".join((*pieces, text[at:])) if pieces else text
