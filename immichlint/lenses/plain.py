"""The way back for plain manifests: an effective field is written where its tree says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from immichlint.findings.change import Effect, Removed
from immichlint.lenses.effective import Alternative
from immichlint.lenses.keyed import as_item, index_of, indexed, parse
from immichlint.named_tuple import NamedTuple
from immichlint.trees.pieces import pieces_of
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Seq, Tree, Write, get, plain
from immichlint.yamltree.lookup import Data, Route
from immichlint.yamltree.ops import Append, Move, Op, Refusal, Remove, Rename, Set
from immichlint.yamltree.place import FILE, DocumentId, Place
from immichlint.yamltree.scalars import Value


class PlainWriter(NamedTuple):
    """Writes into the documents that a tree was made of. `below`: the part of the tree that effects are
    relative to (the values of a release)."""

    tree: Tree
    below: Route = ()

    def ways(self, effects: Sequence[Effect]) -> Iterator[Alternative]:
        """Each effect at its best place first; then at the next place, and so on."""
        moved = _moves(self.tree, self.below, effects)
        if moved:
            rest = [effect for effect in effects if effect not in moved.covered]
            ways = next(self.ways(rest), ()) if rest else ()
            if not isinstance(ways, Refusal):
                yield (*moved.ops, *ways)
        choices = [list(write(self.tree, (*self.below, *effect.route), effect.value)) for effect in effects]
        for effect, options in zip(effects, choices, strict=True):
            route = "/".join(map(str, effect.route))
            node = get(self.tree, indexed(self.tree, (*self.below, *effect.route)))
            if isinstance(node, Leaf) and isinstance(node.value, Hole) and not node.pieces:
                yield Refusal(f"{route} is not edited: {node.value.why}")
                return
            if not options:
                yield Refusal(f"no file of the repository is the place where {route} could be written")
                return
            text = _whole_text(options)
            if text:
                yield Refusal(f"{route} is not edited: it is text of {text}, which is no manifest")
                return
        for level in range(max(map(len, choices), default=0)):
            yield tuple(options[min(level, len(options) - 1)] for options in choices)


def _whole_text(options: Sequence[Op]) -> str:
    """The file whose text would be edited as such; empty where documents would be."""
    places = (op.place for op in options if isinstance(op, (Set, Remove)))
    return next((place.document.path for place in places if place.document.index == FILE), "")


class _Moves(NamedTuple):
    """Effects that are one value going elsewhere, as the operations that move it as it is written."""

    ops: tuple[Op, ...] = ()
    covered: tuple[Effect, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ops)


def _moves(tree: Tree, below: Route, effects: Sequence[Effect]) -> _Moves:
    """The effects of which one takes away what another sets, in the same document: the same value, or another one in
    the next effect that stands beside it, under another name."""
    found = _Moves()
    for index, gone in enumerate(effects):
        old = get(tree, indexed(tree, (*below, *gone.route))) if isinstance(gone.value, Removed) else None
        if old is None or len({item.place and item.place.document for item in old.writes}) != 1:
            continue
        place = old.writes[-1].place
        following = effects[index + 1 : index + 2] if isinstance(old, Leaf) else ()
        beside = [item for item in following if _is_new_beside(tree, below, item, gone)]
        for set_ in (*(item for item in effects if plain(old) == item.value), *beside):
            if isinstance(set_.value, Removed) or set_ in found.covered or place is None:
                continue
            to = next((op.place for op in write(tree, (*below, *set_.route), None) if isinstance(op, Set)), None)
            if to is not None and to.document == place.document:
                changed = (Set(place, set_.value),) if plain(old) != set_.value else ()
                found = _Moves((*found.ops, *changed, Move(place, to)), (*found.covered, gone, set_))
                break
    return found


def _is_new_beside(tree: Tree, below: Route, item: Effect, gone: Effect) -> bool:
    """Whether an effect sets a scalar that is not there yet in the mapping that another one takes something from."""
    if item.route[:-1] != gone.route[:-1] or isinstance(item.value, (dict, list)):
        return False
    return get(tree, indexed(tree, (*below, *item.route))) is None


def write(tree: Tree, route: Route, value: Data | Removed) -> Iterator[Op]:
    """The operations that set an effective field, best first: where it is decided, else, where it is absent,
    the most specific document that already writes the object."""
    route = indexed(tree, route)
    node = get(tree, route)
    if node is not None:
        yield from _take(node, route, value) if isinstance(value, Removed) else _rewrite(node, value)
    elif not isinstance(value, Removed):
        yield from _insert(tree, route, value)


def _take(node: Tree, route: Route, value: Removed) -> Iterator[Op]:
    for item in reversed(node.writes):
        place = item.place if item.layer is not Layer.PARAMETER else _parameter(item.place)
        if place is not None:
            # Elsewhere the mapping around it has another meaning: the `value` of a JSON patch has to stay.
            hollow = value.hollow and place.route[-2:] == route[-2:] and isinstance(route[-1], str)
            yield Remove(place, hollow)


def _rewrite(node: Tree, value: Data) -> Iterator[Op]:
    if isinstance(node, Leaf) and isinstance(value, str):
        piece = _changed_piece(node, value)
        if piece is not None:
            yield piece
            return
    for item in reversed(node.writes):
        if item.place is not None and item.place.key:
            if isinstance(value, str):
                yield Rename(Place(item.place.document, item.place.route), value)
        elif item.place is not None:
            if item.layer is not Layer.PARAMETER:
                yield Set(item.place, value)
            elif not isinstance(value, (dict, list)):
                yield Set(item.place, _parameter_text(value))


def _parameter(place: Place | None) -> Place | None:
    """The parameter whose `value` stands at a place; what else gives one value cannot be taken away."""
    if place is None or place.route[-1:] != ("value",):
        return None
    return Place(place.document, place.route[:-1])


def _parameter_text(value: Value) -> str:
    """A value as the text of a parameter, as `helm --set` reads it."""
    if value is None:
        return "null"
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _changed_piece(leaf: Leaf, value: str) -> Set | None:
    """The one piece of a composed text that has to change for the whole to become `value`."""
    if not leaf.pieces:
        return None
    old = leaf.value.text if isinstance(leaf.value, Hole) else leaf.value
    if not isinstance(old, str):
        return None
    for piece in pieces_of(leaf):
        tail = old[piece.end :]
        if not value.startswith(old[: piece.start]) or not value.endswith(tail):
            continue
        new = value[piece.start : len(value) - len(tail)]
        place = piece.write.place
        if place is not None and not place.key and piece.start + len(new) + len(tail) == len(value):
            return Set(place, new)
    return None


def _insert(tree: Tree, route: Route, value: Data) -> Iterator[Op]:
    trail = list(_trail(tree, route))
    seen: set[DocumentId] = set()
    for document in _documents(trail):
        for depth, node in reversed(trail):
            place = _place_in(node.writes, document)
            if place is None or document in seen:
                continue
            rest = route[depth:]
            op = _into(node, place, rest, value)
            if op is not None:
                seen.add(document)
                yield op


def _trail(tree: Tree, route: Route) -> Iterator[tuple[int, Tree]]:
    """The nodes on the way to a route, as far as they are there, with their depth."""
    node: Tree | None = tree
    for depth in range(len(route) + 1):
        if node is None or (isinstance(node, Leaf) and node.value is not None):
            return
        yield depth, node
        node = get(node, (route[depth],)) if depth < len(route) else None


def _documents(trail: list[tuple[int, Tree]]) -> list[DocumentId]:
    """The documents that write the object, the last (most specific) layer first; what writes into many objects
    (`commonAnnotations`) only after those."""
    found: dict[DocumentId, bool] = {}
    for _, node in trail:
        for item in node.writes:
            if item.place is not None:
                shared = item.layer is Layer.TRANSFORMER
                found[item.place.document] = found.get(item.place.document, True) and shared
    last_first = list(reversed(found))
    return sorted(last_first, key=found.__getitem__)


def _place_in(writes: tuple[Write, ...], document: DocumentId) -> Place | None:
    for item in reversed(writes):
        if item.place is not None and item.place.document == document and not item.place.key:
            return item.place
    return None


def _is_after(step: str | int, items: Seq) -> bool:
    """Whether an index is behind a list's last item: effects that follow one another append several."""
    return isinstance(step, int) and step >= len(items.items)


def _into(node: Tree, place: Place, rest: Route, value: Data) -> Op | None:
    keyed = parse(rest[0]) if rest else None
    if isinstance(node, Seq):
        if keyed is not None:
            return Append(place, as_item(keyed, rest[1:], value)) if index_of(node, keyed) is None else None
        return Append(place, value) if len(rest) == 1 and _is_after(rest[0], node) else None
    for position, item in enumerate(rest):
        keyed = parse(item)
        if keyed is not None:
            return Append(place.at(*rest[:position]), as_item(keyed, rest[position + 1 :], value))
    if any(isinstance(item, int) for item in rest) or not isinstance(node, (Map, Leaf)):
        return None
    return Set(place.at(*rest), value)
