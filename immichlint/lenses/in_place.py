"""A lens's way back, and what every lens has besides: what is copied from a file as it stands is changed there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from immichlint.findings.change import Effect, Removed
from immichlint.lenses.effective import Alternative, Writer
from immichlint.lenses.keyed import indexed
from immichlint.lenses.plain import PlainWriter
from immichlint.named_tuple import NamedTuple
from immichlint.trees.tree import Leaf, Map, get
from immichlint.yamltree.ops import Refusal


class InPlace(NamedTuple):
    """The ways of a writer and, where it has none, those of the values that the object's scalars were copied from.
    What is copied into other objects too, or becomes something else on the way, the verifier refuses."""

    writer: Writer
    tree: Map

    def ways(self, effects: Sequence[Effect]) -> Iterator[Alternative]:
        """The writer's alternatives, else those of the copied values, else the writer's refusals."""
        refused: list[Refusal] = []
        found = False
        for way in self.writer.ways(effects):
            if isinstance(way, Refusal):
                refused.append(way)
            else:
                found = True
                yield way
        if not found and all(map(self._is_copied, effects)):
            yield from PlainWriter(self.tree).ways(effects)
        else:
            yield from refused

    def _is_copied(self, effect: Effect) -> bool:
        node = get(self.tree, indexed(self.tree, effect.route))
        scalar = isinstance(effect.value, (str, int)) and not isinstance(effect.value, Removed)
        return scalar and isinstance(node, Leaf) and bool(node.writes) and node.writes[-1].place is not None
