"""Options that belong together: added as one, and shown under one heading in the help."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import click

Command: TypeAlias = Callable[..., Any]
_AnyCommand = TypeVar("_AnyCommand", bound=Command)


class SectionedOption(click.Option):
    """An option that knows the heading it stands under."""

    section = ""


class SectionedCommand(click.Command):
    """A command whose help lists its options by heading."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, those without a heading last."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                sections.setdefault(getattr(parameter, "section", ""), []).append(record)
        other = sections.pop("", [])
        for title, records in [*sections.items(), ("Other", other)]:
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


def section(title: str, *options: Callable[[Command], Command]) -> Callable[[_AnyCommand], _AnyCommand]:
    """A decorator that adds all these options, under one heading."""

    def add(command: _AnyCommand) -> _AnyCommand:
        for option in reversed(options):
            option(command)
            parameters: list[click.Parameter] = getattr(command, "__click_params__", [])
            added = parameters[-1]
            if isinstance(added, SectionedOption):
                added.section = title
        return command

    return add


def option(*names: str, **settings: Any) -> Callable[[Command], Command]:
    """An option for a section."""
    settings.setdefault("cls", SectionedOption)
    return click.option(*names, **settings)
