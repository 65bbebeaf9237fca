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


def is_slip(word: str, meant: str) -> bool:
    """Whether a word is surely a mistyped other one: the same but for case, `-` and `_`, or, for words of more than
    four letters, with one letter left out, doubled, exchanged or swapped with its neighbour."""
    if _plain(word) == _plain(meant):
        return True
    if min(len(word), len(meant)) < 5 or abs(len(word) - len(meant)) > 1:
        return False
    start = next((at for at, (one, other) in enumerate(zip(word, meant, strict=False)) if one != other), None)
    if start is None:
        return True
    one, other = word[start:], meant[start:]
    swapped = one[:2][::-1] + one[2:]
    return one[1:] == other or one == other[1:] or one[1:] == other[1:] or swapped == other


def _plain(word: str) -> str:
    return word.casefold().replace("_", "").replace("-", "").replace(" ", "")
