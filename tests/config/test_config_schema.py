"""The evaluator says of a document what the jsonschema library says."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from immichlint.config.parsing import SCHEMA
from immichlint.config.schema import KEYWORDS, Checker
from immichlint.text import SourceText
from immichlint.yamltree.compose import compose

PUBLISHED: dict[str, Any] = json.loads(SCHEMA.read_text("utf-8"))
ANNOTATIONS = {"$schema", "$id", "title", "description", "default", "examples", "patternErrorMessage", "$defs"}

WORDS = st.text("abI1-_/ .$", max_size=6)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from([0.5, 1.0, -2.0]), WORDS)
KEYS = st.sampled_from(["a", "b", "ab", "I1", "version"])
DATA = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
TYPES = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
PATTERNS = st.sampled_from(["^a", "b$", "^I[0-9]+$", "\\S", "^[ab]+$"])


def _schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
            "enum": st.lists(DATA, min_size=1, max_size=3),
            "const": DATA,
            "pattern": PATTERNS,
            "minimum": st.integers(-2, 2),
            "minItems": st.integers(0, 2),
            "items": inner,
            "required": st.lists(KEYS, max_size=2, unique=True),
            "properties": st.dictionaries(KEYS, inner, max_size=3),
            "patternProperties": st.dictionaries(PATTERNS, inner, max_size=2),
            "additionalProperties": inner,
            "$ref": st.sampled_from(["#/$defs/one", "#/$defs/two"]),
        },
    )


PLAIN = st.recursive(st.booleans() | st.fixed_dictionaries({}, optional={"type": TYPES}), _schemas, max_leaves=8)
SCHEMAS = st.builds(lambda schema, one, two: {**schema, "$defs": {"one": one, "two": two}}, _schemas(PLAIN),
                    st.fixed_dictionaries({"type": TYPES}), st.fixed_dictionaries({"pattern": PATTERNS}))  # fmt: skip

many = settings(max_examples=3 * settings.default.max_examples)


def _sound(schema: dict[str, Any], data: Any) -> bool:
    root = compose(SourceText(json.dumps(data)))[0].root
    assert root is not None
    return not list(Checker(schema).violations(root))


@many
@given(SCHEMAS, DATA)
def test_any_schema_is_judged_as_the_library_does(schema: dict[str, Any], data: Any) -> None:
    assert _sound(schema, data) == Draft202012Validator(schema).is_valid(data)


SHALLOW = st.sampled_from(["", "a", "ab", "ba", "I1", "xI1"]) | st.sampled_from([0, 1, 1.0, 0.5, True, False, -2.0])
FLAT = SHALLOW | st.lists(SHALLOW, max_size=2) | st.dictionaries(KEYS, SHALLOW, max_size=2)
PAIRS = st.fixed_dictionaries(
    {
        "properties": st.dictionaries(KEYS, st.fixed_dictionaries({"type": TYPES}), min_size=1, max_size=2),
        "patternProperties": st.dictionaries(PATTERNS, st.fixed_dictionaries({"type": TYPES}), min_size=1, max_size=2),
        "additionalProperties": st.booleans(),
    }
)
SIMPLE = PAIRS | st.one_of(
    *(
        st.fixed_dictionaries({keyword: value})
        for keyword, value in {"type": TYPES, "const": FLAT, "pattern": PATTERNS, "minimum": st.integers(-2, 2)}.items()
    )
)


@many
@given(SIMPLE, FLAT)
@example({"type": "integer"}, 1.0)
@example({"const": 1}, True)
@example({"properties": {"a": {"type": "string"}}, "patternProperties": {"^a": {"type": "null"}}}, {"a": "x"})
def test_a_keyword_alone_is_judged_as_the_library_does(schema: dict[str, Any], data: Any) -> None:
    assert _sound(schema, data) == Draft202012Validator(schema).is_valid(data)


RULES = st.lists(st.sampled_from(["IML101", "IML1", "unused-ignore", "no rule", "_"]), max_size=2)
SECTIONS: dict[str, st.SearchStrategy[Any]] = {
    "version": st.sampled_from([1, 1.0, 2, True, "1"]),
    "profile": st.sampled_from(["strict", "minimal", "lax"]),
    "select": RULES | st.just("IML1"),
    "ignore": RULES,
    "ignores": st.lists(
        st.fixed_dictionaries(
            {"rules": RULES, "reason": WORDS},
            optional={"path": WORDS, "object": st.sampled_from(["A/b/c", "A//c", "A/c", "A/b/c/d"]), "line": WORDS},
        ),
        max_size=2,
    ),
    "severity": st.dictionaries(KEYS, st.sampled_from(["error", "fatal"]), max_size=2),
    "parameters": st.dictionaries(KEYS, st.dictionaries(KEYS, SCALARS, max_size=2) | SCALARS, max_size=2),
    "decisions": st.fixed_dictionaries(
        {},
        optional={
            "retention": st.sampled_from(["30d", "0d", "4w", "30", 30]),
            "uid": st.sampled_from([0, 1, 1000, "1000", True]),
            "retain": WORDS,
        },
    ),
    "versions": st.fixed_dictionaries(
        {}, optional={"cnpg": st.sampled_from(["1.29", "v1.29.1", "1.29.0-rc1", "1.2.3.4", "latest", 1.29])}
    ),
    "substitutions": st.dictionaries(st.sampled_from(["NAME", "_a1", "1a", "a-b"]), SCALARS, max_size=2),
    "rule_folders": st.lists(st.sampled_from(["a", "a/b", "../a", "a/..", "/a", "~/a", "a/../b", "..a"]), max_size=2),
    "excludes": st.lists(WORDS, max_size=2),
    "scope": st.sampled_from(["all", "stack", "none"]),
    "fail_on": st.sampled_from(["never", "info", "always"]),
    "min_confidence": st.sampled_from(["low", "none"]),
    "profil": SCALARS,
}


@many
@given(st.fixed_dictionaries({}, optional=SECTIONS))
def test_a_configuration_is_judged_as_the_library_does(data: dict[str, Any]) -> None:
    assert _sound(PUBLISHED, data) == Draft202012Validator(PUBLISHED).is_valid(data)


def test_the_published_schema_is_one_and_says_nothing_that_is_not_evaluated() -> None:
    Draft202012Validator.check_schema(PUBLISHED)
    assert set(_keywords(PUBLISHED)) <= KEYWORDS | ANNOTATIONS


def test_the_examples_in_the_published_schema_are_sound() -> None:
    count = 0
    for schema in _subschemas(PUBLISHED):
        for shown in schema.get("examples", ()):
            whole = {**schema, "$defs": PUBLISHED["$defs"]}
            assert _sound(whole, shown), (schema, shown)
            count += 1
    assert count > 15


def _subschemas(schema: Any) -> list[dict[str, Any]]:
    if not isinstance(schema, dict):
        return []
    below = [schema[key] for key in ("items", "additionalProperties") if key in schema]
    for key in ("properties", "patternProperties", "$defs"):
        below += schema.get(key, {}).values()
    return [schema, *(found for item in below for found in _subschemas(item))]


def _keywords(schema: dict[str, Any]) -> set[str]:
    return {keyword for part in _subschemas(schema) for keyword in part}
