"""How people name rules: by id, by name, or by the beginning of ids."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol


class Named(Protocol):
    """What has a rule's id and name: a rule, a finding's rule, a rule's page."""

    @property
    def id(self) -> str:
        """`IML101`."""

    @property
    def name(self) -> str:
        """`cnpg-schedule-five-fields`."""


def selects(selector: str, rule_id: str, name: str) -> bool:
    """Whether a selector (`IML101`, `cnpg-schedule-five-fields`, `IML1`) means a rule; upper and lower case are
    alike."""
    wanted = selector.lower()
    return bool(wanted) and (wanted == name.lower() or rule_id.lower().startswith(wanted))


def selected(selectors: Iterable[str], rule_id: str, name: str) -> bool:
    """Whether any of some selectors means a rule."""
    return any(selects(selector, rule_id, name) for selector in selectors)


def meant(selector: str, rules: Collection[Named]) -> list[Named]:
    """The rules that a selector means; none where it names no rule."""
    return [rule for rule in rules if selects(selector, rule.id, rule.name)]


def suggestion(selector: str, rules: Collection[Named]) -> str | None:
    """The rule that was probably meant by a selector that means none.

    Ids are all alike, so only a name or another spelling of an id (`iml-101`) is taken for one.
    """
    from immichlint.text.nearest import nearest

    spelled = selector.upper().replace("-", "").replace("_", "").replace(" ", "")
    if any(rule.id == spelled for rule in rules):
        return spelled
    return nearest(selector, [rule.name for rule in rules])


def no_such_rule(selector: str, rules: Collection[Named]) -> str:
    """The sentence for a selector that means no rule, with the one that was probably meant."""
    near = suggestion(selector, rules)
    if near is None:
        return f"`{selector}` names no rule; `immichlint rules` lists them."
    return f"`{selector}` names no rule; did you mean `{near}`?"
