"""What copies Immich's database besides CNPG's own backups: its volumes, its dumps, the library with Immich's own dumps
in it (I§5.4)."""

from __future__ import annotations

from immichlint.stack.backups import Cluster
from immichlint.stack.container import Container
from immichlint.stack.image import SERVER
from immichlint.stack.library import DUMPS, libraries
from immichlint.stack.protection import Protector, dumper_of, protector_of
from immichlint.stack.services import is_loopback
from immichlint.stack.stack import Stack
from immichlint.stack.storage import Claimed
from immichlint.stack.use import database_host


def protects_database(database: Container, servers: list[Container], stack: Stack) -> Protector | None:
    """What protects a plain database, or may do so: its volumes, its dumps, the library with Immich's own dumps."""
    hosts = (host.partition(".")[0] for host in map(database_host, servers) if host and not is_loopback(host))
    dumped = dumper_of(database.namespace, (database.name, *hosts), stack)
    if dumped is not None:
        return dumped
    for mount in database.mounts:
        volume = mount.volume
        if volume is None or volume.kind in ("nfs", "hostPath", "csi", ""):
            return Protector("something", "whatever backs up its volume", sure=False)
        if volume.kind == "persistentVolumeClaim":
            name = volume.view.field("claimName").text or f"{volume.name}-{database.name}-"
            found = protector_of(Claimed(database.namespace, name), stack)
            if found is not None:
                return found
    return _own_dump(servers, stack)


def protects_cluster(cluster: Cluster, stack: Stack) -> Protector | None:
    """What protects a Cluster besides its own backups, or may do so: its volumes, its dumps, the library."""
    found = dumper_of(cluster.namespace, (cluster.name,), stack)
    storage = cluster.field("spec", "storage", "storageClass").text or ""
    found = found or protector_of(Claimed(cluster.namespace, f"{cluster.name}-", None, storage), stack)
    return found or _own_dump(list(stack.components(SERVER)), stack)


def _own_dump(servers: list[Container], stack: Stack) -> Protector | None:
    """What protects the library, where Immich puts its own dump; whatever may lie outside counts as protected."""
    keys = {one.object.key for one in servers}
    found = [item for item in libraries(stack, DUMPS) if item.container.object.key in keys]
    if not found or not all(item.inside for item in found):
        return Protector("a dump", "Immich's own dump, if the library is backed up", sure=False)
    return next((protector for item in found if (protector := item.protector(stack)) is not None), None)
