"""Names that other objects refer to, after the build has changed them (api/filters/nameref, version 5.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Final, TypeAlias

from immichlint.gitops.kustomize.configuration import Configuration, Referrers, own_references
from immichlint.gitops.kustomize.fields import FieldError, FieldSpec, changed_below
from immichlint.gitops.kustomize.identity import CLUSTER, Identity, current, former
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.trees.tree import Leaf, Map, Seq, Tree, get

_Candidates: TypeAlias = Mapping[str, Sequence[Manifest]]
"""Objects by each name that they had before a step."""
_Identities: TypeAlias = Mapping[int, Identity]
_Reference: TypeAlias = tuple[Referrers, FieldSpec]
"""A field, and what it names."""
_ROLE_REF: Final = ("roleRef", "name")


class _AmbiguousError(Exception):
    """A name that may mean several objects; the message says which."""


def followed(made: Sequence[Manifest], configuration: Configuration) -> list[Manifest]:
    """The objects with what refers to an object by an earlier name referring to it by its name now."""
    named: dict[str, list[Manifest]] = {}
    for manifest in made:
        for name in dict.fromkeys(item.name for item in manifest.past.former):
            named.setdefault(name, []).append(manifest)
    configured = configuration.references
    by_kind = _by_kind((*own_references(), *configured)) if configured else _own_by_kind()
    now = {id(manifest): current(manifest) for manifest in made}
    return [
        _followed(manifest, [*by_kind.get(manifest.kind, ()), *by_kind.get("", ())], named, now) for manifest in made
    ]


@cache
def _own_by_kind() -> Mapping[str, Sequence[_Reference]]:
    return _by_kind(own_references())


def _by_kind(rows: Iterable[Referrers]) -> Mapping[str, Sequence[_Reference]]:
    found: dict[str, list[_Reference]] = {}
    for row in rows:
        for spec in row.specs:
            for kind in spec.kinds or ("",):
                found.setdefault(kind, []).append((row, spec))
    return found


def _followed(manifest: Manifest, references: Iterable[_Reference], named: _Candidates, now: _Identities) -> Manifest:
    own = now[id(manifest)]
    tree: Tree = manifest.tree
    why = ""
    for target, spec in references:
        if not spec.is_for(own.kind, own.group, own.version):
            continue
        referring = _Referring(manifest, target, spec, named, now)
        try:
            tree = changed_below(tree, spec.path, referring.changed)
        except (FieldError, _AmbiguousError) as error:
            why = why or f"{'/'.join(spec.path)} refers to an object by a name that changes: {error}"
    made = manifest if tree is manifest.tree else manifest.with_tree(tree)
    return made.unsettled_by(why) if why else made


class _Referring:
    """A field of an object that names objects of a kind."""

    def __init__(
        self, referrer: Manifest, target: Referrers, spec: FieldSpec, named: _Candidates, now: _Identities
    ) -> None:
        self._referrer = referrer
        self._target = target
        self._spec = spec
        self._named = named
        self._now = now
        self._own = now[id(referrer)]

    def changed(self, tree: Tree) -> Tree:
        """The field with the names that the objects have now."""
        if isinstance(tree, Seq):
            return Seq([self.changed(item) for item in tree.items], tree.writes, tree.open)
        if isinstance(tree, Map):
            return self._mapping(tree)
        if not isinstance(tree.value, str):
            return tree
        found = self._meant(tree.value, self._candidates(tree.value))
        return tree if found is None else _renamed(tree, found)

    def _mapping(self, tree: Map) -> Tree:
        name = tree.items.get("name")
        if not isinstance(name, Leaf) or not isinstance(name.value, str):
            return tree
        namespace = text_at(tree, "namespace")
        candidates = self._candidates(name.value)
        if namespace:
            began = [item for item in candidates if next(iter(former(item))).namespace == namespace]
            candidates = began or [item for item in candidates if self._now[id(item)].namespace == namespace]
        found = self._meant(name.value, candidates, with_namespace=True)
        if found is None:
            return tree
        items = {**tree.items, "name": _renamed(name, found)}
        place = get(found.tree, ("metadata", "namespace"))
        if found.namespace and isinstance(place, Leaf):
            old = tree.items.get("namespace")
            writes = old.writes if old is not None else ()
            items["namespace"] = Leaf(found.namespace, writes + place.writes)
        return Map(items, tree.writes, tree.deleted, tree.open)

    def _candidates(self, name: str) -> list[Manifest]:
        """The objects of this earlier name that the object can refer to, by their namespaces."""
        found = self._named.get(name, ())
        if self._own.namespace == CLUSTER:
            return list(found)
        accounts = _account_namespaces(self._referrer)
        return [
            item
            for item in found
            if self._now[id(item)].namespace in (CLUSTER, self._own.namespace) or item.namespace in accounts
        ]

    def _meant(self, name: str, candidates: list[Manifest], *, with_namespace: bool = False) -> Manifest | None:
        found = [item for item in candidates if any(self._is_target(known) for known in former(item))]
        if self._spec.path[-2:] == _ROLE_REF:
            found = [item for item in found if _is_role(self._referrer, item)]
        if self._own.namespace != CLUSTER:
            near = (CLUSTER, self._own.namespace)
            found = [item for item in found if self._now[id(item)].namespace in near or item.kind == "ServiceAccount"]
        if len(found) > 1:
            found = [item for item in found if _may_go_together(item, self._referrer)]
        if len(found) > 1:
            found = [item for item in found if _go_together(item, self._referrer)]
        if not found:
            return None
        if len({(item.name, item.namespace if with_namespace else "") for item in found}) > 1:
            raise _AmbiguousError(f"{name} may be {' or '.join(item.name for item in found)}")
        return found[0]

    def _is_target(self, identity: Identity) -> bool:
        target = self._target
        return (
            target.kind in ("", identity.kind)
            and target.group in ("", identity.group)
            and target.version in ("", identity.version)
        )


def _renamed(leaf: Leaf, found: Manifest) -> Leaf:
    name = get(found.tree, ("metadata", "name"))
    if not isinstance(name, Leaf) or name.value == leaf.value:
        return leaf
    return Leaf(name.value, leaf.writes + name.writes, name.pieces)


def _account_namespaces(referrer: Manifest) -> frozenset[str]:
    """The namespaces of the ServiceAccounts that a RoleBinding names: it may refer to objects in them."""
    subjects = referrer.tree.items.get("subjects") if referrer.kind == "RoleBinding" else None
    found = subjects.items if isinstance(subjects, Seq) else ()
    return frozenset(text_at(item, "namespace") for item in found if text_at(item, "kind") == "ServiceAccount") - {""}


def _is_role(referrer: Manifest, found: Manifest) -> bool:
    group, kind = text_at(referrer.tree, "roleRef", "apiGroup"), text_at(referrer.tree, "roleRef", "kind")
    return not group or not kind or any((item.group, item.kind) == (group, kind) for item in former(found))


def _may_go_together(one: Manifest, other: Manifest) -> bool:
    mine, theirs = one.past, other.past
    return _ends(mine.prefixes, theirs.prefixes, or_empty=True) and _ends(mine.suffixes, theirs.suffixes, or_empty=True)


def _go_together(one: Manifest, other: Manifest) -> bool:
    mine, theirs = one.past, other.past
    return _ends(mine.prefixes, theirs.prefixes) and _ends(mine.suffixes, theirs.suffixes)


def _ends(one: Sequence[str], other: Sequence[str], *, or_empty: bool = False) -> bool:
    """Whether the shorter of two is how the longer one ends."""
    length = min(len(one), len(other))
    if length == 0:
        return or_empty or len(one) == len(other)
    return one[-length:] == other[-length:]
