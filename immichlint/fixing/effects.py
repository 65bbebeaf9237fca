"""What reaches the cluster, as plain data that can be compared: the verifier's view of the stacks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from immichlint.findings.change import Effect, Removed
from immichlint.gitops.manifest import Manifest, unhashed
from immichlint.lenses.keyed import KEYS, parse, step
from immichlint.named_tuple import NamedTuple
from immichlint.stack.stack import Stack
from immichlint.trees.tree import Hole, Layer, Map, Seq, Tree, Write, Writes
from immichlint.yamltree.place import FILE, DocumentId, Place

Keyed: TypeAlias = Any
"""Data in which a list whose items have a merge key is a mapping from keyed steps to items."""


class Unread:
    """The data of an object's tree, made when it is asked for: what a change does not reach is the same before and
    after it, and nobody asks."""

    __slots__ = ("_data", "_defined", "_tree")

    def __init__(self, tree: Tree, defined: frozenset[Place]) -> None:
        self._tree = tree
        self._defined = defined
        self._data: Keyed = None

    @property
    def data(self) -> Keyed:
        """The data."""
        if self._data is None:
            self._data = keyed(self._tree, self._defined)
        return self._data


def opened(data: Keyed) -> Keyed:
    """Data, made if it was not yet."""
    return data.data if isinstance(data, Unread) else data


class _Hollow(dict[str, Any]):
    """An empty mapping, or list of what has keys, that says as much as none."""


_HOLE: Final = "\x00hole:"
_FROM_OUTSIDE: Final = (Layer.SUBSTITUTION, Layer.PARAMETER)
_NAME: Final = ("metadata", "name")
_DEFINITION: Final = "\x00definition"


class Reader:
    """Reads effective objects as data. What a change does not reach is the same tree before and after it, and one
    `Unread`; a tree is known by its identity, and kept, so that no other one gets that."""

    def __init__(self) -> None:
        self._defined: dict[int, tuple[Tree, frozenset[Place]]] = {}
        self._unread: dict[int, tuple[Tree, Unread]] = {}
        self._by: frozenset[Place] = frozenset()

    def read(self, stacks: Sequence[Stack]) -> dict[str, Unread]:
        """The data of every effective object by its identity; a release that a lens expands is left out, because
        what it makes stands for it, and so are the definition of a variable that is substituted somewhere and a text
        whose YAML is part of other objects (the values in a ConfigMap, or in a file that becomes one)."""
        trees = [item.manifest.tree for stack in stacks for item in stack.objects]
        defined = frozenset[Place]().union(*map(self._definitions, trees))
        if defined != self._by:
            self._by, self._unread = defined, {}
        # An Application is read where it is applied and where its own objects are: two manifests with one home.
        expanded = {
            _home(item.source) for stack in stacks for item in stack.objects if item.source is not item.manifest
        }
        found: dict[str, Unread] = {}
        counts: dict[str, int] = {}
        for stack in stacks:
            for item in stack.objects:
                if item.source is not item.manifest or _home(item.manifest) not in expanded:
                    count = counts[item.key] = counts.get(item.key, 0) + 1
                    key = item.key if count == 1 else f"{item.key}'{count}"
                    found[key] = self._data(item.manifest.tree)
        return found

    def _definitions(self, tree: Tree) -> frozenset[Place]:
        if id(tree) not in self._defined:
            self._defined[id(tree)] = (tree, frozenset(_defined(tree)))
        return self._defined[id(tree)][1]

    def _data(self, tree: Tree) -> Unread:
        if id(tree) not in self._unread:
            self._unread[id(tree)] = (tree, Unread(tree, self._by))
        return self._unread[id(tree)][1]


def effective_data(stacks: Sequence[Stack]) -> dict[str, Unread]:
    """The data of every effective object, as a `Reader` reads it."""
    return Reader().read(stacks)


def _home(manifest: Manifest) -> tuple[Place, str]:
    return manifest.home, manifest.kind


def _defined(tree: Tree) -> Iterator[Place]:
    """The places that define what a tree is made of besides manifests: variables that are substituted into it,
    parameters, and texts with YAML."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, Map):
            pending += node.items.values()
        elif isinstance(node, Seq):
            pending += node.items
        elif node.pieces or len(node.writes) != 1:
            yield from _defining((*node.writes, *(piece.write for piece in node.pieces)))
        else:
            # Most scalars of a cluster are said once, by a manifest and for itself: that is seen without a call.
            (write,) = node.writes
            if write.layer is not Layer.BASE or (write.place is not None and write.place.document.hosts):
                yield from _defining(node.writes)


def _defining(written: Collection[Write]) -> Iterator[Place]:
    """The places that define a scalar besides manifests."""
    own = {write.place for write in written if write.layer not in _FROM_OUTSIDE}
    for write in written:
        place = write.place
        if place is not None and place.document.hosts:
            *outer, host = place.document.hosts
            yield Place(DocumentId(place.document.path, place.document.index, tuple(outer)), host)
        if write.layer is Layer.VALUES and place is not None:
            yield Place(DocumentId(place.document.path, FILE))
        if write.layer in _FROM_OUTSIDE and place is not None and place.part is None and place not in own:
            yield place


def keyed(tree: Tree, defined: frozenset[Place] = frozenset()) -> Keyed:
    """The data of a tree, its lists keyed where they can be; holes and the definitions of variables are marked
    texts."""
    if isinstance(tree, Map):
        return {key: keyed(item, defined) for key, item in tree.items.items()}
    if isinstance(tree, Seq):
        return keyed_list([keyed(item, defined) for item in tree.items])
    if tree.writes and _is_defined(tree.writes, defined):
        return _DEFINITION
    value = unhashed(tree)
    return f"{_HOLE}{value.text}" if isinstance(value, Hole) else value


def _is_defined(writes: Writes, defined: frozenset[Place]) -> bool:
    """Whether a scalar is a definition, which may have variables of its own."""
    write: Write | None = writes[-1]
    if writes[-1].layer in _FROM_OUTSIDE:
        write = next((write for write in reversed(writes) if write.layer not in _FROM_OUTSIDE), None)
    place = write.place if write is not None else None
    if place is not None and place.document.index == FILE:
        place = Place(place.document)
    return place in defined


def keyed_list(items: list[Keyed]) -> Keyed:
    """A list as a mapping from keyed steps, where every item has one key that none shares."""
    for key in KEYS:
        if items and all(isinstance(item, dict) and isinstance(item.get(key), (str, int)) for item in items):
            names = [step(key, str(item[key])) for item in items]
            if len(set(names)) == len(names):
                return dict(zip(names, items, strict=True))
    return items


def expected(before: Mapping[str, Keyed], effects: Iterable[Effect]) -> dict[str, Keyed]:
    """What the effects would make of the data, and nothing else."""
    after = dict(before)
    names: dict[str, str] = {}
    for effect in effects:
        after[effect.object] = _put(opened(after.get(effect.object)), effect.route, effect.value)
        if effect.route == _NAME and isinstance(effect.value, str):
            names[effect.object] = effect.value
    for key, name in names.items():
        # The name is part of the identity: what is renamed is another object from then on.
        after[f"{key.rpartition('|')[0]}|{name}"] = after.pop(key)
    return {key: value for key, value in after.items() if value is not None}


def _put(data: Keyed, route: tuple[str | int, ...], value: Any) -> Keyed:
    if not route:
        return None if isinstance(value, Removed) else normal(value)
    head, rest = route[0], route[1:]
    if isinstance(head, int) and isinstance(data, list):
        copy = list(data)
        if isinstance(value, Removed) and not rest:
            del copy[head]
        else:
            copy[head:] = [_put(copy[head] if head < len(copy) else None, rest, value), *copy[head + 1 :]]
        return copy
    below = dict(data) if isinstance(data, dict) else {}
    if isinstance(value, Removed) and not rest:
        below.pop(head, None)
        return below or (_Hollow() if value.hollow else [] if parse(head) is not None else below)
    made = _put(below.get(head), rest, value)
    named = parse(head)
    if named is not None and isinstance(made, dict):
        made = {named[0]: named[1], **made}
        if str(made[named[0]]) != named[1]:
            below.pop(head, None)
            head = step(named[0], str(made[named[0]]))
    below[head] = made
    return below


def normal(value: Any) -> Keyed:
    """Plain data in keyed form; holes are marked texts."""
    if isinstance(value, dict):
        return {key: normal(item) for key, item in value.items()}
    if isinstance(value, list):
        return keyed_list([normal(item) for item in value])
    return f"{_HOLE}{value.text}" if isinstance(value, Hole) else value


class Difference(NamedTuple):
    """A field in which an object is not as it was to be: the object's identity, the field's route with keyed steps,
    empty for the whole object, and what the object is called."""

    object: str
    route: tuple[str | int, ...]
    of: str

    @property
    def named(self) -> str:
        """The field and what it is of, as a person reads it."""
        field = "/".join(map(str, self.route)).replace(_HOLE, "")
        return f"{field or 'all'} of {self.of}"

    @property
    def said(self) -> str:
        """The difference as a reason."""
        return f"it would also change {self.named}"


def difference(wanted: Mapping[str, Keyed], actual: Mapping[str, Keyed]) -> Difference | None:
    """The first thing in which two sets of objects differ; None where they are the same."""
    return next(differences(wanted, actual), None)


def differences(wanted: Mapping[str, Keyed], actual: Mapping[str, Keyed]) -> Iterator[Difference]:
    """All fields in which two sets of objects differ."""
    for key in (*wanted, *(key for key in actual if key not in wanted)):
        one, other = wanted.get(key), actual.get(key)
        if one is not other:
            for route in _differing(opened(one), opened(other), ()):
                yield Difference(key, route, _called(key, wanted))


def _called(key: str, all_keys: Iterable[str]) -> str:
    """What an object is called; with its environment where others have it too."""
    environment, _, identity = key.partition("'")[0].partition("|")
    name = "/".join(part for part in identity.split("|")[1:] if part)
    shared = any(other != key and other.partition("|")[2] == identity for other in all_keys)
    return f"{name} in {environment}" if shared and environment else name


def _differing(one: Keyed, other: Keyed, route: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if one is other or (isinstance(one, _Hollow) and not one and other in (None, [], {})):
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for key in (*one, *(key for key in other if key not in one)):
            yield from _differing(one.get(key), other.get(key), (*route, key))
    elif type(one) is not type(other) or one != other:
        yield route
