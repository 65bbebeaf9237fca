"""Archives: where the backups and the WAL of a Cluster lie, and from which one it is restored (C§3.1, C§4, C§5)."""

from __future__ import annotations

from immichlint.named_tuple import NamedTuple
from immichlint.stack.backups import BARMAN, BARMAN_PLUGIN, Cluster
from immichlint.stack.stack import Stack
from immichlint.stack.view import View
from immichlint.trees.field import Field
from immichlint.trees.tree import Seq
from immichlint.yamltree.place import Place


class Archive(NamedTuple):
    """A folder of a bucket. `path`, `endpoint`: of the bucket, or the ObjectStore where that is not in the
    repository. `server`: the folder's name. `place`: where that, or what it follows from, is written."""

    path: str
    endpoint: str
    server: str
    place: Place

    def is_same(self, other: Archive) -> bool:
        """Whether two are one folder."""
        return self[:3] == other[:3]


def written_by(cluster: Cluster, stack: Stack) -> Archive | None:
    """The archive that a Cluster writes to; None where there is none or it is not known."""
    plugin = cluster.barman_plugin
    if plugin is not None and plugin.enabled:
        return _of_plugin(plugin.view, cluster, cluster.name, stack)
    in_tree = View(cluster.object, ("spec", "backup", "barmanObjectStore"))
    return _of_store(in_tree, in_tree.field("serverName"), cluster.name)


def read_by(cluster: Cluster, stack: Stack) -> Archive | None:
    """The archive that a Cluster is restored from; None where it is none or not known."""
    wanted = cluster.field("spec", "bootstrap", "recovery", "source").text
    sources = cluster.field("spec", "externalClusters").tree
    for index in range(len(sources.items)) if isinstance(sources, Seq) and wanted else ():
        source = View(cluster.object, ("spec", "externalClusters", index))
        if source.field("name").text != wanted or wanted is None:
            continue
        if source.field("plugin", "name").text == BARMAN_PLUGIN:
            plugin = View(cluster.object, (*source.route, "plugin"))
            # Without a server name it is another trouble: the new Cluster's name is taken (IML123).
            named = plugin.field("parameters", "serverName").known
            return _of_plugin(plugin, cluster, "", stack) if named else None
        in_tree = View(cluster.object, (*source.route, "barmanObjectStore"))
        return _of_store(in_tree, in_tree.field("serverName"), wanted)
    return None


def _of_plugin(plugin: View, cluster: Cluster, default: str, stack: Stack) -> Archive | None:
    store, server = plugin.field("parameters", "barmanObjectName"), plugin.field("parameters", "serverName")
    if store.text is None or store.place is None:
        return None
    found = stack.find("ObjectStore", BARMAN, cluster.namespace, store.text)
    if found is not None:
        return _of_store(View(found, ("spec", "configuration")), server, default, store.place)
    name = default if server.absent else server.text
    where = f"the ObjectStore {cluster.namespace}/{store.text}"
    return Archive(where, "", name, server.place or store.place) if name else None


def _of_store(store: View, server: Field, default: str, place: Place | None = None) -> Archive | None:
    path, endpoint = store.field("destinationPath"), store.field("endpointURL")
    name = default if server.absent else server.text
    if path.text is None or not name or endpoint.unknown:
        return None
    at = server.place or place or path.place
    return Archive(path.text.rstrip("/"), (endpoint.text or "").rstrip("/"), name, at) if at is not None else None
