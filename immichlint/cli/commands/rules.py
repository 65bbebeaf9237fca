"""`immichlint rules`: what is looked for."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from immichlint.cli import options, terminal
from immichlint.cli.sections import SectionedCommand, option, section
from immichlint.report.rule_list import render_rules, rules_json
from immichlint.report.sink import write_stream
from immichlint.session import RulesRequest, rules, test_rules


@click.command("rules", cls=SectionedCommand, short_help="List the rules.")
@section(
    "What is listed",
    options.root,
    options.config,
    options.rule_list("--select", "Only these rules: ids, names or prefixes such as IML1."),
    option("--profile", metavar="P", help="Only those of minimal, recommended or strict. [default: all rules]"),
)
@section(
    "Your own rules",
    option(
        "--test", "tested", is_flag=True, help="Run the examples of the rules in `rule_folders`, in place of a list."
    ),
)
@section("Output", options.text_or_json, options.color)
def command(
    root: Path | None,
    config: Path | None,
    select: tuple[str, ...],
    profile: str | None,
    tested: bool,
    form: str,
    color: str,
) -> int:
    """List the rules: id, severity, profile, name and title."""
    if tested:
        return _test(RulesRequest(root, config))
    found = rules(RulesRequest(root, config, select, profile))
    if form == "json":
        write_stream(sys.stdout, rules_json(found))
        return 0
    columns = terminal.width(sys.stdout, os.environ)
    colors = terminal.color(color, sys.stdout, os.environ)
    write_stream(sys.stdout, render_rules(found, columns, color=colors))
    return 0


def _test(request: RulesRequest) -> int:
    """Say of each own rule whether its examples hold; the exit code."""
    outcome = test_rules(request)
    for rule, troubles in outcome:
        lines = [f"{rule}: {trouble}" for trouble in troubles] or [f"{rule}: its examples hold."]
        write_stream(sys.stdout, "".join(f"{line}\n" for line in lines))
    if not outcome:
        write_stream(sys.stdout, "There are no rules of your own: no folder in `rule_folders` has one.\n")
    return int(any(troubles for _, troubles in outcome))
