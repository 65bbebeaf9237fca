"""`immichlint completion SHELL`: what makes a shell complete commands, options, formats and rules."""

from __future__ import annotations

import sys
from typing import Final

import click

from immichlint.cli.sections import SectionedCommand
from immichlint.report.sink import write_stream

_SHELLS: Final = ("bash", "zsh", "fish")
_PROGRAM: Final = "immichlint"


@click.command("completion", cls=SectionedCommand, short_help="Print what completes commands in your shell.")
@click.argument("shell", type=click.Choice(_SHELLS))
def command(shell: str) -> None:
    """Print what makes a shell complete commands, options, formats and rules.

    \b
    bash, in ~/.bashrc:  eval "$(immichlint completion bash)"
    zsh, in ~/.zshrc:    eval "$(immichlint completion zsh)"
    fish:                immichlint completion fish > ~/.config/fish/completions/immichlint.fish
    """
    from click.shell_completion import get_completion_class

    from immichlint.cli.main import cli

    kind = get_completion_class(shell)
    assert kind is not None
    made = kind(cli, {}, _PROGRAM, f"_{_PROGRAM.upper()}_COMPLETE")
    # `source` of bash asks the shell for its version, with a subprocess.
    write_stream(sys.stdout, made.source_template % made.source_vars())
