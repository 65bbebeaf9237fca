"""`immichlint init`: the first configuration of a repository, and a hook."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

from immichlint.cli import options
from immichlint.cli.progress import Progress
from immichlint.cli.sections import SectionedCommand, option, section
from immichlint.config.load import FILE_NAME
from immichlint.config.starter import HOOK, HOOK_FILE, starter
from immichlint.errors import UserError
from immichlint.report.sink import write_stream
from immichlint.session import home_of

_HOOKS: Final = ".pre-commit-config.yaml"


@click.command("init", cls=SectionedCommand, short_help="Write a first configuration, and a hook.")
@section(
    "What is written",
    options.root,
    option("--hook/--no-hook", default=True, help=f"Write {_HOOKS} where there is none. [default: --hook]"),
)
def command(root: Path | None, hook: bool) -> None:
    """Look at the repository, and write a commented .immichlint.yaml and a hook for pre-commit.

    No file that is there is changed.
    """
    home = home_of(root)
    if (home / FILE_NAME).exists():
        there = _shown(home / FILE_NAME)
        raise UserError(f"{there} is there already, and is left as it is; delete it to begin anew.")
    from immichlint.session.survey import survey

    with Progress(sys.stderr) as progress:
        found = survey(home, progress)
    _write(home / FILE_NAME, starter(found))
    _say(f"Wrote {_shown(home / FILE_NAME)}.")
    if hook:
        _hook(home)


def _hook(home: Path) -> None:
    """The hook: written where there is no file for it, else said."""
    path = home / _HOOKS
    if not path.exists():
        _write(path, HOOK_FILE)
        _say(f"Wrote {_shown(path)}; `pre-commit install` makes Git run it.")
    elif b"immichlint" not in path.read_bytes():
        _say(f"{_shown(path)} is there already, and is left as it is. Add this to its `repos`:\n\n{HOOK}")


def _shown(path: Path) -> str:
    """The path of a file of the root as somebody here names it."""
    return path.name if path.parent == Path.cwd() else str(path)


def _write(path: Path, text: str) -> None:
    """Write a file that is not there. Raises UserError."""
    try:
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise UserError(f"{path.name} is there already, and is left as it is.") from error
    except OSError as error:
        raise UserError(f"{path.name} cannot be written: {error.strerror}.") from error


def _say(text: str) -> None:
    write_stream(sys.stdout, f"{text}\n")
