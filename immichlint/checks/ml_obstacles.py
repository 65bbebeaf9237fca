"""What stands between machine learning and a user other than root, besides its variables."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from immichlint.checks.ml_identity import Identity
from immichlint.facts import load
from immichlint.stack.container import Container, Mount, within
from immichlint.stack.stack import Stack
from immichlint.stack.storage import NETWORK, claim_of, honours_fs_group, kind_of_class
from immichlint.stack.view import View
from immichlint.trees.tree import Map, Seq

_NO_DATA: Final = ("emptyDir", "configMap", "secret", "projected", "downwardAPI", "ephemeral")
_DIRECTORIES: Final = ("nfs", "hostPath", "local")


def obstacles(container: Container, cache: Mount | None, user: int) -> Iterator[str]:
    """What a person has to see to before the container can run without root; nothing where it can at once."""
    if not alone(container):
        yield f"It shares its pod, so only this container runs as user {user}."
    if has_device(container):
        render = " (for `/dev/dri`: the id of the node's `render` group in `supplementalGroups`)"
        yield f"See that user {user} can open its device{render if _has_render_device(container) else ''}."
    if _is_privileged(container):
        yield "See whether it still needs its privileges and capabilities."
    if not container.field("command").absent or not container.field("args").absent:
        yield "See that its own command needs no root."
    if not container.volumes_known or any(_holds_data(mount, cache) for mount in container.mounts):
        yield f"See that user {user} can read what else is mounted."


def alone(container: Container) -> bool:
    """Whether it is certainly the only container of its pod."""
    count = 0
    for section in ("containers", "initContainers"):
        tree = container.pod.field(section)
        count += len(tree.tree.items) if isinstance(tree.tree, Seq) else 0
        if tree.unknown or (isinstance(tree.tree, Seq) and tree.tree.open):
            return False
    return count == 1


def has_device(container: Container) -> bool:
    """Whether the container has, or may have, a device of its node."""
    image = container.image
    if image is not None and image.accelerator:
        return True
    if not container.pod.field("runtimeClassName").absent or not container.pod.field("resourceClaims").absent:
        return True
    if not container.field("resources", "claims").absent or any("/" in name for name in _resources(container)):
        return True
    return any(
        within(mount.path, "/dev") or _host_device(mount) for mount in container.mounts if mount.path != "/dev/shm"
    )


def _has_render_device(container: Container) -> bool:
    """Whether `/dev/dri` is in the container: mounted, or brought by a device plugin that is known to."""
    patterns = load("machine_learning")["render_resources"]
    if any(fnmatchcase(name, pattern) for name in _resources(container) for pattern in patterns):
        return True
    return any(within(mount.path, "/dev/dri") or _host_path(mount).startswith("/dev/dri") for mount in container.mounts)


def _resources(container: Container) -> Iterator[str]:
    for section in ("limits", "requests"):
        tree = container.field("resources", section).tree
        yield from tree.items if isinstance(tree, Map) else ()


def _host_path(mount: Mount) -> str:
    """The node's path below a mount; empty where it is not known or no hostPath."""
    return (mount.volume.view.field("path").text or "") if _is_host(mount) and mount.volume is not None else ""


def _is_host(mount: Mount) -> bool:
    return mount.volume is not None and mount.volume.kind == "hostPath"


def _host_device(mount: Mount) -> bool:
    return _is_host(mount) and within(_host_path(mount) or "/dev", "/dev")


def _is_privileged(container: Container) -> bool:
    privileged = container.field("securityContext", "privileged")
    added = container.field("securityContext", "capabilities", "add")
    return (not privileged.absent and privileged.value is not False) or not added.absent


def _holds_data(mount: Mount, cache: Mount | None) -> bool:
    """Whether a mount may hold a library or other files of a user."""
    if cache is not None and (mount.path == cache.path or _same(mount, cache)):
        return False
    if mount.volume is None:
        return True
    return mount.volume.kind not in _NO_DATA and not within(_host_path(mount), "/dev")


def _same(mount: Mount, cache: Mount) -> bool:
    return mount.volume is not None and cache.volume is not None and mount.volume.name == cache.volume.name


def chown(cache: Mount, container: Container, stack: Stack, who: Identity, *, regrouped: bool) -> str:
    """What has to be done about the owner of the cache before; empty where the user can write what is there.

    `regrouped`: whether the change gives the pod another fsGroup.
    """
    volume = cache.volume
    if volume is not None and volume.kind in ("emptyDir", "ephemeral"):
        return ""
    claim = claim_of(cache, container, stack)
    if claim is not None and honours_fs_group(claim, stack) and (regrouped or _regrouped_always(container)):
        return ""
    owner = f"{who.uid}:{who.gid}"
    if volume is not None and volume.kind in _DIRECTORIES:
        at = "the node" if volume.kind == "hostPath" else "the NFS server"
        folder = volume.view.field("path").text
        if folder is not None:
            folder = posixpath.normpath(posixpath.join(folder, cache.view.field("subPath").text or ""))
        named = f" `{folder}`" if folder else ""
        return (
            f"Before this is applied, chown the directory{named} on {at} (`chown -R {owner} {folder or '…'}`): wiping "
            "it is not enough, and afterwards the container cannot chown it."
        )
    folders = " ".join(mount.path for mount in container.mounts if mount.path == cache.path or _same(mount, cache))
    command = f"`chown -R {owner} {folders}`"
    if claim is not None and _is_directory(claim, stack):
        return (
            f"Before this is applied, chown the cache and its directory as root ({command}): wiping it is not enough, "
            "and afterwards the container cannot chown it."
        )
    return (
        f"Before this is applied, chown the cache as root ({command}), or wipe it: what root wrote there stays "
        "root's, and afterwards the container cannot chown it."
    )


def _regrouped_always(container: Container) -> bool:
    """Whether the kubelet gives all files to the pod's fsGroup at every start, those that root wrote included."""
    policy = container.pod.field("securityContext", "fsGroupChangePolicy")
    group = container.pod.field("securityContext", "fsGroup")
    return group.known and (policy.absent or policy.text == "Always")


def _is_directory(claim: View, stack: Stack) -> bool:
    """Whether a claim is known to be a directory of a server or a node that has an owner of its own."""
    name = claim.field("spec", "volumeName").text
    bound = stack.find("PersistentVolume", "", "", name) if name else None
    if bound is not None:
        return any(View(bound).field("spec", kind).known for kind in _DIRECTORIES)
    return kind_of_class(claim.field("spec", "storageClassName").text or "", stack) == NETWORK
