"""What is said of an error in immichlint itself."""

from __future__ import annotations

import os
import platform
import traceback
from pathlib import Path
from typing import Final

import immichlint

_DEBUG: Final = "IMMICHLINT_DEBUG"


def describe(error: Exception) -> str:
    """A paragraph that says what happened and how to report it, with the traceback where it is asked for.

    The error's own text is shown in the traceback only: it may hold what stands in a user's files.
    """
    text = (
        f"An internal error ({type(error).__name__} at {_origin(error)}): this is a bug in immichlint, not in your"
        f" files, and nothing further was written. Please report it with the command line, immichlint"
        f" {immichlint.__version__} and Python {platform.python_version()};"
    )
    if os.environ.get(_DEBUG):
        return f"{text} this is the traceback:\n{''.join(traceback.format_exception(error)).rstrip()}"
    return f"{text} {_DEBUG}=1 shows the traceback to go with it."


def _origin(error: Exception) -> str:
    """The line of immichlint at which the error came up."""
    home = Path(immichlint.__file__).parent
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(home):
            return f"{path.relative_to(home.parent).as_posix()}:{frame.lineno}"
    return "an unknown place"
