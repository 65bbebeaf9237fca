"""Rules compiled to JSON: what loads in milliseconds, made of rule files that take a hundred times as long."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from immichlint.findings.finding import Severity
from immichlint.rules.model import FixSpec, Profile, Rule

RULES: Final = "compiled.json"
TEXTS: Final = "compiled-texts.json"


def compile_rules(folder: Path) -> dict[str, str]:
    """The rules of a folder as JSON by file name: their working parts, and their texts by id. Raises UserError
    for a file that is no rule."""
    from immichlint.rules.rule_file import load, rule_files

    loaded = sorted((load(path) for path in rule_files(folder)), key=lambda pair: pair[0].id)
    return {
        RULES: _json([rule for rule, _ in loaded]),
        TEXTS: _json({rule.id: text for rule, text in loaded}),
    }


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def rules_from(rows: Iterable[Any]) -> tuple[Rule, ...]:
    """The rules of compiled rows."""
    severities = {item.value: item for item in Severity}
    profiles = {item.value: item for item in Profile}
    return tuple(
        Rule(
            key,
            name,
            title,
            severities[severity],
            profiles[profile],
            target,
            where,
            check,
            assertion,
            message,
            at,
            parameters,
            FixSpec(*fix) if fix else None,
            tuple(leads_to),
        )
        for (
            key, name, title, severity, profile, target, where, check, assertion, message, at, parameters, fix, leads_to
        ) in rows
    )  # fmt: skip
