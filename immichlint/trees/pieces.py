"""Slices of composed texts: who wrote this part of a scalar."""

from __future__ import annotations

from immichlint.trees.tree import Hole, Leaf, Piece, Write, decided_at
from immichlint.yamltree.place import Place


def part(leaf: Leaf, start: int, end: int) -> Place | None:
    """The place of a slice of a leaf's text: the narrowest that the repository has for it."""
    for piece in leaf.pieces:
        if piece.start <= start and end <= piece.end:
            return within(piece.write.place, start - piece.start, end - piece.start, piece.end - piece.start)
    if leaf.pieces:
        return leaf.pieces[0].write.place
    place = decided_at(leaf)
    length = len(leaf.value) if isinstance(leaf.value, str) else 0
    return within(place, start, end, length)


def within(place: Place | None, start: int, end: int, length: int) -> Place | None:
    """A slice of what stands at a place whose text has a length."""
    if place is None or place.key or (start, end) == (0, length):
        return place
    offset = place.part[0] if place.part is not None else 0
    return Place(place.document, place.route, (offset + start, offset + end))


def pieces_of(leaf: Leaf) -> tuple[Piece, ...]:
    """The pieces of a leaf; a leaf that is not composed is one piece."""
    if leaf.pieces or not leaf.writes:
        return leaf.pieces
    text = leaf.value.text if isinstance(leaf.value, Hole) else leaf.value
    return (Piece(0, len(text_of(text)), leaf.writes[-1]),)


def joined(parts: list[Leaf | str]) -> Leaf:
    """One text made of leaves and literal glue, with the pieces of all; a hole where one of them is unknown."""
    text = ""
    pieces: list[Piece] = []
    writes: list[Write] = []
    hole: Hole | None = None
    for item in parts:
        if isinstance(item, str):
            text += item
            continue
        value = item.value
        if isinstance(value, Hole):
            hole = hole or value
            value = value.text
        at = len(text)
        pieces += [Piece(at + piece.start, at + piece.end, piece.write) for piece in pieces_of(item)]
        text += text_of(value)
        writes += item.writes
    if hole is not None:
        return Leaf(Hole(text, hole.why), tuple(writes), tuple(pieces))
    return Leaf(text, tuple(writes), tuple(pieces))


def text_of(value: object) -> str:
    """A scalar as it stands in a composed text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
