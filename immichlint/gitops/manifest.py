"""Manifests: Kubernetes objects as they are written or as steps have made them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.named_tuple import NamedTuple
from immichlint.repo.reading import Reading
from immichlint.trees.grow import grow
from immichlint.trees.pieces import text_of
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, decided_at, get, replaced
from immichlint.yamltree.place import DocumentId, Place
from immichlint.yamltree.scalars import Value


class Former(NamedTuple):
    """An identity that an object had before a step of kustomize. `namespace`: the one that it was in in effect."""

    kind: str
    name: str
    namespace: str


class Past(NamedTuple):
    """What kustomize remembers of an object. `former`: its identities before steps, the first one first.
    `prefixes`, `suffixes`: of its name, the first one first. `generated`: a generator made it. `hashed`: its name
    gets the hash of its data at the end."""

    former: tuple[Former, ...] = ()
    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    generated: bool = False
    hashed: bool = False


_NO_PAST: Final = Past()


class Manifest(NamedTuple):
    """An object. `home`: where its base is written (an item of a `kind: List` has a route). `unsettled`: why a
    step that is not computed may still change any of its values; empty where all steps are known. `past`: what it
    was in earlier steps, by which patches and references may still mean it."""

    tree: Map
    home: Place
    unsettled: str = ""
    past: Past = _NO_PAST

    @property
    def api_version(self) -> str:
        """Its `apiVersion`, empty where it has none."""
        return _text(self.tree.items.get("apiVersion"))

    @property
    def group(self) -> str:
        """The API group, empty for the core group."""
        group, slash, _ = self.api_version.partition("/")
        return group if slash else ""

    @property
    def kind(self) -> str:
        """Its `kind`."""
        return _text(self.tree.items.get("kind"))

    @property
    def name(self) -> str:
        """`metadata.name`."""
        return text_at(self.tree, "metadata", "name")

    @property
    def name_place(self) -> Place:
        """Where its name is written; its home where nothing says."""
        return decided_at(get(self.tree, ("metadata", "name"))) or self.home

    @property
    def lasting_name(self) -> str:
        """`metadata.name` without the hash of what the object was generated from: the same after every edit."""
        name = get(self.tree, ("metadata", "name"))
        said = unhashed(name) if isinstance(name, Leaf) else ""
        return said if isinstance(said, str) else ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which it can be selected: its own first."""
        return (self.name, *(former.name for former in reversed(self.past.former)))

    @property
    def namespace(self) -> str:
        """`metadata.namespace`, empty where the manifest does not say."""
        return text_at(self.tree, "metadata", "namespace")

    def unsettled_by(self, why: str) -> Manifest:
        """The same object after a step that could not be computed; the first reason stays."""
        return self._replace(unsettled=self.unsettled or why)

    def with_tree(self, tree: Tree) -> Manifest:
        """The same object with another tree; one that is no mapping any more is left as it was."""
        return self._replace(tree=tree) if isinstance(tree, Map) else self


HASH: Final = "hash"
"""The detail of the write of the hash that kustomize puts behind the name of what it generates."""
_DERIVED: Final = "manifests"
_KNOWN_STILL: Final = (("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace"))


def settled_only(manifest: Manifest) -> Manifest:
    """The object as far as it is certain: of one that is unsettled, only what identifies it."""
    if not manifest.unsettled:
        return manifest
    tree: Tree = blurred(manifest.tree, manifest.unsettled)
    for route in _KNOWN_STILL:
        known = get(manifest.tree, route)
        if known is not None:
            tree = replaced(tree, route, known)
    return manifest.with_tree(tree)


def blurred(tree: Tree, why: str) -> Tree:
    """The tree with every scalar a hole that keeps its text, and everything open."""
    if isinstance(tree, Map):
        return Map({key: blurred(item, why) for key, item in tree.items.items()}, tree.writes, tree.deleted, why)
    if isinstance(tree, Seq):
        return Seq([blurred(item, why) for item in tree.items], tree.writes, why)
    if isinstance(tree.value, Hole):
        return tree
    return Leaf(Hole(text_of(tree.value), why), tree.writes, plain=not isinstance(tree.value, str))


def text_at(tree: Tree, *route: str | int) -> str:
    """The string at a route; empty where there is none."""
    return _text(get(tree, route))


def _text(node: Tree | None) -> str:
    return node.value if isinstance(node, Leaf) and isinstance(node.value, str) else ""


def unhashed(leaf: Leaf) -> Value | Hole:
    """A scalar without the hash behind it: what stays the same when the data changes."""
    last = leaf.pieces[-1] if leaf.pieces else None
    if last is None or last.write.detail != HASH or not isinstance(leaf.value, str):
        return leaf.value
    return leaf.value[: last.start]


def hint_at(tree: Tree, *route: str | int) -> str:
    """The string at a route, or what it most likely is where a step that is not computed may change it: for what an
    object is taken for, never for what is said of it."""
    node = get(tree, route)
    if isinstance(node, Leaf) and isinstance(node.value, Hole) and not node.value.text.startswith("$"):
        return node.value.text
    return text_at(tree, *route)


def manifests(reading: Reading) -> tuple[Manifest, ...]:
    """The objects of a file: documents with an `apiVersion` and a `kind`, and the items of lists."""
    if reading.derived is None:
        return ()
    if _DERIVED not in reading.derived:
        reading.derived[_DERIVED] = tuple(_grown(reading))
    found: tuple[Manifest, ...] = reading.derived[_DERIVED]
    return found


def _grown(reading: Reading) -> Iterator[Manifest]:
    for document in reading.documents:
        identity = DocumentId(reading.path, document.index)
        yield from objects(grow(document, identity), Place(identity))


def objects(tree: Tree, home: Place) -> Iterator[Manifest]:
    """The objects that a document's tree is: itself, or the items of a `kind: List`."""
    if not isinstance(tree, Map) or not text_at(tree, "apiVersion") or not text_at(tree, "kind"):
        return
    items = tree.items.get("items")
    if text_at(tree, "kind").endswith("List") and isinstance(items, Seq):
        for index, item in enumerate(items.items):
            yield from objects(item, home.at("items", index))
        return
    yield Manifest(tree, home)
