"""What protects volumes and databases besides CNPG's own backups: as much as a repository shows of it.

A false alarm is worse than silence here: whatever may cover a volume counts, and `sure` says whether it does.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from immichlint.facts import load
from immichlint.gitops.drafts import is_put_away
from immichlint.gitops.manifest import Manifest, manifests
from immichlint.gitops.named import objects_named, objects_of
from immichlint.named_tuple import NamedTuple
from immichlint.repo.repository import Repository
from immichlint.stack.backups import BARMAN, CNPG
from immichlint.stack.container import Container, Volume, within
from immichlint.stack.external_secret import GROUP as EXTERNAL_SECRETS
from immichlint.stack.image import DATABASE, SERVER
from immichlint.stack.stack import Stack, may_share
from immichlint.stack.storage import Claimed
from immichlint.stack.view import View
from immichlint.stack.workload import Workload
from immichlint.trees.field import look
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, leaves

_CERTAINLY: Final = "certainly"
_PERHAPS: Final = "perhaps"
_DEFINITION: Final = "CustomResourceDefinition"
_VOLUMES: Final = ("PersistentVolume", "PersistentVolumeClaim")


class Protector(NamedTuple):
    """What protects something. `tool`: its name for people. `what`: the object or the file. `sure`: whether it
    certainly covers it."""

    tool: str
    what: str
    sure: bool = True


def protector_of(claim: Claimed, stack: Stack) -> Protector | None:
    """What protects a claim, or may do so; None where nothing in the repository does."""
    return next(_protectors(claim, stack), None)


def _protectors(claim: Claimed, stack: Stack) -> Iterator[Protector]:
    facts = load("protection")

    def takes(workload: Workload, container: Container) -> bool:
        return may_share(workload.namespace, claim.namespace) and _mounts(container, claim)

    yield from _mounting(takes, stack, facts)
    for row in facts["claims"]:
        for manifest, applied in _objects(row, stack, claim.name):
            named = may_share(manifest.namespace, claim.namespace) and _names(manifest.tree, claim.name, open=applied)
            if named:
                yield _by(row, manifest, sure=named == _CERTAINLY)
    for row in facts["namespaces"]:
        for manifest, _ in _objects(row, stack):
            if _covers(row, manifest, claim.namespace):
                yield _by(row, manifest)
    if claim.view is not None:
        yield from _marked(claim.view, facts)
    for row in facts["everything"]:
        for manifest, _ in _objects(row, stack):
            if _may_be_of(row, claim) and not _is_idle(row, manifest):
                yield _by(row, manifest, sure=False)
    yield from _written(claim, stack, facts)
    for other in (stack, *stack.others):
        near = other is stack or any(item.manifest.namespace == claim.namespace for item in other.objects)
        for missing in other.environment.missing if near else ():
            what = f"what `{missing.path[:200]}` has is not known: it is listed and not there"
            yield Protector("something", what, sure=False)


def dumper_of(namespace: str, names: Iterable[str], stack: Stack) -> Protector | None:
    """What dumps a database, or may do so: a program of the words of `dumps` in a file that is of its namespace or
    names one of its names (hosts, Clusters, Secrets); None where there is none."""
    facts, repository = load("protection")["dumps"], stack.repository
    if repository is None:
        return Protector("something", "what surrounds the stack is not known", sure=False)
    wanted = [name.encode() for name in (*names, "immich") if name]
    words = [word.encode() for word in facts["words"]]
    found = {path: any(name in repository.raw(path) for name in wanted) for path in _holding(words, repository)}
    # What names the database is more likely its own than what only lies in its namespace.
    for path in sorted(found, key=lambda path: not found[path]):
        ours = found[path] or _in_namespace(path, namespace, stack)
        ours = ours and not path.endswith((".md", ".txt", ".json5")) and not _is_put_away(path)
        if ours and not _dumps_nothing(repository, path):
            return Protector("a dump", path, sure=False)
    return None


def _holding(words: Iterable[bytes], repository: Repository) -> dict[str, None]:
    """The files with a word of some that is no part of the name of CNPG's own backups."""
    others = [word.encode() for word in load("protection")["dumps"]["others"]]
    found: dict[str, None] = {}
    for word in words:
        for path in repository.containing(word):
            raw = repository.raw(path)
            for other in others:
                raw = raw.replace(other, b"") if other in raw else raw
            if word in raw:
                found[path] = None
    return found


def _dumps_nothing(repository: Repository, path: str) -> bool:
    """Whether all that a file has is CNPG's own objects, or those of another operator, which backs up what it runs
    itself, their keys or volumes, which may be called `postgres-backup`, and Jobs, which copy a database once: to move
    it, say. A hook runs at every sync. Where an operator is installed, the definitions of its kinds speak of dumps,
    and only what else is there could make one."""
    found, facts = manifests(repository.read(path)), load("protection")["dumps"]
    if any(item.kind == _DEFINITION for item in found):
        words = tuple(facts["words"])
        return not any(_speaks(item.tree, words) for item in found if item.kind != _DEFINITION)
    return bool(found) and all(
        item.group in (CNPG, BARMAN, EXTERNAL_SECRETS, *facts["operators"])
        or item.kind in _VOLUMES
        or (item.kind == "Job" and not _is_hook(item))
        for item in found
    )


def _speaks(tree: Tree, words: tuple[str, ...]) -> bool:
    """Whether a word stands in any text of a tree."""
    texts = (leaf.value.text if isinstance(leaf.value, Hole) else leaf.value for leaf in leaves(tree))
    return any(isinstance(text, str) and any(word in text for word in words) for text in texts)


def _is_hook(manifest: Manifest) -> bool:
    tree = look(manifest.tree, ("metadata", "annotations")).tree
    return isinstance(tree, Map) and any("hook" in key for key in tree.items)


def _is_put_away(path: str) -> bool:
    return is_put_away(posixpath.dirname(path))


def _in_namespace(path: str, namespace: str, stack: Stack) -> bool:
    return any(
        item.source.home.document.path == path and may_share(item.manifest.namespace, namespace)
        for other in (stack, *stack.others)
        for item in other.objects
    )


def _names(tree: Tree, name: str, *, open: bool) -> str:  # noqa: A002 - the field's word
    """Whether a tree names a claim; `open`: whether a text that is not known may be its name."""
    if isinstance(tree, Map):
        found = [_names(item, name, open=open) for item in tree.items.values()]
    elif isinstance(tree, Seq):
        found = [_names(item, name, open=open) for item in tree.items]
    elif isinstance(tree.value, Hole):
        return _PERHAPS if open and name else ""
    else:
        text = tree.value if isinstance(tree.value, str) else ""
        is_named = text == name or (name.endswith("-") and text.startswith(name))
        return _CERTAINLY if name and is_named else ""
    return _CERTAINLY if _CERTAINLY in found else next((item for item in found if item), "")


def _objects(row: Mapping[str, Any], stack: Stack, name: str = "") -> Iterator[tuple[Manifest, bool]]:
    """The objects of a kind, with whether they are applied beside the stack; then those of the whole repository, if a
    name is given in files that have it."""
    for item in stack.everywhere(row["kind"], row["group"]):
        yield item.manifest, True
    if stack.around is not None:
        around = stack.around()
        for manifest in objects_of(around.repository, row["kind"], row["group"], name):
            if manifest.home not in around.homes and not _is_put_away(manifest.home.document.path):
                yield manifest, False


def _covers(row: Mapping[str, Any], manifest: Manifest, namespace: str) -> bool:
    if "included" not in row:
        return may_share(manifest.namespace, namespace)
    included = _texts(manifest.tree, row["included"])
    excluded = _texts(manifest.tree, row["excluded"]) or ()
    if not namespace or included is None:
        return namespace not in excluded or not namespace
    return ("*" in included or namespace in included or not all(included)) and namespace not in excluded


def _texts(tree: Map, route: str) -> tuple[str, ...] | None:
    """The texts of a list, empty ones for those that are not known; None where there is no list."""
    found = look(tree, tuple(route.split("/")))
    if found.unknown:
        return ("",)
    if not isinstance(found.tree, Seq):
        return None
    values = [item.value if isinstance(item, Leaf) else None for item in found.tree.items]
    # In a file that nothing is known to apply, a variable is still written as such.
    return tuple(value if isinstance(value, str) and "${" not in value else "" for value in values)


def _marked(view: View, facts: Mapping[str, Any]) -> Iterator[Protector]:
    for field in ("labels", "annotations"):
        tree = view.field("metadata", field).tree
        for key, value in tree.items.items() if isinstance(tree, Map) else ():
            off = isinstance(value, Leaf) and str(value.value).lower() in ("false", "no", "disabled", "none")
            if not off and any(word in key.lower() for word in facts["marks"]["words"]):
                yield Protector("something", f"the {field[:-1]} `{key}` of the claim", sure=False)


def _may_be_of(row: Mapping[str, Any], claim: Claimed) -> bool:
    word = row.get("classes", "")
    return not claim.storage_class or word in claim.storage_class


def _is_idle(row: Mapping[str, Any], manifest: Manifest) -> bool:
    """Whether what may protect volumes is set to do something else."""
    idle: Mapping[str, list[str]] = row.get("idle", {})
    return any(look(manifest.tree, tuple(route.split("/"))).text in values for route, values in idle.items())


def _written(claim: Claimed, stack: Stack, facts: Mapping[str, Any]) -> Iterator[Protector]:
    """What stands in files that no lens reads: the schedules in Velero's values, a policy that makes backups."""
    repository = stack.repository
    if repository is None:
        return
    for row in facts["texts"]:
        for path in repository.containing(*(word.encode() for word in row["words"])):
            if not _is_put_away(path) and _may_be_of(row, claim):
                yield Protector(row["tool"], path, sure=False)


def copier_of(server: str, path: str, stack: Stack) -> Protector | None:
    """What copies a folder of an NFS server or, where that is empty, of the nodes: a pod of any namespace mounts it, or
    one above it."""

    def takes(workload: Workload, container: Container) -> bool:
        return any(_is_at(mount.volume, server, path) for mount in container.mounts if mount.volume is not None)

    return next(_mounting(takes, stack, load("protection")), None)


def _is_at(volume: Volume, server: str, path: str) -> bool:
    there = volume.view.field("path").text or ""
    same = volume.kind == "nfs" and volume.view.field("server").text == server if server else volume.kind == "hostPath"
    return same and there not in ("", "/") and within(path, there.rstrip("/"))


def _mounting(
    takes: Callable[[Workload, Container], bool], stack: Stack, facts: Mapping[str, Any]
) -> Iterator[Protector]:
    """The pods that mount something to copy it: those of CronJobs, and programs that are made for that. What only
    dumps a database writes there instead."""
    for workload in (item for other in (stack, *stack.others) for item in other.workloads):
        others = [item for item in workload.containers if item.component not in (SERVER, DATABASE)]
        if not any(takes(workload, item) for item in others):
            continue
        kind = workload.object.manifest.kind
        copies = any(_is_made_to_copy(item, facts) for item in others)
        if kind == "CronJob":
            copies = copies or any(_says(item, facts["commands"]) for item in others)
        if copies or (kind == "CronJob" and not any(_says(item, facts["dumps"]) for item in workload.containers)):
            yield Protector(f"a {kind}", f"the {kind} {workload.name}", sure=copies)


def _is_made_to_copy(container: Container, facts: Mapping[str, Any]) -> bool:
    image = (container.field("image").text or "").partition("@")[0]
    return any(name in image for name in facts["images"]["names"]) and not _says(container, facts["dumps"])


def _says(container: Container, row: Mapping[str, Any]) -> bool:
    """Whether a word of a table stands in a container's image or in what it is told to do."""
    fields = (container.field(name).tree for name in ("command", "args"))
    said = [
        str(item.value) for tree in fields if isinstance(tree, Seq) for item in tree.items if isinstance(item, Leaf)
    ]
    text = " ".join((container.field("image").text or "", *said))
    return any(word in text for word in row["words"])


def _mounts(container: Container, claim: Claimed) -> bool:
    for mount in container.mounts:
        volume = mount.volume
        if volume is not None and volume.kind == "persistentVolumeClaim":
            name = volume.view.field("claimName").text or ""
            if name and (name == claim.name or (claim.name.endswith("-") and name.startswith(claim.name))):
                return True
    return False


def _by(row: Mapping[str, Any], manifest: Manifest, *, sure: bool = True) -> Protector:
    return Protector(row["tool"], f"the {manifest.kind} {manifest.name}", sure)


def may_lie_outside(name: str, stack: Stack) -> bool:
    """Whether the server of this name may keep its data outside of the cluster, or copies them there."""
    repository = stack.repository
    if repository is None:
        return True
    facts = load("protection")["servers"]
    found = (item for kind in facts["kinds"] for item in objects_named(repository, kind, name))
    made = [item for item in found if not _is_put_away(item.home.document.path)]
    texts = [repository.raw(item.home.document.path).lower() for item in made]
    return not made or any(word.encode() in text for text in texts for word in facts["words"])
