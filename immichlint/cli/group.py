"""A group whose commands are modules found by name, one of them being the default."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from immichlint.cli import commands

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

DEFAULT_COMMAND: Final = "check"
_OWN_OPTIONS: Final = ("--help", "-h", "--version", "-V")


class LazyGroup(click.Group):
    """Imports a command when it is called. What begins with no command's name is for the default one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, in order of the alphabet."""
        return list(command_names())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, None where there is none."""
        if not is_command(cmd_name):
            return None
        command: click.Command = import_module(f"{commands.__name__}.{cmd_name}").command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command first where no command is named."""
        if ctx.resilient_parsing and not args:
            return super().parse_args(ctx, args)
        if not args or (args[0] not in _OWN_OPTIONS and not is_command(args[0])):
            args = [DEFAULT_COMMAND, *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """How a first word may go on: as a command, or as an option or a path of the default one."""
        found = super().shell_complete(ctx, incomplete)
        default = self.get_command(ctx, DEFAULT_COMMAND)
        if default is not None and incomplete.startswith("-"):
            inner = click.Context(default, info_name=DEFAULT_COMMAND, parent=ctx, resilient_parsing=True)
            known = {item.value for item in found}
            found += [item for item in default.shell_complete(inner, incomplete) if item.value not in known]
        return found


def command_names() -> tuple[str, ...]:
    """The names of the commands, in order of the alphabet."""
    return tuple(sorted(path.stem for path in _folder().glob("*.py") if path.stem != "__init__"))


def is_command(name: str) -> bool:
    """Whether a command has this name."""
    return name.isidentifier() and name != "__init__" and (_folder() / f"{name}.py").is_file()


def _folder() -> Path:
    return Path(commands.__path__[0])
