"""Draw what a command prints as docs/demo.svg: `python tools/readme_image.py examples/demo`."""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from immichlint.cli.main import INTERNAL, USAGE, run
from immichlint.report.paint import picture

WIDTH = 92
TARGET = Path(__file__).parent.parent / "docs" / "demo.svg"


def draw(arguments: list[str], width: int = WIDTH) -> str:
    """The picture of a command and its coloured output. Raises SystemExit where the command fails."""
    os.environ |= {"FORCE_COLOR": "1", "COLUMNS": str(width)}
    os.environ.pop("NO_COLOR", None)
    printed = StringIO()
    with redirect_stdout(printed):
        code = run(arguments)
    if code in (USAGE, INTERNAL):
        raise SystemExit(code)
    command = shlex.join(["immichlint", *arguments])
    return picture(f"\x1b[1m$ {command}\x1b[0m\n{printed.getvalue()}", width, "immichlint")


if __name__ == "__main__":
    TARGET.write_text(draw(sys.argv[1:]), encoding="utf-8")
