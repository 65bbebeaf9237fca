"""Which rules judge, with which settings: the catalogue as a configuration and a request narrow it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from immichlint.config import Config
from immichlint.errors import UserError
from immichlint.findings.report import RuleInfo
from immichlint.rules import catalogue
from immichlint.rules.model import Profile, Rule, Settings
from immichlint.rules.select import rules_for
from immichlint.session.requests import CheckRequest


def every_rule(root: Path, config: Config) -> tuple[Rule, ...]:
    own = [item.rule for folder in config.rule_folders for item in catalogue.user_rules(root / folder)]
    return (*catalogue.all_rules(), *own)


def selected(request: CheckRequest, config: Config, every: tuple[Rule, ...]) -> tuple[Rule, ...]:
    return rules_for(
        _profile(request, config), request.select or config.select, (*config.ignore, *request.ignore), every
    )


def _profile(request: CheckRequest, config: Config) -> Profile:
    profile = request.profile or config.profile
    if profile not in list(Profile):
        raise UserError(f"There is no profile `{profile}`; the profiles are {', '.join(Profile)}.")
    return Profile(profile)


def resolved(config: Config, every: tuple[Rule, ...]) -> Config:
    """The configuration with rules by their ids. Raises UserError for a rule or a parameter that is not there."""
    if config.origin.document is None:
        return config
    from immichlint.config.rule_names import resolve

    return resolve(config, every)


def settings_of(request: CheckRequest, config: Config, rules: Iterable[Rule] = ()) -> Settings:
    """What the rules are told; who selects rules by name sees all that they have to say."""
    selectors = request.select or config.select
    every = bool(selectors)
    words = {item.strip().lower() for item in selectors}
    return Settings(
        profile=Profile.STRICT if every else _profile(request, config),
        parameters=config.parameters,
        severities=config.severity,
        versions=config.versions,
        decisions=config.decisions,
        everything=config.scope == "all",
        substitutions=config.substitutions,
        asked=frozenset(rule.id for rule in rules if {rule.id.lower(), rule.name} & words),
    )


def infos(rules: Iterable[Rule], root: Path, config: Config) -> tuple[RuleInfo, ...]:
    """Rules, for people."""
    from immichlint.rules.docs import category_of, help_markdown

    own = {item.rule.id: item for folder in config.rule_folders for item in catalogue.user_rules(root / folder)}
    found: list[RuleInfo] = []
    for rule in rules:
        words = own[rule.id].text if rule.id in own else catalogue.text(rule.id)
        url = own[rule.id].path.relative_to(root).as_posix() if rule.id in own else f"docs/rules/{rule.id}.md"
        page = help_markdown(rule, words)
        found.append(
            RuleInfo(
                rule.id,
                rule.name,
                rule.severity,
                rule.title,
                words.rationale,
                page,
                url,
                rule.profile,
                category_of(rule),
                words.security,
            )
        )
    return tuple(found)
