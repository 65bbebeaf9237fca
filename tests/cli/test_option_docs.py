"""The pages tell of every option, and name none that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from immichlint.cli.group import command_names
from immichlint.cli.main import cli

HOME = Path(__file__).parents[2]
PAGES = {path.name: path.read_text("utf-8") for path in (HOME / "README.md", *sorted((HOME / "docs").glob("*.md")))}
OTHERS = {"--help", "--version"}
"""What every program has."""


def options(command: str) -> Iterator[str]:
    """The long names of a command's options."""
    found = cli.get_command(click.Context(cli), command)
    assert found is not None
    for parameter in found.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            # Of a switch, the half that is not the default.
            yield from (name for name in parameter.secondary_opts or parameter.opts if name.startswith("--"))


@pytest.mark.parametrize("command", command_names())
def test_every_option_is_told_of(command: str) -> None:
    text = "\n".join(PAGES.values())
    assert [name for name in options(command) if not re.search(rf"{name}\b", text)] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_option_that_is_told_of_is_there(page: str) -> None:
    known = {name for command in command_names() for name in options(command)} | OTHERS
    shown = re.findall(r"(?:^|[`\s|])immichlint [^`\n#|]*", PAGES[page])
    told = {name for line in shown for name in re.findall(r"--[a-z-]+", line)}
    assert told - known == set()
