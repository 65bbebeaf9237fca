"""The check of what Immich's containers have of their node."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from immichlint.facts import load
from immichlint.findings.finding import Related, Severity
from immichlint.rules.model import Claim, Context, Profile
from immichlint.stack.container import Container, Mount, within
from immichlint.stack.stack import Stack
from immichlint.yamltree.place import Place


def host_access(container: Container, context: Context) -> Iterator[Claim]:
    """IML704: what gives a container the node, or more of it than acceleration needs."""
    facts = load("host_access")
    first = _first_of_pod(container, context.stack)
    found = [*_options(container, facts, pod=first), *_folders(container, facts)]
    if found:
        said = "; ".join(says for says, _ in found)
        card = " For a graphics card a device plugin, or the device with `supplementalGroups`, is enough."
        yield Claim(
            f"{container.subject} gets the node's own: {said}. Who breaks into Immich has the node then."
            f"{card if container.field('securityContext', 'privileged').value is True else ''}",
            found[0][1],
            related=tuple(Related(place, "this too") for _, place in found[1:]),
            no_fix="what needs it has to be given another way first",
        )
    photos = [mount for mount in _host_mounts(container) if _kind(mount, facts) == ""]
    if photos:
        paths = ", ".join(f"`{_host_path(mount)}`" for mount in photos)
        yield Claim(
            f"{container.subject} mounts a folder of its node ({paths}): it finds its files on that node only, and Pod "
            "Security forbids it in all levels but `privileged`. A claim, or a `local` volume, says where they lie.",
            _place(photos[0]),
            severity=Severity.INFO,
            related=tuple(Related(_place(mount), "this too") for mount in photos[1:]),
            profile=Profile.STRICT,
            no_fix="the files have to stay where they are, below a volume of another kind",
        )


def _first_of_pod(container: Container, stack: Stack) -> bool:
    """Whether it is the first of Immich's containers in its pod, which speaks for the pod's own options."""
    return next(item for item in stack.parts if item.object is container.object) is container


def _options(container: Container, facts: dict[str, Any], *, pod: bool) -> Iterator[tuple[str, Place]]:
    field = container.field("securityContext", "privileged")
    variant = container.image.accelerator if container.image is not None else ""
    if field.value is True and field.place is not None and variant not in facts["privileged_variants"]:
        yield "`privileged: true`, which is root on the node with all devices", field.place
    for option, what in (("hostNetwork", "network"), ("hostPID", "processes"), ("hostIPC", "shared memory")):
        field = container.pod.field(option)
        if pod and field.value is True and field.place is not None:
            yield f"`{option}: true`, the node's {what}", field.place


def _folders(container: Container, facts: dict[str, Any]) -> Iterator[tuple[str, Place]]:
    for mount in _host_mounts(container):
        if _kind(mount, facts) == "system":
            how = "" if mount.read_only else ", writable"
            yield f"the folder `{_host_path(mount)}`{how}", _place(mount)


def _host_mounts(container: Container) -> list[Mount]:
    return [mount for mount in container.mounts if _host_path(mount)]


def _host_path(mount: Mount) -> str:
    """The node's folder below a mount, empty where it is not known or no hostPath."""
    if mount.volume is None or mount.volume.kind != "hostPath":
        return ""
    path = mount.volume.view.field("path").text or ""
    return path.rstrip("/") or path


def _place(mount: Mount) -> Place:
    """Where the node's folder is written."""
    path = mount.volume.view.field("path").place if mount.volume is not None else None
    return path or mount.place


def _kind(mount: Mount, facts: dict[str, Any]) -> str:
    """`system` for a folder of the node's own, `harmless` for what every pod may read, else empty."""
    path = _host_path(mount)
    if path in facts["whole"]:
        return "system"
    if within(path, "/dev") or any(within(path, item) for item in facts["harmless"]):
        return "harmless"
    return "system" if any(within(path, item) for item in facts["system"]) else ""
