"""What a shell is told when it asks how a word may go on."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem


def formats(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The formats; after `F=` come files."""
    from immichlint.report.formats import names

    if "=" in incomplete:
        return [CompletionItem(incomplete, type="file")]
    return [CompletionItem(name) for name in names() if name.startswith(incomplete)]


def rules(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The built-in rules by id and by name, the last one of a list with commas."""
    from immichlint.rules.catalogue import all_rules

    before, comma, word = incomplete.rpartition(",")
    return [
        CompletionItem(f"{before}{comma}{name}", help=rule.title)
        for rule in all_rules()
        for name in (rule.id, rule.name)
        if name.startswith(word)
    ]
