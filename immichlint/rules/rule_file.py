"""Rule files: one YAML file is one rule."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from immichlint.errors import UserError
from immichlint.findings.finding import Severity
from immichlint.named_tuple import NamedTuple
from immichlint.rules.model import FixSpec, Profile, Rule
from immichlint.rules.rule_text import RuleText, text_of
from immichlint.text import NotTextError, SourceText
from immichlint.yamltree.compose import compose
from immichlint.yamltree.errors import YamlError
from immichlint.yamltree.lookup import data
from immichlint.yamltree.nodes import Document

SUFFIX = ".yaml"


class RuleFile(NamedTuple):
    """A rule file as it was read: its document, and that document's data."""

    path: Path
    document: Document
    data: Any


def rule_files(folder: Path) -> tuple[Path, ...]:
    """The rule files of a folder and its sub-folders, in order. Raises UserError for one that ends in `.yml`."""
    for path in sorted(folder.rglob("*.yml")):
        if not path.name.startswith("."):
            raise UserError(f"{path}: a rule file ends in `{SUFFIX}`; call it {path.stem}{SUFFIX}.")
    return tuple(sorted(path for path in folder.rglob(f"*{SUFFIX}") if not path.name.startswith(".")))


def read(path: Path) -> RuleFile:
    """A rule file. Raises UserError where it is not one YAML document."""
    try:
        source = SourceText.decode(path.read_bytes())
    except OSError as error:
        raise UserError(f"{path}: the rule file cannot be read: {error.strerror}.") from error
    except NotTextError as error:
        raise UserError(f"{path}: the rule file is {error}; save it as UTF-8.") from error
    try:
        documents = compose(source)
        content = data(documents[0].root) if documents else None
    except YamlError as error:
        raise UserError(f"{path}:{source.position(error.offset).line}: not valid YAML: {error.message}.") from error
    if len(documents) != 1:
        line = source.position(documents[1].span.start).line if documents else 1
        raise UserError(f"{path}:{line}: a rule file holds one YAML document, and this one holds {len(documents)}.")
    return RuleFile(path, documents[0], content)


def load(path: Path) -> tuple[Rule, RuleText]:
    """The rule of a file that is held to be sound. Raises UserError where it turns out not to be."""
    file = read(path)
    try:
        return rule_of(file.data), text_of(file.data)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        from immichlint.rules.validate import validate

        validate(file)
        raise UserError(f"{path}: the rule file cannot be used: {error!r}.") from error


def load_checked(path: Path) -> tuple[Rule, RuleText]:
    """The rule of a file that anybody may have written. Raises UserError where it is not sound."""
    from immichlint.rules.validate import validate

    file = read(path)
    validate(file)
    return rule_of(file.data), text_of(file.data)


def rule_of(content: Mapping[str, Any]) -> Rule:
    """The working part of a rule file's data. Raises KeyError, TypeError or ValueError where that is no rule."""
    fix = content.get("fix")
    return Rule(
        content["id"],
        content["name"],
        content["title"],
        Severity(content["severity"]),
        Profile(content["profile"]),
        content["target"],
        content.get("where", {}),
        content.get("check", ""),
        content.get("assert"),
        content.get("message", ""),
        content.get("at", ""),
        {name: item["default"] for name, item in content.get("parameters", {}).items()},
        FixSpec(fix["title"], fix["safety"], fix["set"], fix.get("after", "")) if fix else None,
        tuple(content.get("leads_to", ())),
    )
