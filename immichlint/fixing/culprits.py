"""Which of several changes made what must not be: told by who wrote the fields that differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from immichlint.findings.finding import Finding
from immichlint.fixing.effects import Difference
from immichlint.fixing.ways import Choice, Failure
from immichlint.lenses.effective import Effective
from immichlint.lenses.keyed import indexed
from immichlint.trees.tree import get, leaves
from immichlint.yamltree.ops import AddDocument, AnyOp, NewFile
from immichlint.yamltree.place import Place


def failure(choice: Choice, differing: Sequence[Difference], *objects: Mapping[str, Effective]) -> Failure:
    """Why a choice does not hold, by the differences, at least one, between what was wanted and what is. `objects`: as
    they were before and as they are after."""
    blamed: set[int] = set()
    surely: dict[int, str] = {}
    unmeant: list[Difference] = []
    for difference in differing:
        places = frozenset(_written(difference, objects))
        meant = [finding for finding, _ in choice if _wants(finding, difference)]
        writers = [(finding, ops) for finding, ops in choice if _touch(ops, places)]
        blamed.update(map(id, [finding for finding, _ in writers] or meant))
        if meant:
            continue
        unmeant.append(difference)
        for finding, ops in writers:
            # Of several, one may have set what stands around the field, and left it as it was.
            if len(writers) == 1 or not places.isdisjoint(_changed(ops)):
                surely.setdefault(id(finding), difference.said)
    reason = unmeant[0].said if unmeant else f"something else decides {differing[0].named}"
    return Failure(reason, frozenset(blamed), surely, not unmeant)


def _written(difference: Difference, objects: Iterable[Mapping[str, Effective]]) -> Iterator[Place]:
    """The places that decide a field, not those that are overwritten."""
    for every in objects:
        item = every.get(difference.object)
        if item is not None:
            tree = item.manifest.tree
            for leaf in leaves(get(tree, indexed(tree, difference.route))):
                deciding = (*leaf.writes[-1:], *(piece.write for piece in leaf.pieces))
                yield from (write.place for write in deciding if write.place is not None)


def _touch(ops: Iterable[AnyOp], places: Iterable[Place]) -> bool:
    """Whether operations write at one of some places."""
    return any(
        place.document == other.document and _one_in_another(place.route, other.route)
        for place in places
        for other in _changed(ops)
    )


def _changed(ops: Iterable[AnyOp]) -> list[Place]:
    return [op.place for op in ops if not isinstance(op, (AddDocument, NewFile))]


def _wants(finding: Finding, difference: Difference) -> bool:
    """Whether a finding's change means to write a field that differs."""
    effects = finding.change.effects if finding.change is not None else ()
    return any(
        effect.object == difference.object and _one_in_another(effect.route, difference.route) for effect in effects
    )


def _one_in_another(one: tuple[str | int, ...], other: tuple[str | int, ...]) -> bool:
    return all(step == its for step, its in zip(one, other, strict=False))
