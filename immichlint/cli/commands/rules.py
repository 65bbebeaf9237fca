"""`immichlint rules`: what is looked for."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from immichlint.cli import options, terminal
from immichlint.cli.sections import SectionedCommand, section
from immichlint.report.rule_list import render_rules, rules_json
from immichlint.report.sink import write_stream
from immichlint.session import RulesRequest, rules


@click.command("rules", cls=SectionedCommand, short_help="List the rules.")
@section(
    "What is listed",
    options.root,
    options.config,
    options.rule_list("--select", "Only these rules: ids, names or prefixes such as IML1."),
    options.profile,
)
@section("Output", options.text_or_json, options.color)
def command(
    root: Path | None,
    config: Path | None,
    select: tuple[str, ...],
    profile: str | None,
    form: str,
    color: str,
) -> None:
    """List the rules: id, severity, profile, name and title."""
    found = rules(RulesRequest(root, config, select, profile))
    if form == "json":
        write_stream(sys.stdout, rules_json(found))
        return
    columns = terminal.width(sys.stdout, os.environ)
    colors = terminal.color(color, sys.stdout, os.environ)
    write_stream(sys.stdout, render_rules(found, columns, color=colors))
