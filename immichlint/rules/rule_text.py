"""What a rule file says to people, and its examples: loaded only when somebody asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from immichlint.named_tuple import NamedTuple
from immichlint.yamltree.lookup import Data

ONLY_FILE: Final = "manifest.yaml"
"""The name of an example's file where it has a single one."""


class Reference(NamedTuple):
    """A page to read on."""

    title: str
    url: str


class ParameterText(NamedTuple):
    """A parameter of a rule, for people. `type`: as JSON Schema calls it."""

    name: str
    type: str
    default: Data
    description: str


class Table(NamedTuple):
    """Facts that a rule's page shows. `facts`: a data file. `rows`: the key of its rows. `columns`: keys of a row.
    `having`: only rows with this key, all where it is empty."""

    title: str
    facts: str
    rows: str
    columns: tuple[str, ...]
    having: str


class Expected(NamedTuple):
    """A finding that an example has. `at`: the exact text it points at. `line`: counted from 1, 0 where the
    example does not say. `file`, `severity`: empty where it does not say. `says`: parts of the message."""

    rule: str
    at: str
    line: int
    file: str
    severity: str
    says: tuple[str, ...]


class Example(NamedTuple):
    """Files that are analysed with only this rule. `fixed`: the files after all fixes, unsafe ones included, None
    where the example does not say; a file that it does not name stays. `unfixed`: no fix changes a file. `before`:
    the files as an earlier revision had them, None where nobody asks what has changed."""

    title: str
    files: Mapping[str, str]
    findings: tuple[Expected, ...] = ()
    fixed: Mapping[str, str] | None = None
    unfixed: bool = False
    before: Mapping[str, str] | None = None


class RuleText(NamedTuple):
    """A rule file's part for people. `rationale`: Markdown. `bad`: examples with findings; `good`: without.
    `security`: how grave a weakness it is, as CVSS counts (0.1 to 10.0); 0 where it is none. `tables`: the facts
    behind it."""

    rationale: str
    references: tuple[Reference, ...]
    parameters: tuple[ParameterText, ...]
    bad: tuple[Example, ...]
    good: tuple[Example, ...]
    security: float = 0.0
    tables: tuple[Table, ...] = ()


def text_of(data: Mapping[str, Any]) -> RuleText:
    """The texts of a rule file's data. Raises KeyError, TypeError or ValueError where that is no rule."""
    examples = data.get("examples", {})
    return RuleText(
        data["rationale"],
        tuple(Reference(item["title"], item["url"]) for item in data.get("references", ())),
        tuple(
            ParameterText(name, item["type"], item["default"], item["description"])
            for name, item in data.get("parameters", {}).items()
        ),
        tuple(_example(item, data["id"]) for item in examples.get("bad", ())),
        tuple(_example(item, data["id"]) for item in examples.get("good", ())),
        float(data.get("security_severity", 0)),
        tuple(_table(item) for item in data.get("tables", ())),
    )


def _table(item: Mapping[str, Any]) -> Table:
    return Table(item["title"], item["facts"], item["rows"], tuple(item["columns"]), item.get("having", ""))


def _example(item: Mapping[str, Any], rule: str) -> Example:
    return Example(
        item["title"],
        _files(item["files"] if "files" in item else item["yaml"]),
        tuple(_expected(finding, rule) for finding in item.get("findings", ())),
        _files(item["fixed"]) if "fixed" in item else None,
        item.get("unfixed", False),
        _files(item["before"]) if "before" in item else None,
    )


def _files(given: str | Mapping[str, str]) -> Mapping[str, str]:
    return {ONLY_FILE: given} if isinstance(given, str) else given


def _expected(item: Mapping[str, Any], rule: str) -> Expected:
    return Expected(
        item.get("rule", rule),
        item["at"],
        item.get("line", 0),
        item.get("file", ""),
        item.get("severity", ""),
        tuple(item.get("says", ())),
    )
