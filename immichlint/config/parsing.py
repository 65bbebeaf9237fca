"""From the text of a file to what it configures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from immichlint.config.model import Config, Origin, located
from immichlint.errors import UserError
from immichlint.findings.finding import Confidence, Severity
from immichlint.text import SourceText

if TYPE_CHECKING:
    from immichlint.yamltree.nodes import Document

SCHEMA: Final = Path(__file__).with_name("config.schema.json")
_LISTS: Final = ("select", "ignore", "rule_folders", "excludes")
_WORDS: Final = ("profile", "scope", "fail_on", "baseline")
_MAPPINGS: Final = ("parameters", "decisions", "versions", "substitutions")


def parse(source: SourceText, file: str) -> Config:
    """The configuration in a text. Raises UserError."""
    document = _document(source, file)
    content = _checked(document, file)
    return _config(content, Origin(file, document))


def _document(source: SourceText, file: str) -> Document:
    from immichlint.yamltree.compose import compose
    from immichlint.yamltree.errors import TooLargeError, YamlError

    try:
        documents = compose(source)
    except TooLargeError as error:
        raise UserError(located(file, source, error.offset, f"this is too large: {error.message}.")) from error
    except YamlError as error:
        raise UserError(located(file, source, error.offset, f"this is not valid YAML: {error.message}.")) from error
    if not documents or (len(documents) == 1 and _is_empty(documents[0])):
        raise UserError(f"{file} is empty; write `version: 1` into it, or delete it.")
    if len(documents) > 1:
        message = "a second YAML document begins here; a configuration is one."
        raise UserError(located(file, source, documents[1].span.start, message))
    return documents[0]


def _is_empty(document: Document) -> bool:
    return document.root is None or document.root.end <= document.root.outer


def _checked(document: Document, file: str) -> Any:
    """The data of a sound configuration."""
    import json

    from immichlint.config.schema import Checker, Violation
    from immichlint.yamltree.lookup import data

    def complaints(root: Any) -> Iterator[Violation]:
        for key in document.duplicates:
            yield Violation(key, f"`{key.text}` stands here a second time; keep one of them.")
        yield from Checker(json.loads(SCHEMA.read_text("utf-8"))).violations(root)

    assert document.root is not None
    wrong = sorted(complaints(document.root), key=lambda violation: violation.node.start)
    content = data(document.root)
    if wrong:
        lines = dict.fromkeys(located(file, document.source, item.node.start, item.message) for item in wrong)
        # A key may have line ends; each complaint is a line.
        raise UserError("\n".join(" ".join(line.splitlines()) for line in lines))
    return content


def _config(content: dict[str, Any], origin: Origin) -> Config:
    from immichlint.findings.ignores import StandingIgnore

    ignores = tuple(
        StandingIgnore(
            tuple(entry["rules"]),
            entry["reason"],
            entry.get("path", ""),
            entry.get("object", ""),
            origin.region(("ignores", index, "rules"), key=True),
        )
        for index, entry in enumerate(content.get("ignores", ()))
    )
    given: dict[str, Any] = {key: content[key] for key in (*_WORDS, *_MAPPINGS) if key in content}
    given |= {key: tuple(content[key]) for key in _LISTS if key in content}
    given["severity"] = {rule: Severity(word) for rule, word in content.get("severity", {}).items()}
    if "min_confidence" in content:
        given["min_confidence"] = Confidence(content["min_confidence"])
    return Config(ignores=ignores, origin=origin, **given)
