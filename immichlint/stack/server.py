"""An Immich server's container: its version, the workers in it, its port, and where it keeps the photos (I§2)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from immichlint.facts import load
from immichlint.stack.container import Container, Mount, within
from immichlint.stack.image import Version
from immichlint.stack.variables import Variable
from immichlint.stack.version_facts import media_locations, server_port, worker_names
from immichlint.text.whole import whole
from immichlint.trees.field import Field
from immichlint.trees.tree import Hole, Leaf, Seq

API = "api"
MICROSERVICES = "microservices"
MEDIA_LOCATION = "IMMICH_MEDIA_LOCATION"


class Server:
    """A view of a server's container. `version`: None where it is not known exactly."""

    __slots__ = ("container", "version")

    def __init__(self, container: Container) -> None:
        self.container = container
        image = container.image
        self.version: Version | None = image.version if image is not None else None

    @property
    def workers(self) -> frozenset[str] | None:
        """The workers that run in it; None where that is not known. Names that are none count as they stand."""
        included = _listed(self.container.variable("IMMICH_WORKERS_INCLUDE"))
        excluded = _listed(self.container.variable("IMMICH_WORKERS_EXCLUDE"))
        if included is None or excluded is None or not self.starts_itself:
            return None
        return frozenset(included or worker_names()) - excluded

    @property
    def serves(self) -> bool | None:
        """Whether it answers requests, which the worker `api` does; None where that is not known."""
        workers = self.workers
        return API in workers if workers is not None else None

    @property
    def starts_itself(self) -> bool:
        """Whether the image's own start script certainly runs, without a word."""
        return self.container.field("command").absent and self.container.field("args").absent

    @property
    def port(self) -> int | None:
        """The port that it listens on; None where that is not known."""
        variable = self.container.variable("IMMICH_PORT")
        if variable.known and variable.text:
            return whole(variable.text)
        if variable.unknown or self.version is None:
            return None
        return server_port(self.version)

    @property
    def media_locations(self) -> tuple[str, ...]:
        """Where the photos may be, in the order in which they are looked for; several where that depends on what
        is mounted or on a version that is not known, none where nothing is known."""
        variable = self.container.variable(MEDIA_LOCATION)
        if variable.known and variable.text:
            return (variable.text,)
        return () if variable.unknown else media_locations(self.version)

    @property
    def mounts_known(self) -> bool:
        """Whether all mounts, and where they are, are known."""
        field = self.container.field("volumeMounts").tree
        count = len(field.items) if isinstance(field, Seq) else 0
        return self.container.volumes_known and len(self.container.mounts) == count

    @property
    def media_mounts(self) -> tuple[Mount, ...]:
        """The mounts that hold photos: those that a media location lies in, and those below one."""
        found: dict[str, Mount] = {}
        for location in self.media_locations:
            above = self.container.mount_of(location)
            if above is not None:
                found[above.path] = above
            found.update({mount.path: mount for mount in self.container.mounts if within(mount.path, location)})
        return tuple(found.values())

    @property
    def kept_mounts(self) -> tuple[Mount, ...]:
        """The mounts that hold photos, without those of folders of which Immich makes all anew from the originals."""
        made_again = load("immich_server")["media_folders"]["made_again"]
        again = {posixpath.join(location, name) for location in self.media_locations for name in made_again}
        return tuple(mount for mount in self.media_mounts if mount.path not in again)


def _listed(variable: Variable) -> frozenset[str] | None:
    """The words of a variable; None where it is not known."""
    if variable.unknown or "$(" in variable.text:
        return None
    return frozenset(word for word in "".join(variable.text.split()).split(",") if word)


def words(container: Container) -> tuple[str, ...] | None:
    """The words of a container's command and arguments; None where they are not all known, empty where it has none."""
    found: list[str] = []
    for name in ("command", "args"):
        field = container.field(name)
        if field.unknown:
            return None
        for text in _texts(field):
            if text is None:
                return None
            found += text.split()
    return tuple(found)


def _texts(field: Field) -> Iterator[str | None]:
    tree = field.tree
    if isinstance(tree, Seq):
        if tree.open:
            yield None
        for item in tree.items:
            known = isinstance(item, Leaf) and not isinstance(item.value, Hole)
            yield str(item.value) if known and isinstance(item, Leaf) else None


def is_long_running(container: Container) -> bool:
    """Whether a container is one of a service, and not of a job that ends."""
    return container.object.manifest.kind not in ("Job", "CronJob")
