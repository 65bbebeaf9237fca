"""The examples of every built-in rule hold: they are its tests and its page in the docs."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from harness import Seen, findings_of, fixed

from immichlint.rules.catalogue import all_rules, all_texts
from immichlint.rules.rule_text import Example, Expected


class Case(NamedTuple):
    """An example of a rule."""

    rule: str
    example: Example


def cases(kind: str) -> list[object]:
    return [
        pytest.param(Case(rule.id, example), id=f"{rule.id}-{example.title.replace(' ', '-')}")
        for rule in all_rules()
        for example in getattr(all_texts()[rule.id], kind)
    ]


def shown(found: list[Seen]) -> str:
    return "\n".join(f"{item.file}:{item.line}: {item.at!r}: {item.severity}: {item.message}" for item in found)


def is_meant(expected: Expected, found: Seen) -> bool:
    return (
        expected.rule == found.rule
        and expected.at == found.at
        and expected.line in (0, found.line)
        and expected.file in ("", found.file)
        and expected.severity in ("", found.severity)
        and all(words in found.message for words in expected.says)
    )


@pytest.mark.parametrize("case", cases("bad"))
def test_a_bad_example_has_exactly_its_findings(case: Case) -> None:
    found = findings_of(case.example.files, [case.rule], before=case.example.before)
    left = list(found)
    for expected in case.example.findings:
        meant = next((item for item in left if is_meant(expected, item)), None)
        assert meant is not None, f"{expected}\nwas not found among:\n{shown(left)}"
        left.remove(meant)
    assert not left, f"found besides:\n{shown(left)}"


@pytest.mark.parametrize("case", cases("good"))
def test_a_good_example_has_no_findings(case: Case) -> None:
    found = findings_of(case.example.files, [case.rule], before=case.example.before)
    assert not found, shown(found)


@pytest.mark.parametrize("case", cases("bad"))
def test_fixing_a_bad_example_gives_the_fixed_one(case: Case) -> None:
    example = case.example
    outcome = fixed(example.files, [case.rule])
    if example.fixed is not None:
        assert outcome == {**example.files, **example.fixed}
        assert fixed(outcome, [case.rule]) == outcome
    elif example.unfixed:
        assert outcome == example.files
