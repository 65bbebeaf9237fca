"""Where the photos lie: the volumes at the server's media location."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from immichlint.named_tuple import NamedTuple
from immichlint.stack.container import Container, Mount, Volume
from immichlint.stack.image import SERVER
from immichlint.stack.stack import Stack
from immichlint.stack.storage import BLOCK, LOCAL, Claimed, claim_of, kind_of_class, kind_of_provisioner
from immichlint.stack.view import View
from immichlint.trees.tree import Hole, Leaf
from immichlint.yamltree.place import Place

if TYPE_CHECKING:
    from immichlint.stack.protection import Protector

_LOCATIONS: Final = ("/data", "/usr/src/app/upload")
"""I§2.2: where a version that is not known may keep its media."""
PHOTOS: Final = ("library", "upload")
"""The folders of the media location that hold what people have uploaded (I§2.2)."""
DUMPS: Final = ("backups",)
"""The folder of Immich's own dumps of its database."""
_ELSEWHERE: Final = ("nfs", "hostPath", "cephfs", "csi", "iscsi", "rbd")
"""Kinds of volumes that something outside of the cluster may back up."""


class Library(NamedTuple):
    """A volume with photos. `place`: where it is named. `claim`: where it is a claim, else None. `inside`: whether
    it is certain that it lies on the cluster's own disks; a NAS may back up any other one."""

    what: str
    place: Place
    container: Container
    claim: Claimed | None
    inside: bool
    share: tuple[str, ...] = ()
    """Server, path and namespace of an NFS volume; empty for others."""
    folder: tuple[str, str] | None = None
    """The server, empty for the nodes, and the path of an NFS or hostPath volume; None for others, and where they are
    not known."""

    def protector(self, stack: Stack) -> Protector | None:
        """What protects it, or may do so."""
        from immichlint.stack.protection import copier_of, protector_of

        if self.claim is not None:
            return protector_of(self.claim, stack)
        return copier_of(*self.folder, stack) if self.folder is not None else None


def sharing(library: Library, stack: Stack) -> list[Library]:
    """The libraries on the same share of the workloads that may be applied beside a stack: split workers, say."""
    if not library.share:
        return []
    return [found for other in stack.others for found in libraries(other) if found.share == library.share]


def libraries(stack: Stack, folders: Iterable[str] = PHOTOS) -> Iterator[Library]:
    """The volumes that some folders of the media location of a stack's servers lie in, each once."""
    seen: set[tuple[str | None, ...]] = set()
    for server in stack.components(SERVER):
        for mount in _media(server, folders):
            found = _library(mount, server, stack)
            if found is None or mount.volume is None:
                continue
            source = mount.volume.view
            named = (source.field(key).text for key in ("claimName", "server", "path"))
            identity = (mount.volume.kind, server.namespace, *named)
            if identity not in seen:
                seen.add(identity)
                yield found


def _media(server: Container, folders: Iterable[str]) -> Iterator[Mount]:
    location = server.variable("IMMICH_MEDIA_LOCATION")
    if location.unknown:
        return
    paths = (location.text,) if location.text else _LOCATIONS
    path = next((path for path in paths if server.mount_of(path) is not None), None)
    for folder in folders if path is not None else ():
        mount = server.mount_of(f"{path}/{folder}")
        if mount is not None and mount.volume is not None:
            yield mount


def _library(mount: Mount, server: Container, stack: Stack) -> Library | None:
    volume = mount.volume
    if volume is None:
        return None
    if volume.kind == "persistentVolumeClaim":
        view = claim_of(mount, server, stack)
        name = volume.view.field("claimName")
        text = name.text or (view.name if view is not None and view.route == () else "")
        if not text:
            return None
        storage = view.field("spec", "storageClassName").text or "" if view is not None else ""
        claim = Claimed(server.namespace, text, view, storage)
        place = view.object.name_place if view is not None else name.place or server.name_place
        return Library(f"the claim {text}", place, server, claim, _is_inside(view, storage, stack))
    if volume.kind in _ELSEWHERE:
        what = f"the {volume.kind} volume {volume.name}"
        share = _share(volume.view, server.namespace) if volume.kind == "nfs" else ()
        folder = _folder(volume)
        return Library(what, volume.view.nearest(""), server, None, inside=False, share=share, folder=folder)
    return None


def _folder(volume: Volume) -> tuple[str, str] | None:
    path = volume.view.field("path").text
    server = volume.view.field("server").text if volume.kind == "nfs" else ""
    return (server, path) if path and server is not None and volume.kind in ("nfs", "hostPath") else None


def _share(volume: View, namespace: str) -> tuple[str, ...]:
    """A part that a substitution leaves open is taken as it is written."""
    said = [field.tree.value for key in ("server", "path") if isinstance((field := volume.field(key)).tree, Leaf)]
    texts = [item.text if isinstance(item, Hole) else str(item) for item in said]
    return (*texts, namespace) if len(texts) == 2 else ()


def _is_inside(view: View | None, storage: str, stack: Stack) -> bool:
    """Whether a claim's volume is known to lie on the cluster's disks: by its class, or by the driver of the volume
    that it is bound to by hand."""
    if view is None:
        return False
    bound = view.field("spec", "volumeName")
    if bound.absent:
        return kind_of_class(storage, stack) in (BLOCK, LOCAL)
    volume = stack.find("PersistentVolume", "", "", bound.text) if bound.text else None
    driver = View(volume).field("spec", "csi", "driver").text if volume is not None else None
    return kind_of_provisioner(driver or "") in (BLOCK, LOCAL)
