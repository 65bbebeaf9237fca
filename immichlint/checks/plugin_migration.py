"""From CNPG's in-tree backup to the barman-cloud plugin (IML120): the whole migration as one change (C§3.4, C§4)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from immichlint.findings.change import REMOVED, Addition, Change, Effect, Safety
from immichlint.named_tuple import NamedTuple
from immichlint.repo.classify import is_kustomization
from immichlint.repo.repository import Repository
from immichlint.rules.model import Context
from immichlint.stack.backups import BARMAN, BARMAN_PLUGIN, Cluster
from immichlint.stack.release import has, since
from immichlint.stack.stack import Stack
from immichlint.stack.view import View
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, get, plain
from immichlint.yamltree.lookup import Data

_DEPRECATED: Final = "in-tree-barman"
_IN_TREE: Final = ("spec", "backup", "barmanObjectStore")
_RETENTION: Final = "retentionPolicy"
_SERVER: Final = "serverName"
_FOR_BARMAN: Final = "AWS_"
_AFTER: Final = (
    "The plugin and its CRDs have to run beside the operator before this is applied. The instances restart one "
    "after the other. Take a base backup then, and look at it. The metrics are "
    "called `barman_cloud_cloudnative_pg_io_*` now."
)


class _Store(NamedTuple):
    """An ObjectStore to be made. `value`, `written`: as in `Addition`."""

    name: str
    value: dict[str, object]
    written: dict[str, Data]


def migration(cluster: Cluster, context: Context) -> Change | str:
    """The change that moves a Cluster to the plugin; a sentence where it is not offered, or cannot be made."""
    refused = _undecided(context) or _unsuited(cluster, context.stack)
    if refused:
        return refused
    repository = context.stack.repository
    assert repository is not None
    stores: list[_Store] = []
    made = _store(f"{cluster.name}-backups", cluster, _IN_TREE, repository, retention=True)
    if isinstance(made, str):
        return made
    stores.append(made)
    effects = list(_of_cluster(cluster, made.name))
    for source in _sources(cluster):
        own = made
        if _configuration(source.tree, (*source.route, "barmanObjectStore")) != _configuration(cluster.tree, _IN_TREE):
            name = f"{cluster.name}-{source.field('name').text}".lower()
            other = _store(name, cluster, (*source.route, "barmanObjectStore"), repository, retention=False)
            if isinstance(other, str):
                return other
            own = other
            stores.append(other)
        server = source.field("barmanObjectStore", _SERVER).text or source.field("name").text
        effects.append(source.effect("barmanObjectStore", value=REMOVED))
        effects.append(source.effect("plugin", value=_entry(own.name, server)))
    for backup in context.stack.backups_of(cluster):
        if backup.method == "barmanObjectStore":
            effects.append(backup.effect("spec", "method", value="plugin"))
            effects.append(backup.effect("spec", "pluginConfiguration", value={"name": BARMAN_PLUGIN}))
    return Change(
        f"move the backup to the barman-cloud plugin, with the ObjectStore `{made.name}`",
        Safety.UNSAFE,
        tuple(effects),
        tuple(
            Addition(
                cluster.object.key,
                store.value,
                written=store.written,
                file=f"object-store-{store.name}" if rank else "",
                overlay=_overlay(cluster, repository),
            )
            for rank, store in enumerate(stores)
        ),
        after=_AFTER,
    )


def _undecided(context: Context) -> str:
    if not context.asked and context.decisions.get("backup_method") != "plugin":
        return (
            "the migration is offered to who asks for it: `immichlint --select IML120 --fix --unsafe-fixes`, or "
            "`backup_method: plugin` under `decisions` in .immichlint.yaml"
        )
    running = context.running("cnpg")
    release = running.release
    if release is None or context.running("barman-plugin").release is None:
        return (
            "say which operator and which plugin run in the cluster: `cnpg` and `barman-plugin` under `versions` in "
            ".immichlint.yaml"
        )
    if not has(release, since(_DEPRECATED)):
        return f"the barman-cloud plugin needs CNPG 1.26, and {running.version} is here"
    return ""


def _unsuited(cluster: Cluster, stack: Stack) -> str:
    """Why the migration of this Cluster cannot be made; empty where it can."""
    if cluster.object.source is not cluster.object.manifest:
        return f"{cluster.object.chart or 'its chart'} makes the Cluster: set the method and the plugin in its values"
    name = get(cluster.tree, ("metadata", "name"))
    if name is None or len(name.writes) > 1 or len({*cluster.object.manifest.names}) > 1:
        return "the Cluster gets its name from a kustomization or a variable, and the ObjectStore would get another one"
    if cluster.plugins or not cluster.field("spec", "plugins").absent:
        return "the Cluster has plugins already: decide which of them archives the WAL, and take the other out"
    if any(not source.field("name").text for source in _sources(cluster)) or stack.around is None:
        return "not all names of `externalClusters` are known"
    names = [source.field("barmanObjectStore", _SERVER) for source in _sources(cluster)]
    for field in (cluster.field(*_IN_TREE, _SERVER), *names):
        if field.unknown or (isinstance(field.tree, Leaf) and field.tree.pieces):
            return "a `serverName` is composed of variables: write the plugin's by hand"
    if cluster.field("spec", "backup", _RETENTION).unknown and cluster.field("spec", "backup", _RETENTION).tree is None:
        return f"it is not known what the Cluster says: {cluster.field('spec', 'backup', _RETENTION).why}"
    return ""


def _overlay(cluster: Cluster, repository: Repository) -> str:
    """The kustomization whose patch says where the backups go; empty where the Cluster's own manifest does."""
    place = cluster.in_tree.place
    path = place.document.path if place is not None else ""
    if path == cluster.object.manifest.home.document.path:
        return ""
    return path if is_kustomization(path) else repository.kustomization_in(posixpath.dirname(path)) or ""


def _sources(cluster: Cluster) -> Iterator[View]:
    """The entries of `externalClusters` that are read from an object store in the tree."""
    tree = cluster.field("spec", "externalClusters").tree
    for index in range(len(tree.items)) if isinstance(tree, Seq) else ():
        source = View(cluster.object, ("spec", "externalClusters", index))
        if not source.field("barmanObjectStore").absent:
            yield source


def _of_cluster(cluster: Cluster, store: str) -> Iterator[Effect]:
    backup = cluster.field("spec", "backup").tree
    moved = {"barmanObjectStore", _RETENTION}
    if isinstance(backup, Map) and set(backup.items) <= moved:
        yield cluster.effect("spec", "backup", value=REMOVED)
    else:
        yield cluster.effect(*_IN_TREE, value=REMOVED)
        if not cluster.field("spec", "backup", _RETENTION).absent:
            yield cluster.effect("spec", "backup", _RETENTION, value=REMOVED)
    env = cluster.field("spec", "env").tree
    names = list(_names(env))
    if isinstance(env, Seq) and names and len(names) == len(env.items):
        yield cluster.effect("spec", "env", value=REMOVED)
    else:
        yield from (cluster.effect("spec", "env", f"[name={name}]", value=REMOVED) for name in names)
    entry = {key: item for key, item in _entry(store, cluster.field(*_IN_TREE, _SERVER).text).items() if key != "name"}
    entry = {"isWALArchiver": True, **entry}
    yield cluster.effect("spec", "plugins", f"[name={BARMAN_PLUGIN}]", value=entry)


def _entry(store: str, server: str | None) -> dict[str, Data]:
    parameters: dict[str, Data] = {"barmanObjectName": store}
    if server:
        parameters[_SERVER] = server
    return {"name": BARMAN_PLUGIN, "parameters": parameters}


def _names(env: Tree | None) -> Iterator[str]:
    """The variables that barman-cloud reads, which runs in the plugin's sidecar then."""
    for item in env.items if isinstance(env, Seq) else ():
        name = get(item, ("name",))
        if isinstance(name, Leaf) and isinstance(name.value, str) and name.value.startswith(_FOR_BARMAN):
            yield name.value


def _configuration(tree: Tree, route: tuple[str | int, ...]) -> object:
    found = get(tree, route)
    made = plain(found) if found is not None else None
    return {key: item for key, item in made.items() if key != _SERVER} if isinstance(made, dict) else made


def _store(
    name: str, cluster: Cluster, route: tuple[str | int, ...], repository: Repository, *, retention: bool
) -> _Store | str:
    """The ObjectStore that stands for a `barmanObjectStore`; a sentence where something of that is not known."""
    found = get(cluster.tree, route)
    if not isinstance(found, Map) or found.open is not None:
        return "it is not known all that the destination says"
    trees: dict[str, Tree] = {
        "configuration": Map({key: item for key, item in found.items.items() if key != _SERVER}, found.writes)
    }
    kept = cluster.field("spec", "backup", _RETENTION).tree
    if retention and kept is not None:
        trees[_RETENTION] = kept
    env = cluster.field("spec", "env").tree
    names = set(_names(env))
    if isinstance(env, Seq) and names:
        items: list[Tree] = [item for item in env.items if getattr(get(item, ("name",)), "value", None) in names]
        trees["instanceSidecarConfiguration"] = Map({"env": Seq(items, env.writes)}, env.writes)
    spec = Map(trees, found.writes)
    from immichlint.stack.copying import as_written

    written = as_written(spec, repository)
    if isinstance(written, Hole):
        return f"not all that the destination says is known: {written.why}"
    head: dict[str, Data] = {"apiVersion": f"{BARMAN}/v1", "kind": "ObjectStore", "metadata": {"name": name}}
    return _Store(name, {**head, "spec": plain(spec)}, {**head, "spec": written})
