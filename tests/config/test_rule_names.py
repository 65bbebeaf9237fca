"""The rules that a configuration names are held to those there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from immichlint.config import Config
from immichlint.config.parsing import parse
from immichlint.config.rule_names import resolve
from immichlint.errors import UserError
from immichlint.findings.finding import Severity
from immichlint.text import SourceText


class Named(NamedTuple):
    id: str
    name: str
    parameters: Mapping[str, Any] = {}


RULES = (
    Named("IML101", "cnpg-schedule-five-fields"),
    Named("IML103", "cnpg-schedule-too-often", {"most": 6}),
    Named("IML105", "scheduled-backup-immediate-unset", {"value": False}),
)


def resolved(text: str) -> Config:
    return resolve(parse(SourceText(f"version: 1\n{text}"), "c.yaml"), RULES)


def test_severities_and_parameters_get_their_ids() -> None:
    config = resolved(
        "severity: {cnpg-schedule-five-fields: info}\nparameters: {cnpg-schedule-too-often: {most: 2}, IML105: {}}\n"
    )
    assert config.severity == {"IML101": Severity.INFO}
    assert config.parameters == {"IML103": {"most": 2}, "IML105": {}}


def test_selectors_that_mean_rules_pass() -> None:
    config = resolved("select: [IML1]\nignore: [iml101]\nignores: [{rules: [cnpg-schedule-too-often], reason: x}]\n")
    assert config.select == ("IML1",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select: [IML2]", "2:10: `IML2` names no rule; `immichlint rules` lists them."),
        (
            "ignore: [IML101, cnpg-schedule-to-often]",
            "2:18: `cnpg-schedule-to-often` names no rule; did you mean `cnpg-schedule-too-often`?",
        ),
        ("ignores: [{rules: [IML-103], reason: x}]", "2:20: `IML-103` names no rule; did you mean `IML103`?"),
        ("severity: {IML999: info}", "2:12: `IML999` names no rule; `immichlint rules` lists them."),
        ("severity: {IML10: info}", "2:12: `IML10` means several rules; here one is named, by its id or name."),
        (
            "severity: {IML103: info, cnpg-schedule-too-often: error}",
            "2:26: `cnpg-schedule-too-often` is the rule that `IML103` names already; keep one of them.",
        ),
        ("parameters: {IML103: {mots: 2}}", "2:23: `mots` is no parameter of IML103; did you mean `most`?"),
        ("parameters: {IML103: {x: 2}}", "2:23: `x` is no parameter of IML103; it has `most`."),
        ("parameters: {IML101: {x: 2}}", "2:23: `x` is no parameter of IML101; it has none."),
        ("parameters: {IML105: {value: 1}}", "2:23: `value` of IML105 is a number, expected a yes or no."),
    ],
)
def test_what_means_no_rule_is_told_with_its_place(text: str, expected: str) -> None:
    with pytest.raises(UserError) as caught:
        resolved(f"{text}\n")
    assert str(caught.value) == f"c.yaml:{expected}"
