"""How far a change spreads: what else, outside of the environments that are looked at, uses what stands at a place.

Applications that have nothing to do with Immich are not read. A component, a patch for every HelmRelease or a
variable that they share must not be changed for Immich's sake; who uses it is found by searching for its name.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

from immichlint.gitops.drafts import is_put_away, left_out
from immichlint.gitops.environment import FLUX, Environment, Idle
from immichlint.gitops.kustomize.kustomization import only_lists
from immichlint.gitops.manifest import Manifest, manifests, text_at
from immichlint.gitops.reach import Reach
from immichlint.named_tuple import NamedTuple
from immichlint.repo.classify import is_kustomization
from immichlint.repo.documents import document
from immichlint.repo.repository import Repository
from immichlint.trees.grow import grow
from immichlint.trees.tree import Leaf, Seq, Tree, get
from immichlint.yamltree.place import DocumentId, Place

_NAME: Final = re.compile(r"[\w.-]+")
_DATA: Final = ("data", "stringData")
# The slash stands first so that only slashes are looked at.
_ODD: Final = re.compile(rb"/(?:(?<=[\w-]/)\.\.?/|(?<=[^:]/)/)")
"""What a text has in which a path may be spelled in an odd way: one that goes up or stays in its middle, or an empty
part."""
_OWN_PATH: Final = re.compile(rb"^[ \t]*path: .*$", re.MULTILINE)
"""The path of a Flux Kustomization as nearly all write it."""


class Paths(NamedTuple):
    """The paths in a text with Flux Kustomizations. `relative`: what of the text may name a folder by less than its
    whole path: where paths are spelled in an odd way, or are relative to another one, as those of components are."""

    raw: bytes
    relative: bytes

    def may_name(self, folder: str) -> bool:
        """Whether one of them may be that of a folder."""
        return _ends_in(self.raw, folder) or _ends_in(self.relative, folder.rpartition("/")[2])


def paths_in(raw: bytes) -> Paths:
    """The paths in a text."""
    if b"\\" in raw or _ODD.search(raw) is not None:
        return Paths(raw, raw)
    _, components, listed = raw.partition(b"components")
    # What stands before the word is a component only by an alias.
    return Paths(raw, _OWN_PATH.sub(b"", raw if b"*" in listed else listed) if components else b"")


class Spread:
    """What of a repository is looked at, and what is not."""

    def __init__(self, repository: Repository, environments: Iterable[Environment]) -> None:
        self._repository = repository
        known: set[str] = set()
        applications: set[str] = set()
        for environment in environments:
            known |= environment.files
            if environment.applier is not None:
                known.add(environment.applier.manifest.home.document.path)
                applications.update(environment.applier.folders if environment.engine == "argocd" else ())
        self._known = frozenset(known)
        self._applications = frozenset(applications)
        self._reach: Reach | None = None
        self._users: dict[str, str] = {}
        self._applying: dict[str, tuple[str, ...]] = {}

    def beyond(self, place: Place) -> str:
        """What else a change at a place would reach, as a sentence's end; empty where nothing is seen."""
        if place.document.hosts:
            return self._by_patch(place.document) or self._by_values(place.document)
        path = place.document.path
        if path not in self._users:
            self._users[path] = next(self._outside(path), "")
        if self._users[path]:
            return f"{self._users[path]}, which also uses {path}"
        return self._by_variable(place) or self._by_values(place.document)

    def is_in_a_component(self, path: str) -> bool:
        """Whether a file belongs to a component."""
        return self._is_component(posixpath.dirname(path))

    @cached_property
    def _others(self) -> tuple[tuple[str, Paths], ...]:
        """The files outside of what is looked at that may have a Flux Kustomization, and the paths in them."""
        paths = [path for path in self._repository.containing(f"{FLUX}/v".encode()) if path not in self._known]
        return tuple((path, paths_in(self._repository.raw(path))) for path in paths)

    def _by_patch(self, identity: DocumentId) -> str:
        """A patch that a Flux Kustomization gives to its children reaches the objects of all that it selects."""
        if len(identity.hosts) < 2:
            return ""
        outer = document(self._repository, DocumentId(identity.path, identity.index))
        if outer is None:
            return ""
        tree = grow(outer, DocumentId(identity.path, identity.index))
        target = get(tree, (*identity.hosts[0][:-1], "target"))
        named = text_at(target, "name") if target is not None else self._own_name(identity)
        exact = _NAME.fullmatch(named) is not None
        return "" if exact else f"what else the patch in {identity.path} is for"

    def _own_name(self, identity: DocumentId) -> str:
        inner = document(self._repository, DocumentId(identity.path, identity.index, identity.hosts[:1]))
        return text_at(grow(inner, identity), "metadata", "name") if inner is not None else ""

    def _by_variable(self, place: Place) -> str:
        """A variable in the data of a ConfigMap is everyone's who writes `${NAME}`."""
        if len(place.route) < 2 or place.route[-2] not in _DATA:
            return ""
        name = str(place.route[-1])
        used = re.compile(rb"\$\{#?" + re.escape(name.encode()) + rb"\b")
        begun = (f"{mark}{name}".encode() for mark in ("${", "${#"))
        for path in sorted({path for mark in begun for path in self._repository.containing(mark)}):
            if path not in self._known and used.search(self._repository.raw(path)):
                return f"{path}, which also uses the variable {name}"
        return ""

    def _by_values(self, identity: DocumentId) -> str:
        """The values in a ConfigMap are everyone's whose HelmRelease names it, or gets its name from a component."""
        if not self._repository.containing(b"valuesFrom"):
            return ""
        from immichlint.gitops.shared_values import config_maps_of, naming

        for name in config_maps_of(self._repository, identity):
            for path in naming(self._repository, name):
                own = is_kustomization(path) and path in self._known
                user = next(self._outside(path), "") if own else path if path not in self._known else ""
                if user:
                    return f"{user}, which also takes values from the ConfigMap {name}"
        return ""

    def _outside(self, path: str) -> Iterator[str]:
        """The files outside of what is looked at that use a file: kustomizations, and Flux Kustomizations with
        components."""
        reach = self._reach = self._reach or Reach(self._repository)
        first = posixpath.dirname(path) if is_kustomization(path) else path
        pending, seen = [first], {first}
        while pending:
            target = pending.pop()
            for folder in reach.listing(target):
                own = self._repository.kustomization_in(folder)
                lists = own is not None and only_lists(self._repository, own)
                if target in self._applications and lists:
                    continue
                if own is not None and own not in self._known and not lists and self._is_applied(folder):
                    yield own
                if folder not in seen:
                    seen.add(folder)
                    pending.append(folder)
            if target != path:
                yield from self._appliers(target)

    def _is_applied(self, folder: str) -> bool:
        """Whether something may apply a kustomization: a component that nobody uses is of no account, nor is what
        is put away."""
        out = left_out(self._repository, folder) if folder else None
        if is_put_away(folder) or (out is not None and out.why is Idle.COMMENTED):
            return False
        reach = self._reach = self._reach or Reach(self._repository)
        return bool(reach.listing(folder)) or any(self._appliers(folder)) or not self._is_component(folder)

    def _is_component(self, folder: str) -> bool:
        path = self._repository.kustomization_in(folder)
        return path is not None and b"kind: Component" in self._repository.raw(path)

    def _appliers(self, folder: str) -> tuple[str, ...]:
        """The files outside of what is looked at with a Flux Kustomization that uses a folder."""
        if folder not in self._applying:
            self._applying[folder] = tuple(self._found_to_apply(folder))
        return self._applying[folder]

    def _found_to_apply(self, folder: str) -> Iterator[str]:
        for path, paths in self._others:
            if paths.may_name(folder):
                found = manifests(self._repository.read(path))
                if any(folder in _folders(item) for item in found if item.group == FLUX):
                    yield path


def _ends_in(raw: bytes, path: str) -> bool:
    """Whether a path in a text ends in another one; the root may be written in any way."""
    if not path:
        return True
    end = path.encode()
    if end not in raw:
        return False
    end = re.escape(end)
    # What stands before it is looked at where it was found, not at every byte.
    return re.search(end + rb"(?<![\w.&*-]" + end + rb")/?(?![\w./-])", raw) is not None


def _folders(manifest: Manifest) -> Iterator[str]:
    """The folders that a Flux Kustomization uses, its components included."""
    own = posixpath.normpath(posixpath.join("/", text_at(manifest.tree, "spec", "path"))).lstrip("/")
    yield own
    components: Tree | None = get(manifest.tree, ("spec", "components"))
    for item in components.items if isinstance(components, Seq) else ():
        if isinstance(item, Leaf) and isinstance(item.value, str):
            yield posixpath.normpath(posixpath.join(own, item.value))
