"""From operations to edits, or to a reason why not.

Operations are made one after another on the text as it becomes, each parsed again and held against the
model (`apply`), so that several that need the same missing ancestor share it; the edits that come out speak
of the text that went in.
"""

from __future__ import annotations

from collections.abc import Sequence

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


def plan(source: SourceText, documents: Sequence[Document], ops: Sequence[Op]) -> tuple[Edit, ...] | Refusal:
    """The edits of one file that make operations, or the reason why they cannot be made safely.

    `documents`: of `compose(source)`. All places speak of the documents as they are now, before any
    operation: list indices do not move when an item before them goes. What is so already is no edit.
    """
    draft = Draft(source, documents)
    for op in ordered(documents, ops):
        try:
            perform(draft, op)
        except (CannotEditError, CannotApplyError) as error:
            return Refusal(_sentence(op, str(error)))
        except YamlError as error:
            return Refusal(_sentence(op, error.message))
    return draft.edits


def _sentence(op: Op, reason: str) -> str:
    if isinstance(op, AddDocument):
        return f"no document can be added: {reason}"
    place = getattr(op, "place", None)
    return f"{say(place.route)} cannot be edited: {reason}" if place is not None else reason
