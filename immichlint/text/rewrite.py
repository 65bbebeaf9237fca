"""Edits made one after another, said as edits of the first text."""

from __future__ import annotations

from collections.abc import Iterable

from immichlint.named_tuple import NamedTuple
from immichlint.text.edit import Edit, splice
from immichlint.text.source import Span


class _Piece(NamedTuple):
    """A stretch of the text as it is now: `text` where it was written anew, None where it is the first
    text's `span`."""

    span: Span
    text: str | None

    @property
    def length(self) -> int:
        return self.span.end - self.span.start if self.text is None else len(self.text)

    def cut(self, at: int) -> tuple[_Piece, _Piece]:
        start, end = self.span
        if self.text is None:
            return _Piece(Span(start, start + at), None), _Piece(Span(start + at, end), None)
        return _Piece(self.span, self.text[:at]), _Piece(Span(end, end), self.text[at:])


class Rewrite:
    """A text on its way through several batches of edits; each batch speaks of the text before it."""

    __slots__ = ("_pieces", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._pieces = [_Piece(Span(0, len(text)), None)]

    def copy(self) -> Rewrite:
        """Another one that has come as far."""
        copied = Rewrite(self.text)
        copied._pieces = list(self._pieces)
        return copied

    def make(self, edits: Iterable[Edit]) -> None:
        """Make a batch of edits. Raises OverlapError where two of them overlap."""
        batch = sorted(edits, key=lambda edit: edit.span)
        self.text = splice(self.text, batch)
        for edit in reversed(batch):
            self._replace(edit)

    def _replace(self, edit: Edit) -> None:
        first, last = self._split(edit.span.start), self._split(edit.span.end)
        gone = self._pieces[first:last]
        at = self._pieces[first].span.start if first < len(self._pieces) else self._end
        span = Span(gone[0].span.start, gone[-1].span.end) if gone else Span(at, at)
        self._pieces[first:last] = [_Piece(span, edit.text)]

    @property
    def _end(self) -> int:
        return self._pieces[-1].span.end if self._pieces else 0

    def _split(self, offset: int) -> int:
        """The index of the piece that begins at an offset of the text as it is now."""
        at = 0
        for index, piece in enumerate(self._pieces):
            if offset == at:
                return index
            if offset < at + piece.length:
                self._pieces[index : index + 1] = piece.cut(offset - at)
                return index + 1
            at += piece.length
        return len(self._pieces)

    def was_there(self, stretch: Span) -> bool:
        """Whether any of a stretch of the text as it is now stood in the first text."""
        at = 0
        for piece in self._pieces:
            end = at + piece.length
            if piece.text is None and at < stretch.end and stretch.start < end:
                return True
            at = end
        return False

    def edits(self) -> tuple[Edit, ...]:
        """All that was made, as edits of the first text, in order, with no two touching."""
        edits: list[Edit] = []
        touching = False
        for piece in self._pieces:
            if piece.text is None:
                touching = touching and piece.length == 0
            elif touching:
                before = edits[-1]
                edits[-1] = Edit(Span(before.span.start, piece.span.end), before.text + piece.text)
            else:
                edits.append(Edit(piece.span, piece.text))
                touching = True
        return tuple(edit for edit in edits if edit.span.start < edit.span.end or edit.text)
