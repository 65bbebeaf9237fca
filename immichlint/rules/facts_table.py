"""A data file's rows as a Markdown table, for the page of a rule."""

from __future__ import annotations

from typing import Any

from immichlint.facts import load
from immichlint.rules.rule_text import Table


def facts_table(table: Table) -> str:
    """The rows of a table, one line each. Raises KeyError or OSError where the facts have no such rows."""
    rows = [row for row in load(table.facts)[table.rows] if not table.having or row.get(table.having) is not None]
    lines = [table.columns, ("---",) * len(table.columns)]
    lines += [tuple(_cell(row.get(column)) for column in table.columns) for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    if isinstance(value, dict):
        return _with_bounds(value) if "value" in value else ", ".join(f"{key}: {_cell(value[key])}" for key in value)
    return "" if value is None else str(value).replace("|", "\\|")


def _with_bounds(value: dict[str, Any]) -> str:
    """A value of a variable, with the versions that know it."""
    bounds = [f"{word} {value[key]}" for key, word in (("since", "from"), ("until", "before")) if value.get(key)]
    return f"{value['value']} ({', '.join(bounds)})" if bounds else str(value["value"])
