"""Ignores in comments: what they say, and of which lines."""

from __future__ import annotations

import pytest
from ignoring import finding, heeded
from in_memory import repository_of

from immichlint.findings.ignore_comments import Ignore, ignore_comments


def ignores(text: str, path: str = "a.yaml") -> list[Ignore]:
    return ignore_comments(repository_of({path: text}))


@pytest.mark.parametrize(
    ("comment", "selectors", "reason"),
    [
        ("# immichlint: ignore[IML101] why not", ("IML101",), "why not"),
        ("#immichlint:ignore[IML101]", ("IML101",), ""),
        (
            "# immichlint: ignore[IML101, cnpg-schedule-invalid ,IML1]: so",
            ("IML101", "cnpg-schedule-invalid", "IML1"),
            "so",
        ),
        ("# renovate: x # immichlint: ignore[IML101] so", ("IML101",), "so"),
        ("## immichlint: ignore [IML101] so", ("IML101",), "so"),
        ("# immichlint: ignore", (), ""),
        ("# immichlint: ignore[]", (), ""),
        ("# immichlint: ignore IML101", (), "IML101"),
    ],
)
def test_what_a_comment_says(comment: str, selectors: tuple[str, ...], reason: str) -> None:
    (found,) = ignores(f"a: 1 {comment}\n")
    assert (found.selectors, found.reason, found.verb, found.line) == (selectors, reason, "ignore", 1)
    assert found.understood == bool(selectors)


@pytest.mark.parametrize(
    "text",
    [
        "a: 1 # immichlint: we run it\n",
        "a: 1 # immichlint: ignored IML101 yesterday\n",
        'a: "# immichlint: ignore[IML101]"\n',
        "a: x#immichlint: ignore[IML101]\n",
        "run: |\n  echo 'a: b' # immichlint: ignore[IML101]\n  : done\n  [\n",
    ],
)
def test_what_is_no_ignore(text: str) -> None:
    assert ignores(text) == []


def test_json_has_no_comments() -> None:
    assert ignores('{"a": 1} # immichlint: ignore[IML101]\n', "a.json") == []
    assert len(ignores('{"a": 1} # immichlint: ignore[IML101]\n', "a.yaml")) == 1


def test_a_word_that_is_not_known_is_kept_for_a_finding() -> None:
    (found,) = ignores("a: 1 # immichlint: ignroe[IML101]\n")
    assert (found.verb, found.understood) == ("ignroe", False)


def test_the_lines_that_comments_speak_of() -> None:
    text = """\
# immichlint: ignore-file[IML101]
a: 1 # immichlint: ignore[IML101]
# immichlint: ignore[IML101]
# another comment
  # immichlint: ignore[IML102]
b: 2

# immichlint: ignore[IML101]

c: 3
# immichlint: ignore[IML101]"""
    assert [found.line for found in ignores(text)] == [0, 2, 6, 6, 9, 0]
    assert [found.whole_file for found in ignores(text)] == [True, *[False] * 5]


def test_a_template_and_broken_yaml_can_have_ignores() -> None:
    assert [found.selectors for found in ignores("# immichlint: ignore-file[IML904]\na: {{ .Values }}\n")] == [
        ("IML904",)
    ]
    assert len(ignores("a: [ # immichlint: ignore[IML901]\n")) == 1


EMBEDDED = """\
values.yaml: |
  controllers:
    # immichlint: ignore[IML101] so
    main: 1
    other: 2  # immichlint: ignore[IML102]
"""


def test_comments_of_embedded_yaml_are_comments() -> None:
    first, second = ignores(EMBEDDED)
    assert (first.line, first.region.start, first.embedded) == (4, (3, 5), True)
    assert (second.line, second.region.start) == (5, (5, 15))
    host = {"hosts": (("values.yaml",),)}
    result = heeded(EMBEDDED, [finding(("controllers", "main"), **host), finding(("controllers", "other"), **host)])
    assert [item.finding.place.route for item in result.ignored] == [("controllers", "main")]
    assert [item.rule for item in result.findings] == ["IML101", "IML905"]
    assert result.findings[1].change is None


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("a:\n  b: 1 # immichlint: ignore[IML101]\n", ("a", "b")),
        ("a:\n  # immichlint: ignore[IML101]\n  b: 1\n", ("a", "b")),
        ("a: # immichlint: ignore[IML101]\n  b: 1\n", ("a",)),
        ("a:\n  # immichlint: ignore[IML101]\n  b:\n    one\n    two\n", ("a", "b")),
        ("a:\n  b:\n    # immichlint: ignore[IML101]\n    one\n", ("a", "b")),
        ("a:\n  b: # immichlint: ignore[IML101]\n    one\n", ("a", "b")),
        ("a:\n  b: | # immichlint: ignore[IML101]\n    one\n", ("a", "b")),
        ("a:\n  b: 'one\n    two' # immichlint: ignore[IML101]\n", ("a", "b")),
        ("a:\n# immichlint: ignore[IML101]\n- x\n", ("a", 0)),
        ("a:\r\n  # immichlint: ignore[IML101]\r\n  b: 1\r\n", ("a", "b")),
        ("x: &x 1 # immichlint: ignore[IML101]\na:\n  b: *x\n", ("a", "b")),
        ("# immichlint: ignore-file[IML101]\na:\n  b: 1\n", ("a", "b")),
        ("a:\n  b: 1\n# immichlint: ignore-file[IML101]\n", ("a", "b")),
        ("a:\n  # immichlint: ignore[IML101]\n  c: 1\n", ("a", "c", "missing")),
    ],
)
def test_a_finding_is_ignored_on_its_lines_and_from_the_line_above(text: str, route: tuple[str | int, ...]) -> None:
    result = heeded(text, [finding(route)])
    assert (result.findings, len(result.ignored)) == ((), 1)
    assert len(heeded(text.replace("IML101", "IML201"), [finding(route)]).findings) == 2


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("a: # immichlint: ignore[IML101]\n  b: 1\n", ("a", "b")),
        ("a:\n  b: 1\n  # immichlint: ignore[IML101]\n  c: 2\n", ("a", "b")),
        ("a:\n  # immichlint: ignore[IML101]\n\n  b: 1\n", ("a", "b")),
        ("a:\n  b: 1 # immichlint: ignore[IML101]\n", ("a",)),
    ],
)
def test_a_finding_on_other_lines_stays(text: str, route: tuple[str | int, ...]) -> None:
    result = heeded(text, [finding(route)])
    assert [item.rule for item in result.findings] == ["IML101", "IML905"]
