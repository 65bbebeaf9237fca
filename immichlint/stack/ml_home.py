"""Where a machine-learning container keeps what it writes, and whether it can (I§4.2, I§4.3)."""

from __future__ import annotations

import posixpath
from typing import Any, Final

from immichlint.facts import load
from immichlint.stack.container import Container, Mount, within
from immichlint.stack.variables import Variable

CACHE_FOLDER: Final = "MACHINE_LEARNING_CACHE_FOLDER"
_MATPLOTLIB: Final = "matplotlib"
"""Its folder below those of XDG, for settings and for fonts (matplotlib's `get_configdir` and `get_cachedir`)."""
_TRUE: Final = ("1", "ON", "YES", "TRUE")
"""What huggingface_hub takes for true (`constants.py`, ENV_VARS_TRUE_VALUES)."""


class MlHome:
    """A view of a machine-learning container: its user, HOME, and the folders of its caches.

    `uid`: the effective user id, 0 where nothing overrides the image's own user; None where it is not known.
    `non_root`: whether it is certain that it does not run as root. `read_only`: whether its root filesystem is.
    With `user` it is seen as it would be if it ran as that user.
    """

    __slots__ = ("_facts", "container", "non_root", "read_only", "uid")

    def __init__(self, container: Container, user: int | None = None) -> None:
        self.container = container
        self._facts: dict[str, Any] = load("machine_learning")
        forbidden = container.security("runAsNonRoot").value is True
        self.uid = _uid(container, forbidden) if user is None else user
        self.non_root = self.uid != 0 if self.uid is not None else forbidden
        self.read_only = container.field("securityContext", "readOnlyRootFilesystem").value is True

    @property
    def account_home(self) -> str | None:
        """The home that the image's `/etc/passwd` gives the user; None for a user it does not know."""
        image = self.container.image
        own = self._facts["accelerator_accounts"].get(image.accelerator if image is not None else "", {})
        found: str | None = own.get(str(self.uid)) or self._facts["accounts"].get(str(self.uid))
        return found

    @property
    def homes(self) -> tuple[str, ...]:
        """What HOME may be: one folder where that is known, several where the user is not, none where nothing
        is known. A user that the image does not know has `/`."""
        variable = self.container.variable("HOME")
        if variable.known:
            return (variable.text,)
        if not variable.absent:
            return ()
        if self.uid is None:
            return ("/",) if self.non_root else ("/root", "/")
        return (self.account_home or "/",)

    @property
    def model_cache(self) -> str | None:
        """The folder of the models; None where it is not known."""
        variable = self.container.variable(CACHE_FOLDER)
        default: str = self._facts["cache_folder"]
        return variable.text if variable.known else default if variable.absent else None

    @property
    def cache_mount(self) -> Mount | None:
        """The writable mount that the models lie in; None where there is none."""
        mount = self.container.mount_of(self.model_cache or self._facts["cache_folder"])
        return mount if mount is not None and mount.writable and mount.path != "/" else None

    @property
    def reads_transformers_cache(self) -> bool:
        """Whether the image is known to be of the era that reads TRANSFORMERS_CACHE."""
        image = self.container.image
        version = image.version if image is not None else None
        return version is not None and version < tuple(self._facts["transformers_cache_read_before"])

    @property
    def has_control_socket(self) -> bool:
        """Whether gunicorn writes its control socket below HOME; assumed of a version that is not known.

        `GUNICORN_CMD_ARGS` may switch the socket off or move it, and XDG_RUNTIME_DIR moves it (gunicorn's settings,
        `control_socket`).
        """
        options = self.container.variable("GUNICORN_CMD_ARGS")
        settled = not options.absent and (not options.known or "control-socket" in options.text)
        if settled or not self._absent("XDG_RUNTIME_DIR"):
            return False
        image = self.container.image
        version = image.version if image is not None else None
        return version is None or version >= tuple(self._facts["control_socket"]["in_home_since"])

    @property
    def missing(self) -> tuple[str, ...]:
        """The cache variables that are certainly not set, while what is used in their place does not serve."""
        found: list[str] = []
        models = self._serves("XDG_CACHE_HOME", ".cache", "huggingface")
        if self._absent("HF_HOME") and self._absent("HF_XET_CACHE") and not models and not self._without_xet:
            found.append("HF_HOME")
        if found and self.reads_transformers_cache and self._absent("TRANSFORMERS_CACHE"):
            found.append("TRANSFORMERS_CACHE")
        fonts = self._serves("XDG_CACHE_HOME", ".cache", _MATPLOTLIB)
        if self._absent("MPLCONFIGDIR") and not (fonts and self._serves("XDG_CONFIG_HOME", ".config", _MATPLOTLIB)):
            found.append("MPLCONFIGDIR")
        return tuple(found)

    @property
    def _without_xet(self) -> bool:
        """Whether models may be fetched without Xet, whose chunks are all that a download keeps in HF_HOME."""
        switch = self.container.variable("HF_HUB_DISABLE_XET")
        return not switch.absent and (not switch.known or switch.text.upper() in _TRUE)

    @property
    def lacking(self) -> tuple[str, ...]:
        """The folders of HOME that something may fall back to and that the user cannot write."""
        caches = self._serves("XDG_CACHE_HOME", ".cache")
        settings = not self._absent("MPLCONFIGDIR") or self._serves("XDG_CONFIG_HOME", ".config", _MATPLOTLIB)
        return tuple(name for name, serves in ((".cache", caches), (".config", settings)) if not serves)

    @property
    def is_needed(self) -> bool:
        """Whether nothing sets HOME, and `/`, which it then is for a user that the image does not know, does not
        serve."""
        return not self.container.variable("HOME").is_set and self.account_home is None and bool(self.lacking)

    def _absent(self, name: str) -> bool:
        return self.container.variable(name).absent

    def _serves(self, variable: str, folder: str, own: str = "") -> bool:
        """Whether the default folder of some caches can be relied on, or nobody can tell. `own`: the subfolder that
        one library keeps there, which may be a mount of its own."""
        folders = self._folders(variable, folder)
        return not folders or any(self._reliable(posixpath.join(item, own)) for item in folders)

    def _folders(self, variable: str, folder: str) -> list[str]:
        given = self.container.variable(variable)
        if given.absent:
            return [posixpath.join(home, folder) for home in self.homes]
        return [given.text] if given.known else []

    def _reliable(self, folder: str) -> bool:
        if self.non_root:
            return self.can_write(folder) is not False
        mount = self.container.mount_of(folder)
        return mount.writable if mount is not None else not self.container.volumes_known

    def can_write(self, folder: str) -> bool | None:
        """Whether it can write to a folder, file owners of volumes aside; None where that is not known."""
        folder = posixpath.normpath(folder)
        mount = self.container.mount_of(folder)
        if mount is not None:
            return mount.writable
        if not self.container.volumes_known or not folder.startswith("/"):
            return None
        if self.read_only:
            return _below(folder, self._facts["always_writable"])
        if not self.non_root:
            return True if self.uid == 0 else None
        own = self.account_home
        mine = own is not None and own in self._facts["owned_homes"] and within(folder, own)
        return mine or _below(folder, self._facts["scratch"])

    def folder_of(self, variable: Variable) -> str | None:
        """The absolute folder that a variable names; None where it is not known."""
        return posixpath.normpath(variable.text) if variable.known and variable.text.startswith("/") else None


def _uid(container: Container, forbidden: bool) -> int | None:
    user = container.security("runAsUser")
    if user.absent:
        return None if forbidden else 0
    value = user.value
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _below(folder: str, others: list[str]) -> bool:
    return any(within(folder, other) for other in others)
