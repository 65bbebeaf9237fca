"""The catalogue: the rules that come with immichlint, and those of a user's folder.

The rule files lie in the wheel (`immichlint/_rules`, compiled when it was built) or at the top of a source
checkout (`rules`, compiled into the user's cache folder when they change).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from immichlint.errors import UserError
from immichlint.named_tuple import NamedTuple
from immichlint.rules.compiled_cache import compiled
from immichlint.rules.model import Rule

if TYPE_CHECKING:
    from immichlint.rules.rule_text import RuleText

_PACKAGE: Final = Path(__file__).parent.parent


class UserRule(NamedTuple):
    """A rule of a user's folder."""

    rule: Rule
    text: RuleText
    path: Path


@cache
def rules_folder() -> Path:
    """Where the built-in rule files lie. Raises UserError where the installation is incomplete."""
    for folder in (_PACKAGE / "_rules", _PACKAGE.parent / "rules"):
        if folder.is_dir():
            return folder
    raise UserError(f"The rule files are missing from {_PACKAGE}; install immichlint again.")


@cache
def all_rules() -> tuple[Rule, ...]:
    """The built-in rules, in order of their ids. Raises UserError where one of their files is broken."""
    from immichlint.rules.compiled import RULES, rules_from

    return compiled(rules_folder(), RULES, rules_from)


@cache
def all_texts() -> Mapping[str, RuleText]:
    """What the built-in rules say to people, by rule id."""
    from immichlint.rules.compiled import TEXTS
    from immichlint.rules.compiled_texts import texts_from

    return compiled(rules_folder(), TEXTS, texts_from)


def text(rule_id: str) -> RuleText:
    """What a built-in rule says to people. Raises KeyError for an id that none has."""
    return all_texts()[rule_id]


def user_rules(folder: Path) -> tuple[UserRule, ...]:
    """The rules of a user's folder, in order of their ids. Raises UserError for a folder that is not there, a
    broken file, and an id or name that is taken."""
    if not folder.is_dir():
        raise UserError(f"The rule folder {folder} does not exist; make it, or take it out of the configuration.")
    from immichlint.rules.rule_file import load_checked, rule_files

    found: list[UserRule] = []
    taken = {word: "a built-in rule" for rule in all_rules() for word in (rule.id, rule.name)}
    for path in rule_files(folder):
        rule, words = load_checked(path)
        for word in (rule.id, rule.name):
            if word in taken:
                raise UserError(f"{path}: `{word}` is already the id or name of {taken[word]}; choose another one.")
            taken[word] = f"the rule in {path}"
        found.append(UserRule(rule, words, path))
    return tuple(sorted(found, key=lambda item: item.rule.id))
