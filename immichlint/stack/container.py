"""Containers as they run: image, variables, users and mounts."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Final

from immichlint.lenses.effective import Effective
from immichlint.named_tuple import NamedTuple
from immichlint.stack.image import Image, parse_image
from immichlint.stack.variables import Variable, Variables
from immichlint.stack.view import View
from immichlint.trees.field import Field
from immichlint.trees.pieces import part
from immichlint.trees.tree import Hole, Leaf, Map, Seq, get
from immichlint.yamltree.lookup import Route
from immichlint.yamltree.place import Place

_VOLUME_KINDS: Final = (
    "emptyDir",
    "persistentVolumeClaim",
    "hostPath",
    "nfs",
    "configMap",
    "secret",
    "projected",
    "downwardAPI",
    "csi",
    "ephemeral",
    "image",
    "iscsi",
    "cephfs",
    "rbd",
)


class Volume(NamedTuple):
    """A volume of a pod. `kind`: the key of its source, empty where it is not known. `view`: of the source."""

    name: str
    kind: str
    view: View


class Mount(NamedTuple):
    """A mount of a container. `volume` is None where the pod has none of that name (that is known)."""

    path: str
    read_only: bool
    volume: Volume | None
    view: View

    @property
    def writable(self) -> bool:
        """Whether the container can write there at all, file owners aside."""
        kind = self.volume.kind if self.volume is not None else ""
        return not self.read_only and kind not in ("configMap", "secret", "projected", "downwardAPI", "image")

    @property
    def place(self) -> Place:
        """Where its path is written."""
        return self.view.field("mountPath").place or self.view.nearest("mountPath")

    @property
    def persistent(self) -> bool:
        """Whether what is written there outlives the pod."""
        kind = self.volume.kind if self.volume is not None else ""
        return kind not in ("emptyDir", "ephemeral", "configMap", "secret", "projected", "downwardAPI", "image")


class Container(View):
    """A container, an init container or a native sidecar of a workload's pod."""

    def __init__(
        self, effective: Effective, route: Route, pod: View, variables: Callable[[Container], Variables]
    ) -> None:
        super().__init__(effective, route)
        self.pod = pod
        self.section = str(route[-2])
        self._variables = variables

    @property
    def container_name(self) -> str:
        """The container's name."""
        return self.field("name").text or ""

    @cached_property
    def runs_on(self) -> bool:
        """Whether it runs as long as the pod: a container, or an init container that restarts always."""
        return self.section == "containers" or self.field("restartPolicy").text == "Always"

    @cached_property
    def image(self) -> Image | None:
        """The image; None where it is unknown. A tag that is not known is `?`."""
        node = self.field("image").tree
        if not isinstance(node, Leaf):
            return None
        if isinstance(node.value, Hole):
            image = parse_image(node.value.text)
            return image._replace(tag="?") if image.component else None
        return parse_image(node.value) if isinstance(node.value, str) else None

    @property
    def tag_place(self) -> Place | None:
        """Where the image's tag is written; None where that is no part of a file."""
        image, leaf = self.image, self.field("image").tree
        if image is None or not isinstance(leaf, Leaf):
            return None
        start = len(image.repository) + 1
        return part(leaf, start, start + len(image.tag))

    @property
    def repository_place(self) -> Place:
        """Where the image's repository is written; the container's name where that is no part of a file."""
        image, leaf = self.image, self.field("image").tree
        found = part(leaf, 0, len(image.repository)) if image is not None and isinstance(leaf, Leaf) else None
        return found or self.name_place

    @cached_property
    def component(self) -> str:
        """Which part of the stack it is; empty for others."""
        image = self.image
        return image.component if image is not None else ""

    def shares_pod(self, other: Container) -> bool:
        """Whether another container is one of the same pod, or this one."""
        return (self.object.key, self.pod.route) == (other.object.key, other.pod.route)

    @cached_property
    def variables(self) -> Variables:
        """The container's variables: `env` over `envFrom`."""
        return self._variables(self)

    def variable(self, name: str) -> Variable:
        """What is known of a variable."""
        return self.variables.get(name)

    def security(self, option: str) -> Field:
        """An option of the securityContext: the container's, else the pod's."""
        own = self.field("securityContext", option)
        return self.pod.field("securityContext", option) if own.absent else own

    @cached_property
    def volumes(self) -> list[Volume]:
        """The volumes of the pod."""
        return list(_volumes(self.pod))

    @property
    def volumes_known(self) -> bool:
        """Whether all volumes and mounts are known."""
        for view, name in ((self.pod, "volumes"), (self, "volumeMounts")):
            field = view.field(name)
            if field.unknown or (isinstance(field.tree, Seq) and field.tree.open):
                return False
        return not (isinstance(get(self.tree, self.pod.route), Map) and self.pod.field("volumes").unknown)

    @cached_property
    def mounts(self) -> list[Mount]:
        """The mounts, in order."""
        by_name = {volume.name: volume for volume in self.volumes}
        by_name.update({name: volume for name, volume in _templates(self).items() if name not in by_name})
        found: list[Mount] = []
        field = self.field("volumeMounts").tree
        for index in range(len(field.items)) if isinstance(field, Seq) else ():
            view = View(self.object, (*self.route, "volumeMounts", index))
            path = view.field("mountPath").text
            if path is not None:
                name = view.field("name").text or ""
                read_only = view.field("readOnly").value is True
                found.append(Mount(posixpath.normpath(path), read_only, by_name.get(name), view))
        return found

    def mount_of(self, path: str) -> Mount | None:
        """The mount that a path lies in: the one with the longest path."""
        path = posixpath.normpath(path)
        above = [mount for mount in self.mounts if within(path, mount.path)]
        return max(above, key=lambda mount: len(mount.path), default=None)

    @property
    def name_place(self) -> Place:
        """Where to point when the container lacks something: its name."""
        return self.field("name").place or self.object.name_place

    @property
    def label(self) -> str:
        """How a message names it."""
        return f"the container {self.container_name} of {self.object.manifest.kind} {self.name}"

    @property
    def subject(self) -> str:
        """How a sentence begins with it."""
        return f"T{self.label[1:]}"


def within(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies below it."""
    return path == folder or folder == "/" or path.startswith(f"{folder}/")


def _volumes(pod: View) -> Iterator[Volume]:
    field = pod.field("volumes").tree
    for index, item in enumerate(field.items if isinstance(field, Seq) else ()):
        view = View(pod.object, (*pod.route, "volumes", index))
        kind = next((key for key in _VOLUME_KINDS if isinstance(item, Map) and key in item.items), "")
        source = View(pod.object, (*view.route, kind)) if kind else view
        yield Volume(view.field("name").text or "", kind, source)


def _templates(container: Container) -> dict[str, Volume]:
    """The volumes that a StatefulSet's volumeClaimTemplates give."""
    field = View(container.object).field("spec", "volumeClaimTemplates").tree
    found: dict[str, Volume] = {}
    for index in range(len(field.items)) if isinstance(field, Seq) else ():
        view = View(container.object, ("spec", "volumeClaimTemplates", index))
        name = view.field("metadata", "name").text or ""
        found[name] = Volume(name, "persistentVolumeClaim", view)
    return found
