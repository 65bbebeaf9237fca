"""A broken rule file gives an error that names the file, the line, and what is expected."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from own_rule import NAME, RULE

from immichlint.errors import UserError
from immichlint.rules.catalogue import rules_folder
from immichlint.rules.rule_file import load_checked, read, rule_files
from immichlint.rules.schema import KEYWORDS
from immichlint.rules.targets import REPOSITORY, TARGETS, WHERE
from immichlint.rules.validate import problems, schema_of_rules


def line_of(text: str) -> int:
    return RULE[: RULE.index(text)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("severity: warning", "severity: warn", 4, '`severity` is `"warn"`; expected one of error, warning, info.'),
        ("profile: recommended\n", "", 1, "the rule lacks `profile`; add it."),
        ("severity: warning", "severty: warning", 4, "`severty` is no key of the rule; did you mean `severity`?"),
        ("title: The", "why: x\ntitle: The", 3, "`why` is no key of the rule; known are id"),
        ("severity: warning", "severity: warning\nseverity: error", 5, "`severity` stands twice"),
        ("id: OWN001", "id: OWN001\n  x: y", 2, "not valid YAML"),
        ("target: object", "target: pod", 6, "expected one of stack, object"),
        ("target: object", "target: stack", 6, "no fields to judge on the target `stack`"),
        ("at: metadata/labels/team\n", "", line_of("assert:"), "needs `at`"),
        ("safety: safe", "safety: yes", line_of("safety: safe"), "is `true`; expected one of safe, unsafe."),
        ("required: [labels]", "required: labels", line_of("required: [labels]"), "expected a list"),
        ("required: [labels]", "requires: [labels]", line_of("required: [labels]"), "did you mean `required`?"),
        ("required: [labels]", "pattern: '['", line_of("required: [labels]"), "no regular expression"),
        ("kind: [Deployment", "component: server #", line_of("kind: [Dep"), "set `target: container`"),
        ("id: OWN001", "id: own1", 1, "Capital letters and three digits"),
        ("id: OWN001", "id: OWN002", 2, "has to be named `OWN002-team-label-missing.yaml`"),
        ("assert:\n", "check: backups.no_such\nold:\n", line_of("assert:") + 1, "`old` is no key of the rule"),
        ("      yaml: |", "      text: |", line_of("      yaml: |"), "`text` is no key of `examples/bad/0`"),
        ("      yaml: |", "      files: {}\n      yaml: |", line_of("      yaml: |"), "at least 1 key(s) expected"),
        ("      yaml: |", "      files: {a: b}\n      yaml: |", line_of("    - title"), "either `yaml` or `files`"),
        ("examples:", "---\nexamples:", None, "one YAML document, and this one holds 2"),
    ],
)
def test_an_error_names_line_and_what_is_expected(
    tmp_path: Path, old: str, new: str, line: int | None, says: str
) -> None:
    assert old in RULE
    path = tmp_path / NAME
    path.write_text(RULE.replace(old, new, 1))
    with pytest.raises(UserError) as caught:
        load_checked(path)
    message = str(caught.value)
    assert message.startswith(f"{path}:{line}:" if line else f"{path}:")
    assert says in message


def test_a_check_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    start, end = RULE.index("assert:"), RULE.index("rationale:")
    path = tmp_path / NAME
    for check, fine in (("backups.no_such", False), ("nothing.here", False), ("backups.immediate_unset", True)):
        path.write_text(f"{RULE[:start]}check: {check}\n{RULE[end:]}")
        found = [problem.message for problem in problems(read(path))]
        assert found == ([] if fine else [f"there is no check `{check}` in immichlint."])


def test_a_parameter_s_default_is_of_its_type(tmp_path: Path) -> None:
    path = tmp_path / NAME
    text = "parameters:\n  most: {default: %s, type: integer, description: The most.}\nrationale:"
    start, end = RULE.index("assert:"), RULE.index("rationale:")
    checked = f"{RULE[:start]}check: backups.immediate_unset\n{RULE[end:]}"
    for default, fine in (("6", True), ("true", False), ("six", False)):
        path.write_text(checked.replace("rationale:", text % default))
        assert [problem.message for problem in problems(read(path))] == (
            [] if fine else ["the default of `most` is not an integer."]
        )


def test_an_assertion_reads_no_parameters(tmp_path: Path) -> None:
    path = tmp_path / NAME
    parameters = "parameters:\n  most: {default: 6, type: integer, description: The most.}\nrationale:"
    path.write_text(RULE.replace("rationale:", parameters))
    assert [problem.message for problem in problems(read(path))] == [
        "`parameters` are for a check; `assert` reads none."
    ]


@pytest.mark.parametrize("path", rule_files(rules_folder()), ids=lambda path: path.stem)
def test_built_in_rule_files_are_sound(path: Path) -> None:
    file = read(path)
    assert [problem.message for problem in problems(file)] == []
    assert file.data["id"].startswith("IML")
    for kind in ("bad", "good"):
        assert file.data["examples"][kind]


def test_the_schema_is_one_and_knows_what_the_engine_knows() -> None:
    schema = schema_of_rules()
    Draft202012Validator.check_schema(schema)
    assert set(schema["$defs"]["assertion"]["properties"]) == set(KEYWORDS)
    assert set(schema["properties"]["target"]["enum"]) == {*TARGETS, REPOSITORY}
    assert set(schema["properties"]["where"]["properties"]) == set(WHERE)
