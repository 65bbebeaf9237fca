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
    """The rules by id and by name, the last one of a list with commas; none where the configuration is broken."""
    from immichlint import session
    from immichlint.errors import UserError

    try:
        known = session.rules(session.RulesRequest())
    except UserError:
        return []
    before, comma, word = incomplete.rpartition(",")
    return [
        CompletionItem(f"{before}{comma}{name}", help=rule.title)
        for rule in known
        for name in (rule.id, rule.name)
        if name.startswith(word)
    ]
