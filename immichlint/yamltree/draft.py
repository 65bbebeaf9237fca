"""A text on its way: every step is parsed again, and must mean what it was to mean."""

from __future__ import annotations

from collections.abc import Sequence

from immichlint.text import SourceText, Span
from immichlint.text.edit import Edit, OverlapError
from immichlint.text.rewrite import Rewrite
from immichlint.yamltree.apply import apply, same
from immichlint.yamltree.compose import compose
from immichlint.yamltree.errors import YamlError
from immichlint.yamltree.lookup import Data, data
from immichlint.yamltree.nodes import Document
from immichlint.yamltree.ops import Append, Op, Remove, Rename, Set
from immichlint.yamltree.sharing import child_routes, has_aliases, routes_of
from immichlint.yamltree.slots import CannotEditError


class Draft:
    """A text with its documents, and the edits made so far; each step is held against the model."""

    __slots__ = ("_rewrite", "_values", "documents", "source")

    def __init__(self, source: SourceText, documents: Sequence[Document]) -> None:
        self.source = source
        self.documents = list(documents)
        self._rewrite = Rewrite(source.text)
        self._values: list[Data] | None = None

    @classmethod
    def of(cls, source: SourceText) -> Draft:
        """A draft of a text that is not parsed yet. Raises YamlError."""
        return cls(source, compose(source))

    def copy(self) -> Draft:
        """Another one that has come as far."""
        copied = Draft(self.source, self.documents)
        copied._rewrite, copied._values = self._rewrite.copy(), self._values
        return copied

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All edits made so far, of the first text."""
        return self._rewrite.edits()

    def was_there(self, stretch: Span) -> bool:
        """Whether any of a stretch of the text as it is now stood there before all edits."""
        return self._rewrite.was_there(stretch)

    def document(self, index: int) -> Document:
        """A document of the text as it is now. Raises CannotEditError where there is none."""
        if not 0 <= index < len(self.documents):
            raise CannotEditError(f"the file has no document {index + 1}")
        return self.documents[index]

    def values(self) -> list[Data]:
        """The value of every document, in a list of the caller's own."""
        if self._values is None:
            self._values = [data(document.root) for document in self.documents]
        return list(self._values)

    def value(self, index: int) -> Data:
        """The value of a document. Raises CannotEditError where there is none."""
        self.document(index)
        return self.values()[index]

    def make(self, edits: Sequence[Edit], expected: list[Data]) -> None:
        """Make edits, parse, and compare. Raises CannotEditError where the text means something else."""
        try:
            self._rewrite.make(edits)
            source = self.source.with_text(self._rewrite.text)
            documents = compose(source)
        except OverlapError as error:
            raise CannotEditError("its edits would overlap") from error
        except YamlError as error:
            raise CannotEditError(f"the text would not be YAML afterwards ({error.message})") from error
        self.source, self.documents, self._values = source, documents, None
        found = self.values()
        if len(found) != len(expected) or not all(map(same, found, expected)):
            raise CannotEditError("the text would not mean exactly what is intended afterwards")

    def expecting(self, index: int, op: Op) -> list[Data]:
        """The values of all documents after an operation on one: what aliases share changes together."""
        values = self.values()
        values[index] = _model(self.documents[index], values[index], op)
        return values


def _model(document: Document, value: Data, op: Op) -> Data:
    root = document.root
    if not isinstance(op, (Set, Append, Remove, Rename)) or root is None or not has_aliases(document):
        return apply(value, op)
    taken = isinstance(op, (Remove, Rename))
    for route in (child_routes if taken else routes_of)(root, op.place.route):
        value = apply(value, op._replace(place=op.place._replace(route=route)))
    return value
