"""The word that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The word most like another one, case and `-`, `_`, spaces aside; None where none is like it."""
    from difflib import get_close_matches

    plain: dict[str, str] = {}
    for candidate in words:
        plain.setdefault(_plain(candidate), candidate)
    found = get_close_matches(_plain(word), plain, 1, 0.7)
    return plain[found[0]] if found else None


def hint(word: str, words: Iterable[str]) -> str:
    """The end of a sentence: `; did you mean `x`?`, or a full stop where nothing is like the word."""
    near = nearest(word, words)
    return f"; did you mean `{near}`?" if near is not None else "."


def _plain(word: str) -> str:
    return word.casefold().replace("_", "").replace("-", "").replace(" ", "")
