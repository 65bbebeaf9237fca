"""`immichlint stack`: what was found of each stack, and what is unknown."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from immichlint.cli import options, terminal
from immichlint.cli.progress import Progress
from immichlint.cli.sections import SectionedCommand, section
from immichlint.report.sink import write_stream
from immichlint.report.stack_view import render_stack
from immichlint.session import StackRequest, stack


@click.command("stack", cls=SectionedCommand, short_help="Show what was found, and what is unknown.")
@click.argument("path", default=".", type=click.Path(path_type=Path, exists=True))
@section("What is looked at", options.root, options.config)
@section("Output", options.color)
def command(path: Path, root: Path | None, config: Path | None, color: str) -> None:
    """Show what was found: components, images, database, backups, storage, routes; and what is unknown."""
    with Progress(sys.stderr) as progress:
        sections = stack(StackRequest(path, root, config), progress)
    columns = terminal.width(sys.stdout, os.environ)
    colors = terminal.color(color, sys.stdout, os.environ)
    write_stream(sys.stdout, render_stack(sections, columns, color=colors))
