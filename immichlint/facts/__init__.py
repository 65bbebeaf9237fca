"""Facts as data: each file is rows with their sources, read when it is needed."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def load(name: str) -> Any:
    """The rows of a data file of this package, by its name without `.json`."""
    return json.loads((Path(__file__).parent / f"{name}.json").read_text("utf-8"))
