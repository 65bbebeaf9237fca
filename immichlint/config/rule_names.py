"""The rules that a configuration names, once it is known which rules there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Protocol

from immichlint.config.model import Config
from immichlint.errors import UserError
from immichlint.findings.selectors import meant, no_such_rule
from immichlint.text.nearest import hint
from immichlint.yamltree.lookup import Route


class Parametrized(Protocol):
    """What has an id, a name, and the defaults of parameters: a rule."""

    @property
    def id(self) -> str:
        """`IML101`."""

    @property
    def name(self) -> str:
        """`cnpg-schedule-five-fields`."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The default of each parameter."""


def resolve(config: Config, rules: Collection[Parametrized]) -> Config:
    """The configuration with severities and parameters by rule id.

    Raises UserError for a rule that is not there, and for a parameter that its rule does not know or that is of
    another type than its default.
    """
    for route, selector in _selectors(config):
        if not meant(selector, rules):
            raise config.origin.error(route, no_such_rule(selector, rules))
    severity = {rule.id: config.severity[word] for word, rule in _each(config, "severity", config.severity, rules)}
    parameters: dict[str, Mapping[str, Any]] = {}
    for word, rule in _each(config, "parameters", config.parameters, rules):
        values = config.parameters[word]
        for name, value in values.items():
            wrong = _wrong_parameter(rule, name, value)
            if wrong is not None:
                raise config.origin.error(("parameters", word, name), wrong, key=True)
        parameters[rule.id] = values
    return config._replace(severity=severity, parameters=parameters)


def _selectors(config: Config) -> Iterator[tuple[Route, str]]:
    yield from ((("select", index), selector) for index, selector in enumerate(config.select))
    yield from ((("ignore", index), selector) for index, selector in enumerate(config.ignore))
    for entry, ignore in enumerate(config.ignores):
        yield from ((("ignores", entry, "rules", index), rule) for index, rule in enumerate(ignore.rules))


def _each(
    config: Config, section: str, words: Iterable[str], rules: Collection[Parametrized]
) -> Iterator[tuple[str, Parametrized]]:
    """The rule that each word names. Raises UserError for one that is named twice, by its id and by its name."""
    seen: dict[str, str] = {}
    for word in words:
        rule = _rule(config, section, word, rules)
        if rule.id in seen:
            message = f"`{word}` is the rule that `{seen[rule.id]}` names already; keep one of them."
            raise config.origin.error((section, word), message, key=True)
        seen[rule.id] = word
        yield word, rule


def _rule(config: Config, section: str, word: str, rules: Collection[Parametrized]) -> Parametrized:
    for rule in rules:
        if word in (rule.id, rule.name):
            return rule
    raise _no_rule(config, section, word, rules)


def _no_rule(config: Config, section: str, word: str, rules: Collection[Parametrized]) -> UserError:
    if meant(word, rules):
        message = f"`{word}` means several rules; here one is named, by its id or name."
    else:
        message = no_such_rule(word, rules)
    return config.origin.error((section, word), message, key=True)


def _wrong_parameter(rule: Parametrized, name: str, value: Any) -> str | None:
    if name not in rule.parameters:
        there = ", ".join(f"`{other}`" for other in rule.parameters)
        near = hint(name, rule.parameters)
        if near == ".":
            near = f"; it has {there}." if there else "; it has none."
        return f"`{name}` is no parameter of {rule.id}{near}"
    default = rule.parameters[name]
    if default is None or _kind(default) == _kind(value):
        return None
    return f"`{name}` of {rule.id} is {_kind(value)}, expected {_kind(default)}."


def _kind(value: Any) -> str:
    for types, kind in (
        ((bool,), "a yes or no"),
        ((int, float), "a number"),
        ((str,), "text"),
        ((list, tuple), "a list"),
        ((dict,), "a mapping"),
    ):
        if isinstance(value, types):
            return kind
    return "empty"
