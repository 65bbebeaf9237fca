"""Checks of the volumes that hold the photos: what becomes of them, how they are mounted, what else is mounted."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from immichlint.facts import load
from immichlint.findings.change import REMOVED, Change, Effect, Safety
from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container, Mount, within
from immichlint.stack.image import SERVER
from immichlint.stack.server import Server
from immichlint.stack.stack import Stack
from immichlint.stack.storage import NETWORK, claim_of, kind_of_provisioner
from immichlint.stack.view import View
from immichlint.trees.field import Field
from immichlint.trees.tree import Seq

_PROVISIONED: Final = "pv.kubernetes.io/provisioned-by"
_NFS: Final = "nfs"
_PERSISTENT: Final = ("persistentVolumeClaim", "nfs", "hostPath", "csi", "cephfs", "iscsi", "rbd")


def reclaimed(volume: View, context: Context) -> Iterator[Claim]:
    """IML502: the volume of the photos is deleted with its claim."""
    policy = volume.field("spec", "persistentVolumeReclaimPolicy")
    if policy.text != "Delete" or policy.place is None or not _is_deleted(volume):
        return
    claims = _media_claims(context.stack)
    if not _is_bound_to(volume, claims, context.stack):
        return
    yield Claim(
        f"The PersistentVolume {volume.name} holds Immich's photos and has the reclaim policy `Delete`: whoever "
        "deletes its claim (a prune, a namespace, an uninstalled release) has the storage driver delete the photos. "
        "Write `Retain`.",
        policy.place,
        change=Change(
            "keep the volume",
            Safety.SAFE,
            (volume.effect("spec", "persistentVolumeReclaimPolicy", value="Retain"),),
        ),
    )


def _is_deleted(volume: View) -> bool:
    """Whether something deletes the storage behind it: a driver, or who provisioned it; never a server's export."""
    driver = volume.field("spec", "csi", "driver")
    if driver.text is not None:
        return kind_of_provisioner(driver.text) != NETWORK
    if not driver.absent or not volume.field("spec", _NFS).absent:
        return False
    return volume.field("metadata", "annotations", _PROVISIONED).known


def _media_mounts(stack: Stack) -> Iterator[tuple[Container, Mount]]:
    for other in (stack, *stack.others):
        for container in other.components(SERVER):
            for mount in Server(container).kept_mounts:
                yield container, mount


def _media_claims(stack: Stack) -> set[tuple[str, str]]:
    """Namespace and name of the claims that hold photos."""
    return {
        (container.namespace, name)
        for container, mount in _media_mounts(stack)
        if mount.volume is not None and (name := mount.volume.view.field("claimName").text)
    }


def _is_bound_to(volume: View, claims: set[tuple[str, str]], stack: Stack) -> bool:
    """Whether a volume is certainly that of one of these claims."""
    claim = volume.field("spec", "claimRef", "name").text
    if claim is not None:
        return (volume.field("spec", "claimRef", "namespace").text or "", claim) in claims
    for namespace, name in claims:
        found = stack.find("PersistentVolumeClaim", "", namespace, name)
        if found is not None and View(found).field("spec", "volumeName").text == volume.name:
            return True
    return False


def soft_mount(target: View, context: Context) -> Iterator[Claim]:
    """IML503: an NFS mount that gives up, on a volume or a class of the photos."""
    if not _is_nfs(target) or not _serves_photos(target, context.stack):
        return
    for index, field in _options(target):
        words = (field.text or "").split(",")
        if "soft" not in words or field.place is None:
            continue
        value = ",".join("hard" if word == "soft" else word for word in words)
        made = target.object.manifest.kind == "StorageClass"
        yield Claim(
            f"The {target.object.manifest.kind} {target.name} mounts Immich's photos with `soft`: when the NFS server "
            "does not answer in time, a write fails in the middle, and what was uploaded is cut off without a word. "
            "With `hard`, the default, it waits.",
            field.place,
            change=Change(
                "mount it `hard`",
                Safety.SAFE,
                (target.effect(*_route(target), index, value=value),),
                after="Volumes that exist keep their options: change them in the PersistentVolumes too."
                if made
                else "",
            ),
        )
        return


def _route(target: View) -> tuple[str, ...]:
    return ("mountOptions",) if target.object.manifest.kind == "StorageClass" else ("spec", "mountOptions")


def _options(target: View) -> Iterator[tuple[int, Field]]:
    tree = target.field(*_route(target)).tree
    for index in range(len(tree.items)) if isinstance(tree, Seq) else ():
        yield index, target.field(*_route(target), index)


def _is_nfs(target: View) -> bool:
    driver = target.field("provisioner").text or target.field("spec", "csi", "driver").text or ""
    return target.field("spec", _NFS).known or (_NFS in driver and kind_of_provisioner(driver) == NETWORK)


def _serves_photos(target: View, stack: Stack) -> bool:
    if target.object.manifest.kind != "StorageClass":
        return _is_bound_to(target, _media_claims(stack), stack)
    claims = (claim_of(mount, container, stack) for container, mount in _media_mounts(stack))
    return any(claim is not None and claim.field("spec", "storageClassName").text == target.name for claim in claims)


def read_only(container: Container, context: Context) -> Iterator[Claim]:
    """IML504: a server cannot write where its photos are."""
    for mount in _unwritable(container):
        own = mount.view.field("readOnly")
        source = mount.volume.view.field("readOnly") if mount.volume is not None else own
        field = own if own.value is True else source
        view = mount.view if field is own else mount.volume.view if mount.volume is not None else mount.view
        yield Claim(
            f"{container.subject} mounts its media location read-only (`{mount.path}`): the server checks at its start "
            "that it can write there, and stops; uploads, thumbnails and transcoded videos need it.",
            field.place or mount.place,
            related=(Related(mount.place, "the mount"),),
            change=Change("mount it writable", Safety.SAFE, (view.effect("readOnly", value=REMOVED),)),
        )


def _unwritable(container: Container) -> Iterator[Mount]:
    """The read-only mounts at the media location, and of the folders in it that Immich writes."""
    names = load("immich_server")["media_folders"]["names"]
    for location in Server(container).media_locations:
        folders = [posixpath.join(location, name) for name in names]
        mounts = {mount.path: mount for mount in container.mounts}
        root = container.mount_of(location)
        above = root if root is not None and root.path != "/" else None
        inside = [mounts[folder] for folder in folders if folder in mounts]
        if above is None and not inside:
            continue
        if above is not None and _is_read_only(above) and len(inside) < len(folders):
            yield above
        yield from (mount for mount in inside if _is_read_only(mount))
        return


def _is_read_only(mount: Mount) -> bool:
    return mount.read_only or (mount.volume is not None and mount.volume.view.field("readOnly").value is True)


def library_writable(container: Container, context: Context) -> Iterator[Claim]:
    """IML505: other folders of photos, which Immich only has to read, are writable."""
    locations = Server(container).media_locations
    media = {_key(mount) for mount in Server(container).media_mounts}
    found = [
        mount
        for mount in container.mounts
        if _is_library(mount) and not _is_read_only(mount) and locations and _key(mount) not in media
    ]
    if not found:
        return
    effects: tuple[Effect, ...] = tuple(mount.view.effect("readOnly", value=True) for mount in found)
    paths = ", ".join(f"`{mount.path}`" for mount in found)
    yield Claim(
        f"{container.subject} mounts {paths} writable, outside of its media location. An external library only has to "
        "be read: with `readOnly: true` no mistake, in Immich or of a user who empties the bin, reaches the originals.",
        found[0].place,
        related=tuple(Related(mount.place, "this too") for mount in found[1:]),
        change=Change(
            "mount it read-only",
            Safety.UNSAFE,
            effects,
            after="Immich can then neither delete these photos nor write XMP files beside them.",
        ),
    )


def _is_library(mount: Mount) -> bool:
    own = load("immich_server")["own_folders"]
    known = mount.volume is not None and mount.volume.kind in _PERSISTENT and mount.path != "/"
    names = f"{mount.path} {mount.volume.name if mount.volume is not None else ''}".lower()
    inside = any(within(mount.path, path) for path in (*own["paths"], "/data"))
    return known and mount.writable and not inside and not any(word in names for word in own["words"])


def _key(mount: Mount) -> str:
    return mount.volume.name if mount.volume is not None else ""
