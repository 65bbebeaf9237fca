"""Holding rule files to their schema: an error names the file, the line, and what is expected there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from immichlint.errors import UserError
from immichlint.named_tuple import NamedTuple
from immichlint.rules.catalogue import rules_folder
from immichlint.rules.rule_file import RuleFile
from immichlint.rules.targets import REPOSITORY
from immichlint.yamltree.lookup import Route, find
from immichlint.yamltree.nodes import Document

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_NO_FIELDS: Final = ("stack", REPOSITORY)
_CONTAINERS: Final = ("container", "any-container")
_REQUIRED: Final = "required"
_UNITS: Final = {"minItems": "item(s)", "minProperties": "key(s)", "minLength": "characters"}
_JSON_TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "string": str,
    "array": list,
    "object": dict,
}


class Problem(NamedTuple):
    """What is wrong in a rule file: the line, counted from 1, and a sentence."""

    line: int
    message: str


def validate(file: RuleFile) -> None:
    """Holds a rule file to the schema. Raises UserError for the first thing that is wrong."""
    for problem in problems(file):
        raise UserError(f"{file.path}:{problem.line}: {problem.message}")


def problems(file: RuleFile) -> tuple[Problem, ...]:
    """What is wrong in a rule file, what helps most first."""
    document = file.document
    found = [Problem(_line_at(document, key.start), _twice(key.text)) for key in document.duplicates]
    errors = list(_validator().iter_errors(file.data))
    found += sorted(_problem(error, document) for error in errors if error.validator != _REQUIRED)
    # A key that is missing may be one that is misspelt, and then that is the better thing to say.
    found += sorted(_problem(error, document) for error in errors if error.validator == _REQUIRED)
    if not found:
        found += sorted(Problem(_line(document, route), message) for route, message in _about_the_whole(file))
    return tuple(found)


def _twice(key: str) -> str:
    return f"the key `{key}` stands twice in its mapping; remove one."


def schema_of_rules() -> dict[str, Any]:
    """The JSON Schema that rule files are held to."""
    schema: dict[str, Any] = json.loads((rules_folder() / "rule.schema.json").read_text("utf-8"))
    return schema


@cache
def _validator() -> Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema_of_rules(), format_checker=Draft202012Validator.FORMAT_CHECKER)


def _problem(error: Any, document: Document) -> Problem:
    """A line and a sentence for a ValidationError of the schema, at the key or value that is to change."""
    route: Route = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        unknown = next(key for key in error.instance if key not in error.schema.get("properties", {}))
        return Problem(_line(document, (*route, unknown)), _sentence(error, route))
    return Problem(_line(document, route), _sentence(error, route))


def _sentence(error: Any, route: Route) -> str:
    name = f"`{'/'.join(map(str, route))}`" if route else "the rule"
    wanted, instance, schema = error.validator_value, error.instance, error.schema
    match error.validator:
        case "additionalProperties":
            known = schema.get("properties", {})
            unknown = next(key for key in instance if key not in known)
            return f"`{unknown}` is no key of {name}{_near(unknown, known)}"
        case "required":
            return f"{name} lacks `{next(key for key in wanted if key not in instance)}`; add it."
        case "enum":
            return f"{name} is {_shown(instance)}; expected one of {', '.join(map(str, wanted))}."
        case "type":
            return f"{name} is {_shown(instance)}; expected {_type(wanted)}."
        case "const":
            return f"{name} is {_shown(instance)}; expected {json.dumps(wanted)}, or leave it out."
        case "format":
            return f"{name} is {_shown(instance)}, which is no regular expression."
        case "minItems" | "minProperties" | "minLength":
            return f"{name} is too short: at least {wanted} {_UNITS[error.validator]} expected."
        case "pattern":
            expected = schema.get("description") or f"what matches `{wanted}`."
            return f"{name} has {_shown(instance)}; expected: {expected}"
    return f"{name} does not fit: {error.message}."


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return f"`{text}`" if len(text) <= 60 else f"`{text[:57]}...`"


def _type(wanted: str | list[str]) -> str:
    words = {"object": "a mapping", "array": "a list", "string": "a text", "boolean": "true or false"}
    names = wanted if isinstance(wanted, list) else [wanted]
    return " or ".join(words.get(name, f"{'an' if name[0] in 'aio' else 'a'} {name}") for name in names)


def _near(word: str, known: Any) -> str:
    from difflib import get_close_matches

    near = get_close_matches(str(word), list(known), 1)
    return f"; did you mean `{near[0]}`?" if near else f"; known are {', '.join(known)}."


def _about_the_whole(file: RuleFile) -> Iterator[tuple[Route, str]]:
    """What the schema does not say: parts that belong together, by the route of the one to change."""
    content = file.data
    if ("check" in content) == ("assert" in content):
        yield (), "the rule needs either `check` or `assert`, and not both."
    if "assert" in content:
        for missing in ("message", "at"):
            if missing not in content:
                yield ("assert",), f"a rule with `assert` needs `{missing}`; add it."
        if content["target"] in _NO_FIELDS:
            yield ("target",), f"`assert` has no fields to judge on the target `{content['target']}`."
        if content.get("parameters"):
            yield ("parameters",), "`parameters` are for a check; `assert` reads none."
    else:
        for needless in ("message", "at", "fix"):
            if needless in content:
                yield (needless,), f"`{needless}` belongs to `assert`; a check says it itself."
    if "component" in content.get("where", {}) and content["target"] not in _CONTAINERS:
        yield ("where", "component"), "`component` narrows containers; set `target: container`."
    if "check" in content and not _is_check(content["check"]):
        yield ("check",), f"there is no check `{content['check']}` in immichlint."
    yield from _about_parameters(content)
    for kind in ("bad", "good"):
        for index, example in enumerate(content["examples"][kind]):
            if ("yaml" in example) == ("files" in example):
                yield ("examples", kind, index), "an example has either `yaml` or `files`."
    if file.path.stem != f"{content['id']}-{content['name']}":
        yield ("name",), f"the file of this rule has to be named `{content['id']}-{content['name']}.yaml`."


def _is_check(check: str) -> bool:
    module, _, function = check.rpartition(".")
    name = f"immichlint.checks.{module}"
    return find_spec(name) is not None and callable(getattr(import_module(name), function, None))


def _about_parameters(content: dict[str, Any]) -> Iterator[tuple[Route, str]]:
    for name, item in content.get("parameters", {}).items():
        default, wanted = item["default"], item["type"]
        fits = isinstance(default, _JSON_TYPES[wanted]) and (wanted == "boolean" or not isinstance(default, bool))
        if default is not None and not fits:
            yield ("parameters", name, "default"), f"the default of `{name}` is not {_type(wanted)}."


def _line(document: Document, route: Route) -> int:
    """The line of a key or an item, or of the nearest thing around it that is there."""
    while route and find(document.root, route) is None:
        route = route[:-1]
    found = find(document.root, route)
    return _line_at(document, (found.key or found.written).start) if found is not None else 1


def _line_at(document: Document, offset: int) -> int:
    return document.source.position(offset).line
