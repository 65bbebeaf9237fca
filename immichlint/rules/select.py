"""Choosing rules: a profile or a selection, less what is ignored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from immichlint.errors import UserError
from immichlint.rules.model import Profile, Rule


def rules_for(
    profile: Profile, select: Sequence[str], ignore: Sequence[str], catalogue: Sequence[Rule]
) -> tuple[Rule, ...]:
    """The rules to judge with, in the catalogue's order: those selected, else those of the profile, less those
    ignored. Selectors are ids, names and prefixes of ids (`IML1`). Raises UserError for one that fits no rule."""
    ignored = {rule.id for rule in matching(ignore, catalogue)}
    chosen = {rule.id for rule in matching(select, catalogue)}
    return tuple(
        rule
        for rule in catalogue
        if rule.id not in ignored and (rule.id in chosen if select else profile.includes(rule.profile))
    )


def matching(selectors: Iterable[str], catalogue: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules that any of the selectors fits. Raises UserError for a selector that fits none."""
    found = {rule.id: rule for selector in selectors for rule in _fitting(selector, catalogue)}
    return tuple(found.values())


def fits(selector: str, rule: Rule) -> bool:
    """Whether a selector is the rule's id, its name, or a prefix of its id; upper and lower case are alike."""
    wanted = selector.strip().lower()
    return bool(wanted) and (rule.name.lower() == wanted or rule.id.lower().startswith(wanted))


def _fitting(selector: str, catalogue: Sequence[Rule]) -> tuple[Rule, ...]:
    found = tuple(rule for rule in catalogue if fits(selector, rule))
    if not found:
        raise UserError(_unknown(selector, catalogue))
    return found


def _unknown(selector: str, catalogue: Sequence[Rule]) -> str:
    from difflib import get_close_matches

    words = {word.lower(): word for rule in catalogue for word in (rule.id, rule.name)}
    near = next(iter(get_close_matches(selector.strip().lower(), words)), None)
    hint = f"did you mean `{words[near]}`?" if near else "`immichlint rules` lists them all."
    return f"No rule has the id, the name or the prefix `{selector}`: {hint}"
