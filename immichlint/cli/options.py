"""The options, by what they are about."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click

from immichlint.cli.sections import SectionedOption, option, section


class FormatOption(SectionedOption):
    """`--format`, whose help names the formats that there are."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option and its help."""
        from immichlint.report.formats import names

        self.help = f"{', '.join(names())}; repeatable, without FILE to standard output. [default: text]"
        return super().get_help_record(ctx)


def _separated(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """The parts of `a,b` and of repeated options, in order."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _rules(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[Any]:
    from immichlint.cli.suggest import rules

    return list(rules(ctx, parameter, incomplete))


def _formats(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[Any]:
    from immichlint.cli.suggest import formats

    return list(formats(ctx, parameter, incomplete))


def rule_list(name: str, text: str) -> Any:
    """An option that takes rules, separated by commas and repeatable."""
    return option(name, multiple=True, metavar="RULE,...", callback=_separated, help=text, shell_complete=_rules)


_FOLDER: Final = click.Path(path_type=Path, file_okay=False, exists=True)
_FILE: Final = click.Path(path_type=Path, dir_okay=False, exists=True)

_BASELINE: Final = "Leave out what is in this file. [default: `baseline` of the configuration]"

root = option(
    "--root",
    type=_FOLDER,
    metavar="DIR",
    help="The repository's root. [default: the nearest folder above with .immichlint.yaml or .git]",
)
config = option("--config", type=_FILE, metavar="FILE", help="In place of .immichlint.yaml at the root.")
profile = option("--profile", metavar="P", help="minimal, recommended (default) or strict.")
color = option("--color", type=click.Choice(("auto", "always", "never")), default="auto", help="Colours.")

scope = section(
    "What is looked at",
    root,
    config,
    option("--stdin-filename", metavar="FILE", help="Take standard input for this file's text."),
    option("--no-cache", is_flag=True, help="Read no cache and write none."),
)
judging = section(
    "What is reported",
    rule_list("--select", "Only these rules: ids, names or prefixes such as IML1."),
    rule_list("--ignore", "Not these rules."),
    profile,
    option(
        "--min-confidence",
        type=click.Choice(("high", "medium", "low")),
        help="Leave out what is less sure.",
    ),
    option("--baseline", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help=_BASELINE),
    option("--changed-since", metavar="REV", help="Only what the changes since this Git revision touch or cause."),
    option("--write-baseline", is_flag=True, help="Accept what is found now: write it to the baseline."),
    option(
        "--fail-on",
        type=click.Choice(("error", "warning", "info", "never")),
        help="From which severity on the exit code is 1. [default: error]",
    ),
    option("--exit-zero", is_flag=True, help="Exit with 0 in spite of findings."),
)
fixing = section(
    "Fixing",
    option("--fix", is_flag=True, help="Mend: on a terminal one fix at a time, else all that are safe."),
    option("--yes", is_flag=True, help="With --fix: ask nothing, apply all that are safe."),
    option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: the unsafe ones too."),
    option("--diff", is_flag=True, help="Print what --fix would change, and change nothing."),
)
output = section(
    "Output",
    option("--format", "formats", cls=FormatOption, multiple=True, metavar="F[=FILE]", shell_complete=_formats),
    option("--statistics", is_flag=True, help="In text: counts per rule in place of the findings."),
    option("--sarif-suppressed", is_flag=True, help="In SARIF: what is ignored too, marked as suppressed."),
    color,
)
rule_names = click.argument("names", nargs=-1, required=True, metavar="RULE...", shell_complete=_rules)
start = option("--from", "start", metavar="TIME", help="Show the runs after this instant (RFC 3339). [default: now]")
text_or_json = option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", help="How it is printed."
)
