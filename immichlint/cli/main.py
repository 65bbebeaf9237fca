"""The program: `immichlint`, its exit codes, and what it says when something is wrong."""

from __future__ import annotations

import os
import sys
from typing import Final

import click

from immichlint import __version__
from immichlint.cli.group import LazyGroup
from immichlint.errors import UserError

USAGE: Final = 2
INTERNAL: Final = 3
INTERRUPTED: Final = 130


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="immichlint", message="%(prog)s %(version)s")
def cli() -> None:
    """Find and mend what is wrong in a Kubernetes repository that runs Immich on CloudNativePG.

    \b
    immichlint              judge the repository that you are in
    immichlint apps/immich  report what is in this folder only
    immichlint --fix        mend it, one fix at a time

    Without the name of a command it is `check`; `immichlint check --help` lists its options.

    \b
    Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 wrong usage or
    configuration, 3 an internal error.
    """


def run(arguments: list[str]) -> int:
    """Run the command line; the exit code."""
    _open_what_is_closed()
    try:
        result = cli.main(arguments, prog_name="immichlint", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.UsageError as error:
        return _usage(error)
    except (click.ClickException, UserError) as error:
        return _say(error.message if isinstance(error, click.ClickException) else str(error), USAGE)
    except (click.Abort, KeyboardInterrupt):
        return _say("Interrupted.", INTERRUPTED)
    except BrokenPipeError:
        return _reader_gone()
    except Exception as error:  # noqa: BLE001 - the last place where a bug can become a clear sentence
        from immichlint.cli.failure import describe

        return _say(describe(error), INTERNAL)


def _open_what_is_closed() -> None:
    """Give a process that was started without standard streams (`>&-`) empty ones."""
    if sys.stdin is None:
        sys.stdin = os.fdopen(os.open(os.devnull, os.O_RDONLY))
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")


def _usage(error: click.UsageError) -> int:
    command = error.ctx.command_path if error.ctx else "immichlint"
    message = " ".join(error.format_message().split()).rstrip(".")
    end = "" if message.endswith("?") else "."
    return _say(f"{message}{end} `{command} --help` lists what there is.", USAGE)


def _say(message: str, code: int) -> int:
    from immichlint.report.visible import visible

    click.echo("\n".join(map(visible, f"immichlint: {message}".split("\n"))), err=True)
    return code


def _reader_gone() -> int:
    """Whoever read standard output has seen enough: keep Python from complaining at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
