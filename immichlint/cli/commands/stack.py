"""`immichlint stack`: what there is of Immich, and what is unknown."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from immichlint.cli import options, terminal
from immichlint.cli.instant import instant
from immichlint.cli.progress import Progress
from immichlint.cli.sections import SectionedCommand, section
from immichlint.report.sink import write_stream
from immichlint.session import StackRequest, stack


@click.command("stack", cls=SectionedCommand, short_help="Show what was found, and what is unknown.")
@click.argument("path", default=".", type=click.Path(path_type=Path, exists=True))
@section("What is looked at", options.root, options.config)
@section("Output", options.start, options.text_or_json, options.color)
def command(path: Path, root: Path | None, config: Path | None, start: str | None, form: str, color: str) -> None:
    """Show what was found: what applies it, components, images, database, backups and what can be restored, storage,
    routes; and what is unknown, with the reason."""
    with Progress(sys.stderr) as progress:
        found = stack(StackRequest(instant(start), path, root, config), progress)
    if form == "json":
        from immichlint.report.stack_json import render_stack_json

        write_stream(sys.stdout, render_stack_json(found))
        return
    from immichlint.report.stack_view import render_stack

    columns = terminal.width(sys.stdout, os.environ)
    write_stream(sys.stdout, render_stack(found, columns, color=terminal.color(color, sys.stdout, os.environ)))
