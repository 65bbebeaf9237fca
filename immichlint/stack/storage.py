"""Storage: what kind of volume a claim is, as far as classes tell."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final

from immichlint.facts import load
from immichlint.named_tuple import NamedTuple
from immichlint.stack.container import Container, Mount
from immichlint.stack.stack import Stack
from immichlint.stack.view import View
from immichlint.trees.tree import Leaf, Seq

BLOCK: Final = "block"
LOCAL: Final = "local"
NETWORK: Final = "network"
STORAGE: Final = "storage.k8s.io"
"""The API group of storage classes."""


class Claimed(NamedTuple):
    """A PersistentVolumeClaim to be protected. `view`: None where it is not in the repository. `storage_class`:
    empty where it is not known. A `name` that ends in `-` stands for all that begin with it."""

    namespace: str
    name: str
    view: View | None = None
    storage_class: str = ""


def kind_of_class(name: str, stack: Stack) -> str:
    """What a storage class gives: `block` (attaches to one node, honours fsGroup), `local` (lies on a node),
    `network` (NFS, SMB, CephFS); empty where that is not known. A StorageClass of the stack says more than its
    name."""
    facts = load("storage_classes")
    found = stack.find("StorageClass", STORAGE, "", name)
    if found is not None:
        return kind_of_provisioner(View(found).field("provisioner").text or "")
    return _match(facts["names"], name)


def kind_of_provisioner(provisioner: str) -> str:
    """What a provisioner's classes give, as `kind_of_class`."""
    return _match(load("storage_classes")["provisioners"], provisioner)


def _match(rows: dict[str, str], name: str) -> str:
    likely = ((glob, kind) for glob, kind in rows.items() if all(part in name for part in glob.split("*")))
    return next((kind for glob, kind in likely if fnmatchcase(name, glob)), "")


def claim_of(mount: Mount, container: Container, stack: Stack) -> View | None:
    """The PersistentVolumeClaim below a mount, or the template it is made of; None where it is no claim or the
    claim is not in the repository."""
    volume = mount.volume
    if volume is None or volume.kind != "persistentVolumeClaim":
        return None
    if volume.view.route[:2] == ("spec", "volumeClaimTemplates"):
        return volume.view
    name = volume.view.field("claimName").text
    found = stack.find("PersistentVolumeClaim", "", container.namespace, name) if name else None
    return View(found) if found is not None else None


def honours_fs_group(claim: View, stack: Stack) -> bool:
    """Whether it is known that the kubelet gives a claim's files to the pod's fsGroup: it is ReadWriteOnce, on a
    block class, and not bound by hand to a volume that may be anything."""
    modes = claim.field("spec", "accessModes").tree
    once = isinstance(modes, Seq) and [item.value for item in modes.items if isinstance(item, Leaf)] in (
        ["ReadWriteOnce"],
        ["ReadWriteOncePod"],
    )
    name = claim.field("spec", "storageClassName").text
    return bool(
        once
        and name
        and claim.field("spec", "volumeName").absent
        and claim.field("spec", "volumeMode").text in (None, "Filesystem")
        and kind_of_class(name, stack) == BLOCK
    )
