"""Checks of where the database's files lie."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from immichlint.facts import load
from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import Cluster
from immichlint.stack.container import Container, within
from immichlint.stack.image import DATABASE, Image
from immichlint.stack.operand import major_of
from immichlint.stack.server import words
from immichlint.stack.stack import Stack
from immichlint.stack.storage import NETWORK, STORAGE, claim_of, kind_of_class, kind_of_provisioner
from immichlint.stack.view import View
from immichlint.trees.field import Field
from immichlint.yamltree.place import Place

_VOLUMES: Final = (("spec", "storage"), ("spec", "walStorage"))
_CLASS: Final = (("storageClass",), ("pvcTemplate", "storageClassName"))
_LOST: Final = ("emptyDir", "ephemeral")


def ephemeral(database: Cluster | Container, context: Context) -> Iterator[Claim]:
    """IML416: the data directory of a plain PostgreSQL is on no volume that outlives the pod."""
    if isinstance(database, Cluster) or not database.volumes_known:
        return
    directory = _data_directory(database)
    if directory is None:
        return
    mount = database.mount_of(directory)
    if mount is None and not any(within(item.path, _root(directory)) for item in database.mounts):
        yield Claim(
            f"PostgreSQL of {database.label} writes to `{directory}`, and no volume is mounted there: every new pod "
            "begins with an empty database, and all that Immich knows about the photos is gone. Mount a "
            "PersistentVolumeClaim there.",
            database.name_place,
            no_fix="how large the volume is to be, and of which class, is for you to decide; dump the database first",
        )
    elif mount is not None and mount.volume is not None and mount.volume.kind in _LOST:
        yield Claim(
            f"The data directory `{directory}` of {database.label} is on the volume {mount.volume.name}, an "
            f"`{mount.volume.kind}`, which goes with its pod: the next one begins with an empty database, and all that "
            "Immich knows about the photos is gone. Use a PersistentVolumeClaim.",
            mount.volume.view.nearest(""),
            related=(Related(mount.view.field("mountPath").place or database.name_place, "mounted here"),),
            no_fix="how large the volume is to be, and of which class, is for you to decide; dump the database first",
        )


def _data_directory(database: Container) -> str | None:
    """Where PostgreSQL keeps its data; None where that is not known."""
    variable, told = database.variable("PGDATA"), words(database)
    if variable.unknown or told is None or any(word == "-D" or "data_directory" in word for word in told):
        return None
    return variable.text or _default_directory(database.image)


def _default_directory(image: Image | None) -> str | None:
    if image is None or image.component != DATABASE:
        return None
    major = major_of(image.tag.removeprefix("pg"))
    for row in load("postgres_data")["images"]:
        if fnmatchcase(f"/{image.repository}", row["repository"]):
            if "until_major" in row and (major is None or major >= row["until_major"]):
                continue
            directory = str(row["directory"])
            return (directory.format(major=major) or None) if major is not None or "{" not in directory else None
    return None


def _root(directory: str) -> str:
    root = str(load("postgres_data")["root"])
    return root if within(directory, root) else directory.rpartition("/")[0] or directory


def network(database: Cluster | Container, context: Context) -> Iterator[Claim]:
    """IML412: the volume of Immich's database is a network share (I§5.4)."""
    if isinstance(database, Cluster):
        return _of_cluster(database, context.stack)
    return _of_workload(database, context.stack)


def _of_cluster(cluster: Cluster, stack: Stack) -> Iterator[Claim]:
    subject = f"The Cluster {cluster.name}"
    for route in _VOLUMES:
        for steps in _CLASS:
            field = cluster.field(*route, *steps)
            if _is_share(field, stack) and field.place is not None:
                yield _claim(subject, f"the class `{field.text}`", field.place)
    kept = [View(item) for item in stack.everywhere("PersistentVolume", "") if _is_kept_for(View(item), cluster)]
    shares = [(volume, place) for volume in kept if (place := _place_of_share(volume)) is not None]
    for volume, place in shares[:1]:
        named = volume.field("spec", "claimRef", "name").text
        others = tuple(Related(further, "and this one") for _, further in shares[1:])
        yield _claim(subject, f"the volume `{volume.name}`, which is kept for its claim `{named}`", place, others)


def _is_kept_for(volume: View, cluster: Cluster) -> bool:
    """Whether a volume is reserved for a claim that CNPG makes for a Cluster: `<cluster>-1`, `<cluster>-1-wal`, of the
    class that the Cluster asks for."""
    namespace, name = (volume.field("spec", "claimRef", key).text or "" for key in ("namespace", "name"))
    serial = name.removeprefix(f"{cluster.name}-")
    if namespace != cluster.namespace or serial == name or not serial.removesuffix("-wal").isdecimal():
        return False
    asked = [cluster.field(*_VOLUMES[serial.endswith("-wal")], *steps) for steps in _CLASS]
    own = volume.field("spec", "storageClassName")
    return any(field.known and field.text == (own.text or "") for field in asked) and not own.unknown


def _is_share(field: Field, stack: Stack) -> bool:
    """Whether a storage class gives NFS or SMB shares. CephFS, which is a file system of its own, is none."""
    name = field.text
    if not name or kind_of_class(name, stack) != NETWORK:
        return False
    found = stack.find("StorageClass", STORAGE, "", name)
    return _keeps_no_locks(View(found).field("provisioner").text or "" if found is not None else name)


def _keeps_no_locks(driver: str) -> bool:
    return not any(fnmatchcase(driver, pattern) for pattern in load("storage_classes")["no_share"])


def _claim(subject: str, where: str, place: Place, related: tuple[Related, ...] = ()) -> Claim:
    return Claim(
        f"{subject} has its database on {where}, a network share. PostgreSQL needs locks and writes that such a share "
        "does not keep to: files get damaged when the connection breaks, and Immich is slow. Use a class that "
        "attaches block storage, or a disk of the node.",
        place,
        related=related,
        no_fix="a database moves by a backup and a recovery, to a class that you choose",
    )


def _of_workload(database: Container, stack: Stack) -> Iterator[Claim]:
    directory = _data_directory(database)
    mount = database.mount_of(directory) if directory is not None else None
    if mount is None or mount.volume is None:
        return
    subject = f"{database.label[0].upper()}{database.label[1:]}"
    if mount.volume.kind == "nfs":
        yield _claim(subject, f"the volume {mount.volume.name}", mount.volume.view.nearest(""))
        return
    claim = claim_of(mount, database, stack)
    bound = claim.field("spec", "volumeName") if claim is not None else None
    if claim is None or bound is None:
        return
    field = claim.field("spec", "storageClassName")
    if bound.absent and _is_share(field, stack) and field.place is not None:
        yield _claim(subject, f"the class `{field.text}`", field.place)
    share = _share(bound.text, stack) if bound.text else None
    if share is not None and bound.place is not None:
        yield _claim(subject, f"the volume `{bound.text}`", bound.place, (Related(share, "a network share"),))


def _share(name: str, stack: Stack) -> Place | None:
    """Where a PersistentVolume says that it is a share by NFS or SMB; None where it is not known to be one."""
    found = stack.find("PersistentVolume", "", "", name)
    return _place_of_share(View(found)) if found is not None else None


def _place_of_share(volume: View) -> Place | None:
    """Where a PersistentVolume says that it is a share; None where it is not known to be one."""
    server, driver = volume.field("spec", "nfs", "server"), volume.field("spec", "csi", "driver")
    if server.known:
        return server.place
    is_share = driver.text and kind_of_provisioner(driver.text) == NETWORK and _keeps_no_locks(driver.text)
    return driver.place if is_share else None
