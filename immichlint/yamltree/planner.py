"""From operations to edits, or to a reason why not.

Operations are made one after another on the text as it becomes, each parsed again and held against the
model (`apply`), so that several that need the same missing ancestor share it; the edits that come out speak
of the text that went in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from immichlint.text import SourceText
from immichlint.text.edit import Edit
from immichlint.yamltree.apply import CannotApplyError, say
from immichlint.yamltree.draft import Draft
from immichlint.yamltree.errors import YamlError
from immichlint.yamltree.nodes import Document
from immichlint.yamltree.ops import AddDocument, Op, Refusal
from immichlint.yamltree.order import ordered
from immichlint.yamltree.perform import perform
from immichlint.yamltree.slots import CannotEditError

Plan: TypeAlias = Callable[[SourceText, Sequence[Document], Sequence[Op]], "tuple[Edit, ...] | Refusal"]


def plan(source: SourceText, documents: Sequence[Document], ops: Sequence[Op]) -> tuple[Edit, ...] | Refusal:
    """The edits of one file that make operations, or the reason why they cannot be made safely.

    `documents`: of `compose(source)`. All places speak of the documents as they are now, before any
    operation: list indices do not move when an item before them goes. What is so already is no edit.
    """
    return Planner().plan(source, documents, ops)


class Planner:
    """Makes several plans for the same texts. Where two begin with the same operations, these are made once."""

    def __init__(self) -> None:
        self._begun: dict[int, tuple[SourceText, _Step]] = {}

    def plan(self, source: SourceText, documents: Sequence[Document], ops: Sequence[Op]) -> tuple[Edit, ...] | Refusal:
        """The edits of one file, as the function of this name gives them."""
        # A text is known by its identity, and kept, so that no other one gets that.
        _, step = self._begun.setdefault(id(source), (source, _Step(Draft(source, documents))))
        for op in ordered(documents, ops):
            following = step.after(op)
            if isinstance(following, Refusal):
                return following
            step = following
        return step.draft.edits


class _Step:
    """A draft after some operations, and what further ones have made of it."""

    __slots__ = ("_following", "draft")

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self._following: dict[str, _Step | Refusal] = {}

    def after(self, op: Op) -> _Step | Refusal:
        """What one more operation makes of the draft, or why it cannot be made."""
        # Compared, `true` would be 1; written out, it is not.
        key = repr(op)
        if key not in self._following:
            self._following[key] = self._made(op)
        return self._following[key]

    def _made(self, op: Op) -> _Step | Refusal:
        draft = self.draft.copy()
        try:
            perform(draft, op)
        except (CannotEditError, CannotApplyError) as error:
            return Refusal(_sentence(op, str(error)))
        except YamlError as error:
            return Refusal(_sentence(op, error.message))
        return _Step(draft)


def _sentence(op: Op, reason: str) -> str:
    if isinstance(op, AddDocument):
        return f"no document can be added: {reason}"
    place = getattr(op, "place", None)
    return f"{say(place.route)} cannot be edited: {reason}" if place is not None else reason
