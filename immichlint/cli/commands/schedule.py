"""`immichlint schedule EXPR`: how CNPG reads a schedule, how crontab(5) does, and the next runs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Final

import click

from immichlint.cli import options
from immichlint.cli.instant import instant
from immichlint.cli.sections import SectionedCommand, section
from immichlint.errors import UserError
from immichlint.report.sink import write_stream
from immichlint.report.visible import visible
from immichlint.schedules.preview import preview, preview_lines

_STANDARD_INPUT: Final = "-"
_FIELDS: Final = 5


@click.command(
    "schedule",
    cls=SectionedCommand,
    short_help="Show how CNPG and crontab(5) read a schedule.",
    context_settings={"ignore_unknown_options": True},
)
@click.argument("expressions", nargs=-1, required=True, metavar="EXPR...|-")
@section(
    "Output",
    options.start,
    options.text_or_json,
)
def command(expressions: tuple[str, ...], start: str | None, form: str) -> None:
    """Show how CloudNativePG reads a schedule, how crontab(5) does, and the next runs of each.

    Put each expression in quotes: immichlint schedule '0 0 3 * * *'. With `-`, JSON strings are read
    from standard input, one a line.
    """
    begin = instant(start)
    for number, expression in enumerate(_all(expressions)):
        if form == "json":
            write_stream(sys.stdout, json.dumps(preview(expression, begin)) + "\n")
            continue
        lines = map(visible, preview_lines(expression, begin))
        write_stream(sys.stdout, ("\n" if number else "") + "\n".join(lines) + "\n")


def _all(expressions: tuple[str, ...]) -> Iterator[str]:
    """The expressions, those of standard input where `-` stands."""
    if len(expressions) >= _FIELDS and not any(" " in part or part.startswith("@") for part in expressions):
        raise UserError("Put the expression in quotes: `immichlint schedule '0 0 3 * * *'`.")
    for expression in expressions:
        if expression == _STANDARD_INPUT:
            yield from _standard_input()
        else:
            yield expression


def _standard_input() -> Iterator[str]:
    for number, line in enumerate(sys.stdin, start=1):
        if not line.strip():
            continue
        try:
            expression = json.loads(line)
        except json.JSONDecodeError as error:
            raise UserError(f"Line {number} of standard input is no JSON: {error.msg}.") from error
        if not isinstance(expression, str):
            raise UserError(f"Line {number} of standard input is no JSON string; write each schedule in quotes.")
        yield expression
