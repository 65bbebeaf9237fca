"""Checks of machine learning's caches: whether they are set, writable, and kept."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Related, Severity
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container, Mount
from immichlint.stack.ml_home import CACHE_FOLDER, MlHome
from immichlint.stack.quantity import amount
from immichlint.stack.variables import Variable

_ROOM: Final = 10 * 2**30


def environment_missing(container: Container, context: Context) -> Iterator[Claim]:
    """IML201: the cache variables are not set, and their defaults do not serve (I§4.2)."""
    home = MlHome(container)
    missing = home.missing
    if not missing:
        return
    mount = home.cache_mount
    change = None
    from immichlint.checks.ml_hardening import set_variables, together, variables

    if mount is not None:
        effects = set_variables(container, variables(container, mount.path))
        change = Change(f"set the cache variables to `{mount.path}`", Safety.SAFE, effects)
    yield Claim(
        f"{_listed(missing)} {'is' if len(missing) == 1 else 'are'} not set in {container.label}. "
        f"{_consequence(home, missing)} {_advice(missing, mount)}",
        container.name_place,
        severity=Severity.ERROR if home.non_root or home.read_only else Severity.WARNING,
        change=change,
        no_fix="" if change else "mount a writable volume at `/cache` first, then set the variables to it",
        together=together(container),
    )


def _listed(names: tuple[str, ...]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _consequence(home: MlHome, missing: tuple[str, ...]) -> str:
    folder = home.homes[0] if home.homes else "HOME"
    prefix = "" if folder == "/" else folder
    where = " and ".join(
        f"`{prefix}/{name}`"
        for name, variable in ((".cache", "HF_HOME"), (".config", "MPLCONFIGDIR"))
        if variable in missing
    )
    if home.uid is None and not home.non_root and not home.read_only:
        return (
            "Who runs it is not written here: as root its caches are lost at every restart, and as any other user they "
            "cannot be written at all."
        )
    if not home.non_root and not home.read_only:
        return (
            f"What it caches goes to {where}, in the container's own layer: it is lost at every restart, and a "
            "non-root user could not write there at all."
        )
    why = "its root filesystem is read-only"
    if not home.read_only:
        why = f"it runs as {_user(home)}, whose HOME is `{folder}`"
    if "HF_HOME" in missing:
        return (
            f"It writes to {where} instead, which it cannot: {why}. Models that are not there yet cannot be downloaded."
        )
    return f"Matplotlib cannot write to {where} ({why}) and needs a new folder in `/tmp` at every start."


def _user(home: MlHome) -> str:
    return f"user {home.uid}" if home.uid is not None else "a user other than root"


def _advice(missing: tuple[str, ...], mount: Mount | None) -> str:
    if mount is None:
        return "Mount a writable volume at `/cache` and point them there."
    return f"Point {'it' if len(missing) == 1 else 'them'} into the cache volume, `{mount.path}`."


def environment_unwritable(container: Container, context: Context) -> Iterator[Claim]:
    """IML202: a cache variable, or the folder of the models, leads where nothing can be written (I§4.3)."""
    home = MlHome(container)
    for variable in _judged(container, home):
        folder = home.folder_of(variable)
        if folder is None or home.can_write(folder) is not False:
            continue
        mount = container.mount_of(folder)
        change = _moved(container, home, variable)
        yield Claim(
            f"{_subject(variable, container)} is `{variable.text}`, which {container.label} cannot write: "
            f"{_reason(home, mount)}. {_effect(variable.name)}",
            variable.place or container.name_place,
            related=(Related(mount.view.nearest("mountPath"), "the mount"),) if mount is not None else (),
            change=change,
            no_fix="" if change else "point it into a writable volume that is mounted",
        )


def _judged(container: Container, home: MlHome) -> Iterator[Variable]:
    """What is judged: the variables that are set, and where the image keeps its models by itself."""
    xet = container.variable("HF_XET_CACHE")
    folder = home.folder_of(xet)
    serves = folder is not None and home.can_write(folder) is not False
    names = ["HF_XET_CACHE", "MPLCONFIGDIR", *(() if serves else ("HF_HOME",))]
    if home.reads_transformers_cache:
        names.append("TRANSFORMERS_CACHE")
    yield from (container.variable(name) for name in names)
    own = container.variable(CACHE_FOLDER)
    if own.absent and home.model_cache is not None:
        own = own._replace(state="known", text=home.model_cache)
    yield own


def _subject(variable: Variable, container: Container) -> str:
    if variable.is_set:
        return f"`{variable.name}`"
    return "The folder of the models (the image's own `MACHINE_LEARNING_CACHE_FOLDER`)"


def _reason(home: MlHome, mount: Mount | None) -> str:
    if mount is not None:
        kind = mount.volume.kind if mount.volume is not None else ""
        what = f"a {kind}" if not mount.read_only and kind else "read-only"
        return f"what is mounted at `{mount.path}` is {what}"
    if home.read_only:
        return "its root filesystem is read-only, and no volume is mounted there"
    return f"it runs as {_user(home)}, and no volume is mounted there"


def _effect(name: str) -> str:
    if name == CACHE_FOLDER:
        return "No model can be saved."
    if name == "MPLCONFIGDIR":
        return "Matplotlib warns and makes a new folder in `/tmp` at every start, and fails where it cannot."
    return "Models that are not there yet cannot be downloaded."


def _moved(container: Container, home: MlHome, variable: Variable) -> Change | None:
    """The change that points a variable into the cache volume: the one of the models, else the only one there is."""
    mounts = [mount for mount in container.mounts if mount.writable and _is_cache(mount)]
    models = home.cache_mount
    mount = models or (mounts[0] if len(mounts) == 1 else None)
    if variable.source != "env" or mount is None:
        return None
    from immichlint.checks.ml_hardening import set_variables, subfolder

    target = subfolder(variable.name, mount.path)
    effects = set_variables(container, iter([(variable.name, target)]))
    return Change(f"point `{variable.name}` to `{target}`", Safety.SAFE, effects)


def _is_cache(mount: Mount) -> bool:
    """Whether a mount is made for caches, as its folder or its volume is called."""
    name = mount.volume.name if mount.volume is not None else ""
    folder = posixpath.basename(mount.path)
    return "cache" in folder or ("cache" in name and not mount.path.startswith("/tmp"))


def ephemeral(container: Container, context: Context) -> Iterator[Claim]:
    """IML203: the models are lost with the pod, and fetched again at the next start (I§4.2)."""
    home = MlHome(container)
    folder = home.model_cache
    if folder is None or not folder.startswith("/") or home.can_write(folder) is False:
        return
    mount = container.mount_of(folder)
    if (mount is None and not container.volumes_known) or (mount is not None and mount.volume is None):
        return
    if mount is not None and (mount.persistent or (mount.volume is not None and mount.volume.kind == "")):
        return
    kept = next((item for item in container.mounts if item.writable and item.persistent and _is_cache(item)), None)
    variable = container.variable(CACHE_FOLDER)
    related = (Related(kept.view.nearest("mountPath"), "the cache volume"),) if kept is not None else ()
    if mount is None or kept is not None:
        where = "the container's own layer" if mount is None else "an emptyDir"
        outside = f", outside the cache volume `{kept.path}`" if kept is not None else ""
        yield Claim(
            f"{_upper(container.label)} keeps its models in `{folder}`, "
            f"which is {where}{outside}: they are fetched again at every start. {_keep(folder, kept)}",
            variable.place if variable.is_set and variable.place is not None else container.name_place,
            related=related,
            no_fix=_keep_shortly(folder, kept),
        )
        return
    yield Claim(
        f"{_upper(container.label)} keeps its models in {_what(mount)}. A PersistentVolumeClaim keeps them.",
        mount.volume.view.nearest("emptyDir") if mount.volume is not None else container.name_place,
        severity=Severity.INFO,
        no_fix="how large the claim is and on which class is a decision about the site",
    )


def _what(mount: Mount) -> str:
    """An emptyDir, with what it does to the models and to the pod."""
    view = mount.volume.view if mount.volume is not None else mount.view
    memory = view.field("medium").text == "Memory"
    limit = str(view.field("sizeLimit").value or "")
    said = f"an emptyDir{' in memory' if memory else ''} at `{mount.path}`: every new pod fetches them again"
    if memory:
        said += ", and they count against the container's memory limit"
    if _is_small(limit):
        said += f". Its `sizeLimit` is `{limit}`: larger models exceed that, and the pod is evicted"
    return said


def _is_small(quantity: str) -> bool:
    """Whether a quantity is known to be less than the official chart's claim for the models, 10 GiB."""
    found = amount(quantity)
    return found is not None and found < _ROOM


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _keep(folder: str, kept: Mount | None) -> str:
    if kept is not None:
        return f"Set `{CACHE_FOLDER}` to `{kept.path}`, or mount the volume at `{folder}`."
    return f"Mount a volume at `{folder}`."


def _keep_shortly(folder: str, kept: Mount | None) -> str:
    return "where the models belong is a decision" if kept is not None else "a volume has to be chosen for it"
