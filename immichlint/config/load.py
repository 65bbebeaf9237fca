"""From the file to the configuration."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from immichlint.config.model import Config
from immichlint.errors import UserError
from immichlint.text import NotTextError, SourceText

FILE_NAME: Final = ".immichlint.yaml"
_OTHER_NAME: Final = ".immichlint.yml"


def load(root: Path, explicit: Path | None) -> Config:
    """The configuration of a repository: of the file that was asked for, else of `.immichlint.yaml` at its root.

    The defaults where there is no file. Raises UserError, one line for each thing that is wrong.
    """
    path = explicit if explicit is not None else root / FILE_NAME
    if explicit is None and not path.is_file():
        if os.path.lexists(path):
            raise UserError(f"{FILE_NAME} is no file, or a link to none; mend it, or take it away.")
        if (root / _OTHER_NAME).is_file():
            raise UserError(f"{_OTHER_NAME} is not read; call it {FILE_NAME}.")
        return Config()
    if explicit is None and not path.resolve().is_relative_to(root.resolve()):
        raise UserError(f"{FILE_NAME} is a link out of the repository; name its file with `--config`.")
    try:
        source = SourceText.decode(path.read_bytes())
    except OSError as error:
        raise UserError(f"{path}: the configuration cannot be read: {error.strerror}.") from error
    except NotTextError as error:
        raise UserError(f"{path}: the configuration is {error}; save it as UTF-8.") from error
    from immichlint.config.parsing import parse

    return parse(source, _shown(path, root))


def _shown(path: Path, root: Path) -> str:
    """A path as errors name it: from the root, where it lies below it."""
    absolute, top = path.resolve(), root.resolve()
    return absolute.relative_to(top).as_posix() if absolute.is_relative_to(top) else str(path)
