"""Every rule file is whole: a rationale, references, and examples in more than one style.

A style is a way in which people write the same thing: plain manifests, a chart's values, an overlay, a List, JSON,
what an engine applies, or mappings in flow style.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from immichlint.rules.catalogue import all_rules, text
from immichlint.rules.rule_text import Example

CONTRACT: Final = Path(__file__).parents[3] / "shared" / "RULES.md"
MARKS: Final = {
    "app-template": r"\bapp-template\b",
    "Immich chart": r"\bchart: [\"']?immich\b|charts/immich|\bname: immich, version",
    "cluster chart": r"\bchart: cluster\b|\bchart: cnpg/cluster\b",
    "list": r"\bkind: List\b",
    "JSON": r'"apiVersion"',
    "Argo CD": r"argoproj\.io",
    "Flux": r"kustomize\.toolkit\.fluxcd\.io",
    "flow": r"^ *(?:- )?(?:spec|stringData|data|values): \{\w",
}
ONE_STYLE: Final[dict[str, str]] = {}
"""Why the bad examples of a rule are in one style, by its id."""
NOT_FIXED_HERE: Final = {
    "IML112": "an example has no decisions; tests/rules/test_new_destination.py has what the fix writes",
    "IML120": "an example has no versions; tests/rules/test_plugin_migration.py has what the fix writes",
}
"""Where the files after a fix are held, if by no example."""
IDS: Final = [rule.id for rule in all_rules()]


def style(example: Example) -> frozenset[str]:
    """The styles of an example; `plain` where it has none of the others."""
    texts = "\n".join(example.files.values())
    found = {name for name, mark in MARKS.items() if re.search(mark, texts, re.MULTILINE)}
    found |= {"Kustomize" for path in example.files if path.endswith("kustomization.yaml")}
    found |= {"JSON" for path in example.files if path.endswith(".json")}
    return frozenset(found or {"plain"})


@pytest.mark.parametrize("rule", IDS)
def test_a_rule_says_why_and_where_to_read_on(rule: str) -> None:
    words = text(rule)
    assert len(words.rationale.split()) > 20
    assert words.references
    assert all(reference.url.startswith("https://") and reference.title for reference in words.references)


@pytest.mark.parametrize("rule", IDS)
def test_a_rule_has_examples_in_two_styles(rule: str) -> None:
    words = text(rule)
    assert len(words.bad) >= 2
    assert len(words.good) >= 2
    assert (len({style(example) for example in words.bad}) < 2) is (rule in ONE_STYLE)


@pytest.mark.skipif(not CONTRACT.is_file(), reason="the catalogue's contract is not beside this checkout")
@pytest.mark.parametrize("rule", IDS)
def test_a_fix_that_the_catalogue_names_is_shown(rule: str) -> None:
    (line,) = (line for line in CONTRACT.read_text("utf-8").splitlines() if line.startswith(f"| {rule} |"))
    fix = line.rstrip(" |").rpartition("|")[2].strip()
    shown = any(example.fixed is not None for example in text(rule).bad)
    assert shown is (not fix.startswith("–") and rule not in NOT_FIXED_HERE)


def test_exceptions_are_rules() -> None:
    assert set(ONE_STYLE) | set(NOT_FIXED_HERE) <= set(IDS)
