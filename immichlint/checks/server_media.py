"""Checks of where the server keeps the photos (I§2.2)."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.findings.finding import Related, Severity
from immichlint.rules.model import Claim, Context
from immichlint.stack.completion import may_be_completed
from immichlint.stack.container import Container, Mount, within
from immichlint.stack.server import MEDIA_LOCATION, Server, is_long_running, words
from immichlint.stack.version_facts import media_locations, relative_media_refused
from immichlint.yamltree.place import Place

_EPHEMERAL = ("emptyDir", "ephemeral")


def not_mounted(container: Container, context: Context) -> Iterator[Claim]:
    """IML304: no volume is mounted where the server keeps its photos."""
    server = Server(container)
    locations = server.media_locations
    if not _is_judged(server) or not locations or not server.mounts_known:
        return
    if may_be_completed(container.object, context.stack):
        return
    if server.media_mounts or not all(location.startswith("/") for location in locations):
        return
    variable = container.variable(MEDIA_LOCATION)
    other = _at_another(container, server)
    keeps = f"`{locations[0]}`" if len(locations) == 1 else " or ".join(f"`{location}`" for location in locations)
    who = f"Immich {server.version}" if server.version is not None else "Immich"
    why = f" (`{MEDIA_LOCATION}`)" if variable.is_set else ""
    mounted = f" What is mounted at `{other.path}` is not where this version looks." if other is not None else ""
    yield Claim(
        f"{who} keeps its photos in {keeps}{why}, and no volume of {container.label} is mounted there: they lie in the "
        f"container's own layer and are gone with the pod.{mounted}",
        variable.place if variable.is_set and variable.place is not None else container.name_place,
        related=(Related(_place(other), f"mounted at {other.path}"),) if other is not None else (),
        no_fix=f"Mount the volume with the photos at {keeps}.",
    )


def _is_judged(server: Server) -> bool:
    """Whether it is a server that runs: no job, and no command of its own that may be something else."""
    own = words(server.container)
    starts = own is not None and (not own or any("start" in word for word in own))
    return is_long_running(server.container) and starts


def _at_another(container: Container, server: Server) -> Mount | None:
    """The mount at a media location of another version."""
    others = [path for path in media_locations(None) if path not in server.media_locations]
    return next((mount for mount in container.mounts if mount.path in others), None)


def ephemeral(container: Container, context: Context) -> Iterator[Claim]:
    """IML305: the photos are in a volume that goes with the pod."""
    server = Server(container)
    if not _is_judged(server) or not server.mounts_known or may_be_completed(container.object, context.stack):
        return
    for location in server.media_locations:
        mount = container.mount_of(location)
        if mount is None or mount.volume is None or mount.volume.kind not in _EPHEMERAL:
            continue
        below = [item for item in server.media_mounts if item.path != mount.path and within(item.path, mount.path)]
        if any(item.persistent for item in below) or _is_elsewhere(server, location):
            continue
        kind = mount.volume.kind
        what = "an emptyDir" if kind == "emptyDir" else "a generic ephemeral volume"
        yield Claim(
            f"The photos of {container.label} are in {what} at `{mount.path}`: everything that was uploaded is deleted "
            "when the pod goes to another node, is replaced or evicted.",
            mount.volume.view.nearest(kind),
            related=(Related(_place(mount), "the mount"),),
            no_fix="Use a PersistentVolumeClaim that is backed up.",
        )
        return


def _place(mount: Mount) -> Place:
    return mount.view.field("mountPath").place or mount.view.nearest("mountPath")


def _is_elsewhere(server: Server, location: str) -> bool:
    """Whether another location is mounted, so that this one need not be the one that is used."""
    others = (other for other in server.media_locations if other != location)
    return any(server.container.mount_of(other) is not None for other in others)


def ambiguous(container: Container, context: Context) -> Iterator[Claim]:
    """IML317: which of two media locations is used depends on what is mounted, or the location is relative."""
    server = Server(container)
    variable = container.variable(MEDIA_LOCATION)
    if not is_long_running(container) or server.version is None:
        return
    if variable.known and variable.text and not variable.text.startswith(("/", "$(")):
        if relative_media_refused(server.version) and variable.place is not None:
            yield Claim(
                f"`{MEDIA_LOCATION}` is `{variable.text}`, which is no absolute path: Immich {server.version} refuses "
                "it and does not start. Write the whole path; `./upload` was `/usr/src/app/upload`.",
                variable.place,
                severity=Severity.ERROR,
                no_fix="Write the whole path to where the photos are.",
            )
        return
    locations = server.media_locations
    mounts = {mount.path: mount for mount in container.mounts if mount.path in locations}
    if variable.absent and len(locations) > 1 and len(mounts) == len(locations):
        used, other = mounts[locations[0]], mounts[locations[1]]
        yield Claim(
            f"Volumes are mounted at `{used.path}` and at `{other.path}` in {container.label}, and nothing says where "
            f"the photos are: Immich {server.version} takes `{used.path}` then, whatever is in `{other.path}`. Set "
            f"`{MEDIA_LOCATION}` to the one that is meant.",
            _place(used),
            related=(Related(_place(other), "the other location"),),
            no_fix=f"`{MEDIA_LOCATION}` has to name the place where the photos are now.",
        )
