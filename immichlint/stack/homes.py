"""Which objects make up an Immich stack: Immich's own, what they name, and what names them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from immichlint.facts import load
from immichlint.gitops.environment import FLUX, SOURCES
from immichlint.gitops.manifest import Manifest
from immichlint.lenses.effective import Effective
from immichlint.named_tuple import NamedTuple
from immichlint.stack.image import MACHINE_LEARNING, SERVER
from immichlint.stack.inputs import Inputs
from immichlint.stack.stack import Stack, may_share
from immichlint.trees.tree import leaves
from immichlint.yamltree.place import Place

_COMPONENTS: Final = (SERVER, MACHINE_LEARNING)
_CLUSTER_WIDE: Final = ("Namespace", "PersistentVolume", "StorageClass", "ClusterImageCatalog")
_IMMICH: Final = "immich"

_Source: TypeAlias = tuple[str, Place, str, str]
"""What tells the written object that an effective one comes from."""


class Home(NamedTuple):
    """A place where Immich ends up. `stack`: the environment with the server, or with Immich's database where no
    server is seen. `objects`: the sources of what belongs to it, of this environment and those beside it."""

    stack: Stack
    objects: tuple[Effective, ...]


def homes(inputs: Inputs) -> Iterator[Home]:
    """The Immich stacks of a repository, each once."""
    opaque = {item.key for item, _ in inputs.uncomputed}
    own_seeds = {
        id(stack): [*_seeds(stack), *(item for item in stack.objects if item.key in opaque)] for stack in inputs.stacks
    }
    led = [stack for stack in inputs.stacks if stack.components(SERVER)]
    covered: set[int] = set()
    for stack in (*led, *(item for item in inputs.stacks if item not in led)):
        if id(stack) in covered or not own_seeds[id(stack)]:
            continue
        own = [stack, *(other for other in stack.others if other not in led or _is_one(stack, other))]
        covered |= {id(item) for item in own}
        yield Home(stack, _closed(stack, [item for each in own for item in own_seeds[id(each)]]))


def _is_one(stack: Stack, other: Stack) -> bool:
    """Whether the servers of two environments are workers of one Immich: they share a namespace."""
    return bool(_namespaces(stack) & _namespaces(other))


def _namespaces(stack: Stack) -> set[str]:
    return {item.namespace for item in stack.components(SERVER)}


def _seeds(stack: Stack) -> Iterator[Effective]:
    """Immich's own objects of an environment: components, Clusters in use, their backups and stores."""
    yield from (item.object for item in stack.containers if item.component in _COMPONENTS)
    for cluster in stack.clusters:
        if cluster.use:
            yield cluster.object
            yield from (backup.object for backup in stack.backups_of(cluster))
    yield from (store.object for store in stack.object_stores if any(item.use for item in store.clusters))


def _closed(stack: Stack, seeds: Iterable[Effective]) -> tuple[Effective, ...]:
    """The seeds with all that belongs to them, in the order in which it is applied."""
    around = (stack, *stack.others)
    by_source: dict[_Source, list[Effective]] = {}
    for item in (item for each in around for item in each.objects if not _is_apart(item.source)):
        by_source.setdefault(_source(item), []).append(item)
    ties = _Ties(around)
    found: set[_Source] = set()
    pending = [_source(item) for item in seeds]
    while pending:
        key = pending.pop()
        if key in found or key not in by_source:
            continue
        found.add(key)
        for other, made in by_source.items():
            if other not in found and any(ties.bring(one, item) for one in by_source[key] for item in made):
                pending.append(other)
    return tuple(by_source[key][0] for key in by_source if key in found)


def _source(item: Effective) -> _Source:
    return item.environment, item.source.home, item.source.kind, item.source.name


def _is_apart(manifest: Manifest) -> bool:
    """Whether an object applies others, and is none of a stack's own."""
    return manifest.kind in load("belonging")["never"] and (manifest.kind != "Kustomization" or manifest.group == FLUX)


class _Ties:
    """What brings one object into a stack because another one is in it."""

    def __init__(self, around: Iterable[Stack]) -> None:
        self._facts = load("belonging")
        self._texts: dict[int, frozenset[str]] = {}
        self._selected = {
            (service.object.key, workload.object.key)
            for each in around
            for service in each.services
            for workload in (*service.workloads, *service.perhaps)
        }

    def bring(self, one: Effective, other: Effective) -> bool:
        """Whether an object belongs to a stack because another one does."""
        mine, theirs = one.manifest, other.manifest
        if theirs.kind == "Namespace":
            return bool(mine.namespace) and theirs.name == mine.namespace
        if mine.kind == "Namespace":
            return False
        if (one.key, other.key) in self._selected or (other.key, one.key) in self._selected:
            return True
        names = self._names(mine)
        if theirs.kind not in _CLUSTER_WIDE and not may_share(mine.namespace, theirs.namespace):
            across = theirs.group == SOURCES and theirs.name in names
            return across or f"{theirs.name}.{theirs.namespace}" in names
        if theirs.name in names or f"{theirs.name}.{theirs.namespace}" in names:
            return True
        if theirs.kind in self._facts["makes_of_its_own_name"]:
            return mine.kind == "Secret" and theirs.name == mine.name
        of_one = theirs.kind in self._facts["of_one_application"]
        if of_one and not any(_IMMICH in name for name in self._names(theirs)):
            return False
        return theirs.kind in self._facts["names_what_it_serves"] and mine.name in self._names(theirs)

    def _names(self, manifest: Manifest) -> frozenset[str]:
        """The texts of a manifest that may name another object, hosts of Services without their endings."""
        if id(manifest) not in self._texts:
            body = {key: item for key, item in manifest.tree.items.items() if key != "metadata"}
            found = {leaf.value for item in body.values() for leaf in leaves(item) if isinstance(leaf.value, str)}
            hosts = {".".join(text.split(".")[:2]) for text in found if ".svc" in text}
            self._texts[id(manifest)] = frozenset(found | hosts)
        return self._texts[id(manifest)]
