"""The process that `immichlint` and `python -m immichlint` are."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, NoReturn

_OBJECTS: Final = 500_000


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process with its exit code."""
    # Nearly all that a run makes lives until its end, what it imports too: looking for garbage every 700 objects finds
    # none.
    gc.set_threshold(_OBJECTS)
    from immichlint.cli.main import run

    code = run(sys.argv[1:] if arguments is None else list(arguments))
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    # All is said and written: Python's own end would take apart, object by object, what goes with the process.
    os._exit(code)


if __name__ == "__main__":
    main()
