"""The changes that let machine learning run without root: its variables, its user, its cache."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from immichlint.findings.change import Change, Effect, Safety
from immichlint.stack.container import Container, Mount, within
from immichlint.stack.ml_home import CACHE_FOLDER, MlHome
from immichlint.stack.stack import Stack
from immichlint.stack.storage import claim_of, honours_fs_group
from immichlint.stack.view import View
from immichlint.trees.tree import Map, Seq

USER: Final = 1000
_CACHE: Final = "/cache"
_FOLDERS: Final = ("HOME", "HF_HOME", "HF_XET_CACHE", "MPLCONFIGDIR", CACHE_FOLDER)
_NO_DATA: Final = ("emptyDir", "configMap", "secret", "projected", "downwardAPI", "ephemeral")


def together(container: Container) -> str:
    """The text that the findings of one container's hardening share."""
    return f"{container.object.environment}|{container.namespace}|{container.label}: running without root"


def variables(container: Container, folder: str) -> Iterator[tuple[str, str]]:
    """The cache variables that are not set, with their values below the cache mount."""
    for name, value in (
        ("HF_HOME", folder),
        ("TRANSFORMERS_CACHE", folder),
        ("MPLCONFIGDIR", posixpath.join(folder, "matplotlib")),
    ):
        if not container.variable(name).is_set:
            yield name, value


def set_variables(container: Container, values: Iterator[tuple[str, str]]) -> tuple[Effect, ...]:
    """The effects of setting some variables."""
    return tuple(container.effect("env", f"[name={name}]", "value", value=value) for name, value in values)


def new_volume(container: Container, name: str, path: str) -> tuple[Effect, ...]:
    """The effects of mounting a new emptyDir; none where the name or the path is taken, or may be."""
    if not container.volumes_known or any(within(mount.path, path) for mount in container.mounts):
        return ()
    mount = container.effect("volumeMounts", f"[mountPath={path}]", value={"name": name})
    taken = next((volume for volume in container.volumes if volume.name == name), None)
    if taken is None:
        return container.pod.effect("volumes", f"[name={name}]", value={"emptyDir": {}}), mount
    return (mount,) if taken.kind == "emptyDir" else ()


def scratch_mount(container: Container) -> Mount | None:
    """A writable mount at /tmp that is neither in memory nor small."""
    mount = container.mount_of("/tmp")
    if mount is None or not mount.writable or mount.volume is None or mount.path == "/":
        return None
    view = mount.volume.view
    small = mount.volume.kind == "emptyDir" and not (view.field("medium").absent and view.field("sizeLimit").absent)
    return None if small else mount


def needs_home(container: Container, home: MlHome) -> bool:
    """Whether nothing sets HOME, and `/`, which it then is for a user that the image does not know, does not serve."""
    return not container.variable("HOME").is_set and home.account_home is None and bool(home.lacking)


def as_user(container: Container, home: MlHome, stack: Stack) -> tuple[Change | None, str]:
    """The change that runs the container as another user than root (IML204), with all that this needs; and why
    there is none."""
    mount = home.cache_mount
    cache = () if mount is not None else new_volume(container, "cache", _CACHE)
    if mount is None and not (cache and _cached_at_default(container)):
        return None, (
            "mount a writable volume for the models first (an `emptyDir` or a claim at `/cache`), then set "
            f"`runAsNonRoot: true` and `runAsUser: {USER}`"
        )
    folder = mount.path if mount is not None else _CACHE
    effects = (*cache, *set_variables(container, _all_variables(container, MlHome(container, USER), folder)))
    todo = list(_obstacles(container, mount))
    if mount is not None and not _takes_group(mount, container, stack, alone=not todo):
        todo.append(
            f"Chown or wipe the cache once (`chown -R {USER}:{USER} {mount.path}`): what root wrote there stays root's."
        )
    title = f"run as user {USER}, with the caches in `{folder}`"
    if not todo:
        return Change(title, Safety.SAFE, (*_pod_user(container), *effects)), ""
    after = " ".join(dict.fromkeys(todo))
    return Change(title, Safety.UNSAFE, (*_own_user(container), *effects), after=after), ""


def _cached_at_default(container: Container) -> bool:
    variable = container.variable(CACHE_FOLDER)
    return variable.absent or variable.text == _CACHE


def _all_variables(container: Container, home: MlHome, folder: str) -> Iterator[tuple[str, str]]:
    """What has to be set for a user; what may be set by a source that is not visible is set here."""
    unseen = bool(container.variables.open)
    if home.missing or unseen:
        yield from variables(container, folder)
    if needs_home(container, home) or (unseen and not container.variable("HOME").is_set):
        yield "HOME", folder


def _pod_user(container: Container) -> Iterator[Effect]:
    """The user at the pod, but for options that the container sets itself; only what is missing, and root's id."""
    if container.security("runAsNonRoot").value is not True:
        yield _owner(container, "runAsNonRoot").effect("securityContext", "runAsNonRoot", value=True)
    yield _owner(container, "runAsUser").effect("securityContext", "runAsUser", value=USER)
    if container.security("runAsGroup").absent:
        yield container.pod.effect("securityContext", "runAsGroup", value=USER)
    if container.pod.field("securityContext", "fsGroup").absent:
        yield container.pod.effect("securityContext", "fsGroup", value=USER)


def _owner(container: Container, option: str) -> View:
    """Where an option of the securityContext is decided: at the pod, unless the container sets it."""
    return container.pod if container.field("securityContext", option).absent else container


def _own_user(container: Container) -> Iterator[Effect]:
    """The user at the container alone: what else runs in the pod keeps its own."""
    if container.security("runAsNonRoot").value is not True:
        yield container.effect("securityContext", "runAsNonRoot", value=True)
    yield container.effect("securityContext", "runAsUser", value=USER)
    if container.security("runAsGroup").absent:
        yield container.effect("securityContext", "runAsGroup", value=USER)


def _obstacles(container: Container, cache: Mount | None) -> Iterator[str]:
    """What a person has to do before the container can run without root; nothing where it can at once."""
    if not _alone(container):
        yield f"It shares its pod, so only this container runs as user {USER}."
    if _has_device(container):
        yield (
            f"See that user {USER} can open its device (for `/dev/dri`: the id of the node's `render` group in "
            "`supplementalGroups`)."
        )
    if _is_privileged(container):
        yield "See whether it still needs its privileges and capabilities."
    if not container.field("command").absent or not container.field("args").absent:
        yield "See that its own command needs no root."
    home = MlHome(container, USER)
    for name in _FOLDERS:
        folder = home.folder_of(container.variable(name))
        if folder is not None and home.can_write(folder) is False:
            yield f"Point `{name}` into the cache volume: user {USER} cannot write `{folder}`."
    if not container.volumes_known or any(_holds_data(mount, cache) for mount in container.mounts):
        yield f"See that user {USER} can read what else is mounted."


def _alone(container: Container) -> bool:
    count = 0
    for section in ("containers", "initContainers"):
        tree = container.pod.field(section)
        count += len(tree.tree.items) if isinstance(tree.tree, Seq) else 0
        if tree.unknown or (isinstance(tree.tree, Seq) and tree.tree.open):
            return False
    return count == 1


def _has_device(container: Container) -> bool:
    image = container.image
    if image is not None and image.accelerator:
        return True
    if not container.pod.field("runtimeClassName").absent or not container.pod.field("resourceClaims").absent:
        return True
    for section in ("limits", "requests"):
        tree = container.field("resources", section).tree
        if isinstance(tree, Map) and any("/" in name for name in tree.items):
            return True
    if not container.field("resources", "claims").absent:
        return True
    return any(
        within(mount.path, "/dev") or (mount.volume is not None and _host_device(mount.volume.view))
        for mount in container.mounts
        if mount.path != "/dev/shm"
    )


def _host_device(view: View) -> bool:
    return view.route[-1:] == ("hostPath",) and within(view.field("path").text or "/dev", "/dev")


def _is_privileged(container: Container) -> bool:
    privileged = container.field("securityContext", "privileged")
    added = container.field("securityContext", "capabilities", "add")
    return (not privileged.absent and privileged.value is not False) or not added.absent


def _holds_data(mount: Mount, cache: Mount | None) -> bool:
    """Whether a mount may hold a library or other files of a user."""
    if cache is not None and (mount.path == cache.path or _same(mount, cache)):
        return False
    return mount.volume is None or mount.volume.kind not in _NO_DATA


def _same(mount: Mount, cache: Mount) -> bool:
    return mount.volume is not None and cache.volume is not None and mount.volume.name == cache.volume.name


def _takes_group(mount: Mount, container: Container, stack: Stack, *, alone: bool) -> bool:
    """Whether the user can write what is there already. `alone`: whether the pod's fsGroup may be set."""
    if mount.volume is not None and mount.volume.kind in ("emptyDir", "ephemeral"):
        return True
    claim = claim_of(mount, container, stack)
    return alone and claim is not None and honours_fs_group(claim, stack)
