"""The check that the variant of an image, and the device that its container gets, belong together (I§4.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from immichlint.facts import load
from immichlint.named_tuple import NamedTuple
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container, Mount, within
from immichlint.stack.image import MACHINE_LEARNING, SERVER, Image
from immichlint.stack.stack import Stack
from immichlint.trees.tree import Map
from immichlint.yamltree.place import Place

_UNKNOWN: Final = "?"
_ARCHITECTURE: Final = "kubernetes.io/arch"


class _Device(NamedTuple):
    """A device that a container gets. `variants`: those that use it; empty where any may."""

    what: str
    place: Place
    variants: tuple[str, ...]


def mismatch(container: Container, context: Context) -> Iterator[Claim]:
    """IML208: a variant without its device, a device without its variant, or a variant that does not exist."""
    image = container.image
    if image is None or image.tag == _UNKNOWN or container.component not in (SERVER, MACHINE_LEARNING):
        return
    place = container.tag_place or container.name_place
    refused = _impossible(container, image)
    if refused:
        yield Claim(refused, place, no_fix="which variant is meant is for you to say")
    elif container.component == MACHINE_LEARNING:
        for message, at in _mismatches(container, image, context.stack):
            yield Claim(message, at or place, no_fix="which device the node has is not written here")


def _impossible(container: Container, image: Image) -> str:
    """What a message says of a tag that no registry has; empty where there is nothing to say."""
    suffix = image.tag.rpartition("-")[2] if "-" in image.tag else ""
    if container.component == SERVER and image.accelerator:
        return (
            f"There is no `{image.tag}` of the server: the suffix `-{image.accelerator}` is one of machine learning's "
            f"image, and {container.label} cannot be pulled with it. The server's only image transcodes on any device "
            "that it gets."
        )
    if container.component == MACHINE_LEARNING and suffix in load("accelerators")["no_suffixes"]:
        variants = ", ".join(f"`-{name}`" for name in load("images")["accelerators"])
        return (
            f"There is no variant `-{suffix}` of machine learning's image, so {container.label} cannot be pulled: the "
            f"variants are {variants}."
        )
    return ""


def _mismatches(container: Container, image: Image, stack: Stack) -> Iterator[tuple[str, Place | None]]:
    facts = load("accelerators")
    own, devices = image.accelerator, list(_devices(container, facts))
    if not own:
        named = bool(image.tag) or not image.digest
        if named and any(not _is_shared(container, device.place, stack) for device in devices):
            yield _idle(container, devices[0]), None
        return
    wanted = facts["architectures"][own]
    architecture = container.pod.field("nodeSelector", _ARCHITECTURE)
    if architecture.text is not None and architecture.text not in wanted:
        yield (
            f"The variant `-{own}` is built for {wanted[0]} only, but the node selector of {container.label} asks for "
            f"{architecture.text}: the image does not run there.",
            architecture.place,
        )
    if not devices and not _perhaps_device(container, own):
        yield (
            f"The image of {container.label} is the variant `-{own}`, but nothing gives it a device: it computes on "
            f"the processor, with an image that is several times as large. Give it {facts['needs'][own]}, or take the "
            "tag without the suffix.",
            None,
        )
    elif devices and all(device.variants and own not in device.variants for device in devices):
        yield (
            f"The image of {container.label} is the variant `-{own}`, but {devices[0].what} is a device for "
            f"{_fits(devices[0])}: it is not used, and machine learning computes on the processor.",
            None,
        )


def _idle(container: Container, device: _Device) -> str:
    return (
        f"{container.subject} gets a device ({device.what}), but its image is the one that computes on the "
        f"processor: the device lies idle. Take the tag with the suffix for the device ({_fits(device)})."
    )


def _fits(device: _Device) -> str:
    return " or ".join(f"`-{name}`" for name in device.variants or load("images")["accelerators"])


def _devices(container: Container, facts: Mapping[str, Any]) -> Iterator[_Device]:
    """The devices that a container certainly gets."""
    for section in ("limits", "requests"):
        tree = container.field("resources", section).tree
        for name in tree.items if isinstance(tree, Map) else ():
            place = container.field("resources", section, name).place
            if "/" in name and place is not None:
                yield _Device(f"`{name}`", place.key_of(), _variants(facts["resources"], name))
    claims = container.field("resources", "claims")
    if claims.known and claims.place is not None:
        yield _Device("a resource claim", claims.place, ())
    for mount in container.mounts:
        path = _device_path(mount)
        for folder, variants in facts["folders"].items():
            if path and (within(path, folder) or path.startswith(folder)):
                yield _Device(f"`{path}`", mount.place, tuple(variants))


def _variants(rows: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(variant for pattern, variant in rows.items() if fnmatchcase(name, pattern))


def _device_path(mount: Mount) -> str:
    """The node's path of a device below a mount; empty for anything else."""
    if mount.volume is None or mount.volume.kind != "hostPath":
        return ""
    path = mount.volume.view.field("path").text or ""
    return path if within(path, "/dev") and path != "/dev" else ""


def _perhaps_device(container: Container, variant: str) -> bool:
    """Whether something besides a known device may give the container one."""
    pod, own = container.pod, container
    if not container.volumes_known or any(mount.volume is not None and mount.volume.kind == "hostPath"
                                          for mount in container.mounts):  # fmt: skip
        return True
    given = (
        pod.field("runtimeClassName"),
        pod.field("resourceClaims"),
        own.field("resources", "claims"),
        own.field("securityContext", "privileged"),
    )
    unknown = own.field("resources", "limits").unknown or own.field("resources").unknown
    # Where nvidia is the node's default runtime, only the choice of the node shows it.
    chosen = variant == "cuda" and (
        any(not pod.field(name).absent for name in ("nodeSelector", "affinity", "nodeName", "tolerations"))
        or not container.variable("NVIDIA_VISIBLE_DEVICES").absent
    )
    return unknown or chosen or any(not field.absent and field.value is not False for field in given)


def _is_shared(container: Container, place: Place, stack: Stack) -> bool:
    """Whether what is written there gives the device to a server too, which transcodes on it."""
    facts = load("accelerators")
    return any(device.place == place for server in stack.components(SERVER) for device in _devices(server, facts))
