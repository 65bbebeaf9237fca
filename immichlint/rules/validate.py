"""Holding rule files to their schema: an error names the file, the line, and what is expected there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from immichlint.errors import UserError
from immichlint.rules.catalogue import rules_folder
from immichlint.rules.rule_file import RuleFile
from immichlint.rules.targets import REPOSITORY
from immichlint.yamltree.lookup import Route, find
from immichlint.yamltree.nodes import Document

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

_NO_FIELDS: Final = ("stack", REPOSITORY)
_CONTAINERS: Final = ("container", "any-container")
_JSON_TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "string": str,
    "array": list,
    "object": dict,
}


class Problem(NamedTuple):
    """What is wrong in a rule file, at a route of it; `key` where the key is meant. `message`: a sentence."""

    route: Route
    message: str
    key: bool = False


def validate(file: RuleFile) -> None:
    """Holds a rule file to the schema. Raises UserError for the first thing that is wrong."""
    for problem in problems(file):
        line = _line(file.document, problem)
        raise UserError(f"{file.path}:{line}: {problem.message}")


def problems(file: RuleFile) -> Iterator[Problem]:
    """What is wrong in a rule file, in the order in which it is written."""
    for key in file.document.duplicates:
        yield Problem((), f"the key `{key.text}` stands twice (line {_line_at(file.document, key.start)}); remove one.")
    found = [_problem(error) for error in _validator().iter_errors(file.data)]
    if found:
        yield from sorted(found, key=lambda problem: _line(file.document, problem))
        return
    yield from _about_the_whole(file)


@cache
def _validator() -> Validator:
    from jsonschema import Draft202012Validator

    schema = json.loads((rules_folder() / "rule.schema.json").read_text("utf-8"))
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _problem(error: ValidationError) -> Problem:
    """A sentence for an error of the schema, at the key or value that is to change."""
    route: Route = tuple(error.absolute_path)
    name = f"`{'/'.join(map(str, route))}`" if route else "the rule"
    wanted: Any = error.validator_value
    schema: Any = error.schema
    instance: Any = error.instance
    if error.validator == "additionalProperties":
        known = schema.get("properties", {})
        unknown = next(key for key in instance if key not in known)
        return Problem((*route, unknown), f"`{unknown}` is no key of {name}{_near(unknown, known)}", key=True)
    if error.validator == "required":
        missing = next(key for key in wanted if key not in instance)
        return Problem(route, f"{name} lacks `{missing}`; add it.", key=True)
    if error.validator == "enum":
        return Problem(route, f"{name} is {_shown(instance)}; expected one of {', '.join(map(str, wanted))}.")
    if error.validator == "type":
        return Problem(route, f"{name} is {_shown(instance)}; expected {_type(wanted)}.")
    if error.validator == "const":
        return Problem(route, f"{name} is {_shown(instance)}; expected {json.dumps(wanted)}, or leave it out.")
    if error.validator == "format":
        return Problem(route, f"{name} is {_shown(instance)}, which is no regular expression.")
    if error.validator in ("minItems", "minProperties", "minLength"):
        return Problem(route, f"{name} is too short: at least {wanted} {_unit(error.validator)} expected.")
    if error.validator == "pattern":
        about = schema.get("description", "")
        expected = f"expected: {about}" if about else f"expected what matches `{wanted}`."
        return Problem(route, f"{name} has {_shown(instance)}; {expected}")
    return Problem(route, f"{name}: {error.message}.")


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return f"`{text}`" if len(text) <= 60 else f"`{text[:57]}...`"


def _type(wanted: str | list[str]) -> str:
    words = {"object": "a mapping", "array": "a list", "string": "a text", "boolean": "true or false"}
    names = wanted if isinstance(wanted, list) else [wanted]
    return " or ".join(words.get(name, f"a {name}") for name in names)


def _unit(validator: str) -> str:
    return {"minItems": "item(s)", "minProperties": "key(s)", "minLength": "characters"}[validator]


def _near(word: str, known: Any) -> str:
    from difflib import get_close_matches

    near = get_close_matches(str(word), list(known), 1)
    return f"; did you mean `{near[0]}`?" if near else f"; known are {', '.join(known)}."


def _about_the_whole(file: RuleFile) -> Iterator[Problem]:
    """What the schema does not say: parts that belong together."""
    content = file.data
    if ("check" in content) == ("assert" in content):
        yield Problem((), "the rule needs either `check` or `assert`, and not both.", key=True)
    if "assert" in content:
        for missing in ("message", "at"):
            if missing not in content:
                yield Problem(("assert",), f"a rule with `assert` needs `{missing}`; add it.", key=True)
        if content["target"] in _NO_FIELDS:
            yield Problem(("target",), f"`assert` has no fields to judge on the target `{content['target']}`.")
    else:
        for needless in ("message", "at", "fix"):
            if needless in content:
                yield Problem((needless,), f"`{needless}` belongs to `assert`; a check says it itself.", key=True)
    if "component" in content.get("where", {}) and content["target"] not in _CONTAINERS:
        yield Problem(("where", "component"), "`component` narrows containers; set `target: container`.", key=True)
    yield from _about_the_check(content)
    yield from _about_parameters(content)
    for kind in ("bad", "good"):
        for index, example in enumerate(content["examples"][kind]):
            if ("yaml" in example) == ("files" in example):
                yield Problem(("examples", kind, index), "an example has either `yaml` or `files`.", key=True)
    if file.path.stem != f"{content['id']}-{content['name']}":
        yield Problem(("name",), f"the file of this rule has to be named `{content['id']}-{content['name']}.yaml`.")


def _about_the_check(content: dict[str, Any]) -> Iterator[Problem]:
    if "check" in content and not _is_check(content["check"]):
        yield Problem(("check",), f"there is no check `{content['check']}` in immichlint.")


def _is_check(check: str) -> bool:
    module, _, function = check.rpartition(".")
    name = f"immichlint.checks.{module}"
    return find_spec(name) is not None and callable(getattr(import_module(name), function, None))


def _about_parameters(content: dict[str, Any]) -> Iterator[Problem]:
    for name, item in content.get("parameters", {}).items():
        default, wanted = item["default"], item["type"]
        fits = isinstance(default, _JSON_TYPES[wanted]) and (wanted == "boolean" or not isinstance(default, bool))
        if default is not None and not fits:
            yield Problem(("parameters", name, "default"), f"the default of `{name}` is not {_type(wanted)}.")


def _line(document: Document, problem: Problem) -> int:
    """The line of what is wrong, or of the nearest thing around it that is there."""
    route = problem.route
    while route and find(document.root, route) is None:
        route = route[:-1]
    found = find(document.root, route)
    if found is None:
        return 1
    at = found.key if found.key is not None and (problem.key or not hasattr(found.node, "text")) else found.written
    return _line_at(document, at.start)


def _line_at(document: Document, offset: int) -> int:
    return document.source.position(offset).line
