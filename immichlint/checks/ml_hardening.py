"""The changes that let machine learning run without root: its variables, its user, its cache."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final

from immichlint.checks.ml_identity import Identity
from immichlint.checks.ml_obstacles import alone, chown, obstacles
from immichlint.findings.change import Change, Effect, Safety
from immichlint.stack.container import Container, Mount, within
from immichlint.stack.ml_home import CACHE_FOLDER, MlHome
from immichlint.stack.stack import Stack
from immichlint.stack.view import View
from immichlint.trees.field import Field

_CACHE: Final = "/cache"
_FOLDERS: Final = ("HOME", "HF_HOME", "HF_XET_CACHE", "MPLCONFIGDIR", CACHE_FOLDER)
_SUBFOLDERS: Final = {"MPLCONFIGDIR": "matplotlib", "HF_XET_CACHE": "huggingface-xet"}


def together(container: Container) -> str:
    """The text that the findings of one container's hardening share."""
    return f"{container.object.environment}|{container.namespace}|{container.label}: running without root"


def variables(container: Container, folder: str) -> Iterator[tuple[str, str]]:
    """The cache variables that are not set, with their values below the cache mount."""
    for name in ("HF_HOME", "TRANSFORMERS_CACHE", "MPLCONFIGDIR"):
        if not container.variable(name).is_set:
            yield name, subfolder(name, folder)


def subfolder(name: str, cache: str) -> str:
    """Where a variable leads to in the cache volume."""
    return posixpath.join(cache, _SUBFOLDERS.get(name, "")).rstrip("/")


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


def as_user(container: Container, who: Identity, stack: Stack) -> tuple[Change | None, str]:
    """The change that runs the container as another user than root (IML204), with all that this needs; and why
    there is none."""
    mount = MlHome(container).cache_mount
    cache = () if mount is not None else new_volume(container, "cache", _CACHE)
    if mount is None and not (cache and _cached_at_default(container)):
        return None, (
            "mount a writable volume for the models first (an `emptyDir` or a claim at `/cache`), then set "
            f"`runAsNonRoot: true` and `runAsUser: {who.uid}`"
        )
    folder = mount.path if mount is not None else _CACHE
    home = MlHome(container, who.uid)
    moves = dict(_moves(container, home, folder))
    effects = (*cache, *set_variables(container, chain(_all_variables(container, home, folder), moves.items())))
    todo = [*obstacles(container, mount, who.uid), *_notes(container, home, moves)]
    group = container.pod.field("securityContext", "fsGroup")
    kept = _decides_alone(container, stack)
    regrouped = _is_lacking(group) and (not todo or (kept and group.known))
    owner = chown(mount, container, stack, who, regrouped=regrouped) if mount is not None else ""
    title = f"run as user {who.uid}, with the caches in `{folder}`"
    if not todo and not owner:
        return Change(title, Safety.SAFE, (*_pod_user(container, who, regrouped=True), *effects)), ""
    user = _pod_user(container, who, regrouped=False) if kept else _own_user(container, who)
    after = " ".join(dict.fromkeys([*([owner] if owner else []), *todo]))
    return Change(title, Safety.UNSAFE, (*user, *effects), after=after), ""


def _moves(container: Container, home: MlHome, cache: str) -> Iterator[tuple[str, str]]:
    """The variables of the container that lead where the user cannot write, with their place in the cache."""
    for name in _FOLDERS:
        folder = home.folder_of(container.variable(name))
        if folder is not None and home.can_write(folder) is False and container.variable(name).source == "env":
            yield name, subfolder(name, cache)


def _notes(container: Container, home: MlHome, moves: Mapping[str, str]) -> Iterator[str]:
    """What is to be known of variables that lead where the user cannot write."""
    for name in _FOLDERS:
        folder = home.folder_of(container.variable(name))
        if folder is None or home.can_write(folder) is not False:
            continue
        if name in moves:
            yield f"`{name}` moves to `{moves[name]}`: user {home.uid} cannot write `{folder}`."
        else:
            yield f"Point `{name}` into the cache volume: user {home.uid} cannot write `{folder}`."


def _cached_at_default(container: Container) -> bool:
    variable = container.variable(CACHE_FOLDER)
    return variable.absent or variable.text == _CACHE


def _all_variables(container: Container, home: MlHome, folder: str) -> Iterator[tuple[str, str]]:
    """What has to be set for a user; what may be set by a source that is not visible is set here."""
    unseen = bool(container.variables.open)
    if home.missing or unseen:
        yield from variables(container, folder)
    if home.is_needed or (unseen and not container.variable("HOME").is_set):
        yield "HOME", folder


def _pod_user(container: Container, who: Identity, *, regrouped: bool) -> Iterator[Effect]:
    """The user at the pod, but for options that the container sets itself; only what is missing, and root's ids.

    `regrouped`: whether an fsGroup is given where there is none.
    """
    if container.security("runAsNonRoot").value is not True:
        yield _owner(container, "runAsNonRoot").effect("securityContext", "runAsNonRoot", value=True)
    yield _owner(container, "runAsUser").effect("securityContext", "runAsUser", value=who.uid)
    if _is_lacking(container.security("runAsGroup")):
        yield _owner(container, "runAsGroup").effect("securityContext", "runAsGroup", value=who.gid)
    group = container.pod.field("securityContext", "fsGroup")
    if _is_lacking(group) and (regrouped or group.known):
        yield container.pod.effect("securityContext", "fsGroup", value=who.fs_group)


def _is_lacking(group: Field) -> bool:
    """Whether a group is not set, or is root's."""
    return group.absent or group.value == 0


def _owner(container: Container, option: str) -> View:
    """Where an option of the securityContext is decided: at the pod, unless the container sets it."""
    return container.pod if container.field("securityContext", option).absent else container


def _own_user(container: Container, who: Identity) -> Iterator[Effect]:
    """The user at the container alone: what else runs in the pod keeps its own."""
    if container.security("runAsNonRoot").value is not True:
        yield container.effect("securityContext", "runAsNonRoot", value=True)
    yield container.effect("securityContext", "runAsUser", value=who.uid)
    if _is_lacking(container.security("runAsGroup")):
        yield container.effect("securityContext", "runAsGroup", value=who.gid)


def _decides_alone(container: Container, stack: Stack) -> bool:
    """Whether a user is written for this container and no other: what is written can be changed where it stands."""
    user = container.security("runAsUser")
    others = (item for item in stack.containers if (item.object, item.route) != (container.object, container.route))
    return user.known and alone(container) and all(item.security("runAsUser").place != user.place for item in others)
