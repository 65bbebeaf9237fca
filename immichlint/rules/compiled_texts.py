"""What rules say to people, from JSON: few runs need it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from immichlint.rules.rule_text import Example, Expected, ParameterText, Reference, RuleText, Table


def texts_from(rows: Mapping[str, Any]) -> dict[str, RuleText]:
    """The texts of compiled rows, by rule id."""
    return {key: _text(row) for key, row in rows.items()}


def _text(row: Any) -> RuleText:
    rationale, references, parameters, bad, good, security, tables = row
    return RuleText(
        rationale,
        tuple(Reference(*item) for item in references),
        tuple(ParameterText(*item) for item in parameters),
        tuple(map(_example, bad)),
        tuple(map(_example, good)),
        security,
        tuple(Table(title, facts, rows, tuple(columns), having) for title, facts, rows, columns, having in tables),
    )


def _example(row: Any) -> Example:
    title, files, findings, fixed, unfixed, before = row
    return Example(title, files, tuple(map(_expected, findings)), fixed, unfixed, before)


def _expected(row: Any) -> Expected:
    rule, at, line, file, severity, says = row
    return Expected(rule, at, line, file, severity, tuple(says))
