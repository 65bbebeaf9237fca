"""`immichlint explain RULE`: why a rule is there, and what to do."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from immichlint.cli import options, terminal
from immichlint.cli.sections import SectionedCommand, section
from immichlint.report.rule_page import render_page
from immichlint.report.sink import write_stream
from immichlint.session import RulesRequest, explain


@click.command("explain", cls=SectionedCommand, short_help="Tell why a rule is there, and what to do.")
@options.rule_names
@section("Where rules come from", options.root, options.config)
@section("Output", options.color)
def command(names: tuple[str, ...], root: Path | None, config: Path | None, color: str) -> None:
    """Explain rules, given by id or name: why they are there, examples, and what to do."""
    columns = terminal.width(sys.stdout, os.environ)
    colors = terminal.color(color, sys.stdout, os.environ)
    pages = explain(names, RulesRequest(root, config))
    write_stream(sys.stdout, "\n".join(render_page(rule, columns, color=colors) for rule in pages))
