"""Facts as data: each file is rows with their sources, read when it is needed."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

_FOLDER: Final = Path(__file__).parent


@cache
def load(name: str) -> Any:
    """The rows of a data file of this package, by its name without `.json`."""
    return json.loads((_FOLDER / f"{name}.json").read_bytes())
