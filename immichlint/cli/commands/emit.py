"""`immichlint emit`: the full corrected stack, somewhere else."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from immichlint.cli import options
from immichlint.cli.progress import Progress
from immichlint.cli.sections import SectionedCommand, option, section
from immichlint.report.sink import write_stream
from immichlint.report.summary import count
from immichlint.report.visible import visible
from immichlint.session import EmitRequest, emit


@click.command("emit", cls=SectionedCommand, short_help="Write the full corrected stack into a folder.")
@click.argument("path", default=".", type=click.Path(path_type=Path, exists=True))
@section("What is looked at", options.root, options.config)
@section(
    "Output",
    option("-o", "--output", "into", required=True, metavar="DIR", type=click.Path(path_type=Path), help="Where to."),
    option("--force", is_flag=True, help="Even into a folder that is not empty."),
)
def command(path: Path, into: Path, root: Path | None, config: Path | None, force: bool) -> None:
    """Write the full corrected stack: one folder for each place where Immich ends up, with every fix applied, unsafe
    ones too, and with what was missing. `kubectl apply -k DIR/FOLDER` takes each. Your own files stay as they are.

    Each decision that is yours stands in a comment at its place, and below.
    """
    with Progress(sys.stderr) as progress:
        outcome = emit(EmitRequest(path, into, root, config, force), progress)
    lines = [f"{into / folder}" for folder in outcome.folders]
    lines.append(f"Wrote {count(outcome.files, 'file')} for {count(len(outcome.folders), 'stack')}.")
    if outcome.decided:
        lines += ["", "Decisions to look at:", *(f"  {sentence}" for sentence in outcome.decided)]
    if outcome.left:
        lines += ["", "Not mended, or not there:", *(f"  {sentence}" for sentence in outcome.left)]
    if outcome.is_inside:
        note = f"`{into}` lies in the repository: the next run reads it too, if `excludes` does not leave it out."
        lines += ["", note]
    write_stream(sys.stdout, "".join(f"{visible(line)}\n" for line in lines))
