"""Substitution: each form of a reference is resolved as Flux does, or left a hole; every slice knows its place."""

from __future__ import annotations

import pytest
from gitops_files import repository_of
from hypothesis import given
from hypothesis import strategies as st

from immichlint.findings.locate import locate
from immichlint.gitops.substitution import (
    MAX_REFERENCES,
    MAX_VALUE,
    Variable,
    Variables,
    references,
    substitute,
)
from immichlint.trees.grow import grow
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Write, plain
from immichlint.yamltree.place import DocumentId, Place

DEFINED = Place(DocumentId("settings.yaml", 0), ("data", "SET"))
VARIABLES = Variables(
    {
        "SET": Variable("x", DEFINED),
        "EMPTY": Variable("", DEFINED),
        "NUMBER": Variable("3", DEFINED),
        "WORD": Variable("immich-db", DEFINED),
        "LOUD": Variable("IMMICH", DEFINED),
        "FOREIGN": Variable("übung", DEFINED),
        "SECRET": Variable(Hole("", "it comes from the Secret keys"), DEFINED),
    }
)


def leaf(text: str, variables: Variables = VARIABLES) -> Leaf:
    """The value of the key `a` of a document after substitution."""
    reading = repository_of({"a.yaml": f"a: {text}\n"}).read("a.yaml")
    tree = substitute(grow(reading.documents[0], DocumentId("a.yaml", 0)), variables)
    assert isinstance(tree, Map)
    found = tree.items["a"]
    assert isinstance(found, Leaf)
    return found


def pointed_at(text: str, place: Place | None) -> str:
    repository = repository_of({"a.yaml": f"a: {text}\n"})
    region = locate(repository, place) if place is not None else None
    source = repository.read("a.yaml").source
    assert region is not None and source is not None
    return source.text[region.span.start : region.span.end]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no reference", "no reference"),
        ("$SET", "$SET"),
        ("${SET}", "x"),
        ("${SET:-z}", "x"),
        ("${SET:=z}", "x"),
        ("${SET-z}", "x"),
        ("${SET=z}", "x"),
        ("${EMPTY}", None),
        ("${EMPTY:-z}", "z"),
        ("${EMPTY:=z}", "z"),
        ("${EMPTY-z}", None),
        ("'${EMPTY=z}'", ""),
        ("${NONE:-z}", "z"),
        ("${NONE:=z}", "z"),
        ("${NONE-z}", "z"),
        ("${NONE=z}", "z"),
        ("${NONE:=}", None),
        ("'${NONE:=0 3 * * *}'", "0 3 * * *"),
        ("a-${SET}-b-${NONE:=c}", "a-x-b-c"),
        ("${SET}${SET}", "xx"),
        ("$${SET}", "${SET}"),
        ("$${SET}-${SET}", "${SET}-x"),
        ("${SET}-$${SET}", "x-${SET}"),
        ("${NUMBER}", 3),
        ("'${NUMBER}'", "3"),
        ('"${NUMBER}"', "3"),
        ("${NONE:=true}", True),
        ("'${NONE:=true}'", "true"),
        ("v${NUMBER}", "v3"),
        ("${NUMBER}0", 30),
        ("${unclosed", "${unclosed"),
        ("${NONE:=${SET}}", "x"),
        ("a-${NONE:=b-${EMPTY:-c}-d}", "a-b-c-d"),
        ("${#WORD}", 9),
        ("${WORD^}", "Immich-db"),
        ("${WORD^^}", "IMMICH-DB"),
        ("${LOUD,}", "iMMICH"),
        ("${LOUD,,}", "immich"),
        ("'${WORD:7}'", "db"),
        ("'${WORD:0:6}'", "immich"),
        ("'${WORD:7:99}'", "db"),
        ("'${WORD:99}'", ""),
        ("'${WORD#immich-}'", "db"),
        ("'${WORD##no}'", "immich-db"),
        ("'${WORD%-db}'", "immich"),
        ("'${WORD%%-db}'", "immich"),
        ("${WORD/m/n}", "inmich-db"),
        ("${WORD//m/n}", "innich-db"),
        ("'${WORD/#immich/x}'", "x-db"),
        ("${WORD/%db/x}", "immich-x"),
        ("${WORD/%im/x}", "immich-db"),
    ],
)
def test_what_is_known_is_resolved(text: str, value: object) -> None:
    assert leaf(text).value == value
    assert type(leaf(text).value) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "${NONE}",
        "${SECRET}",
        "${SECRET:=z}",
        "a-${NONE}-b",
        "${NONE^}",
        "${#NONE}",
        "'${WORD#*-}'",
        "'${WORD%%[a-z]}'",
        "'${WORD//?/x}'",
        "'${WORD: -2}'",
        "${FOREIGN^^}",
        "${SECRET^}",
        "${SET+z}",
        "${SET:+z}",
        "'${SET:?z}'",
        "${1}",
        "${}",
        "'${SET }'",
    ],
)
def test_what_is_not_computed_is_a_hole(text: str) -> None:
    found = leaf(text).value
    assert isinstance(found, Hole)
    assert found.why
    assert found.text == text.strip("'")


def test_references_in_a_template_are_resolved_too() -> None:
    found = leaf("'{{ .key }}@${WORD}-${NOWHERE}'").value
    assert isinstance(found, Hole) and found.text == "{{ .key }}@immich-db-${NOWHERE}"


def test_a_default_that_is_not_known_is_none() -> None:
    assert leaf("${NONE:=a-${SECRET}}").value == Hole("a-${SECRET}", "it comes from the Secret keys")


def test_a_variable_may_come_from_a_source_that_is_not_there() -> None:
    variables = Variables({"SET": Variable("x", DEFINED)}, "the Secret keys")
    assert leaf("${SET}", variables).value == "x"
    found = leaf("${NONE:=z}", variables).value
    assert isinstance(found, Hole)
    assert found.why == "${NONE} may be set by the Secret keys"


@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_a_default_is_pointed_at_and_nothing_else(quote: str) -> None:
    text = f"{quote}a-${{NONE:=bcd}}-e{quote}"
    made = leaf(text)
    assert [pointed_at(text, piece.write.place) for piece in made.pieces] == ["a-", "bcd", "-e"]
    assert [made.value[piece.start : piece.end] for piece in made.pieces] == ["a-", "bcd", "-e"]  # type: ignore[index]


def test_a_default_alone_is_where_the_value_is_written() -> None:
    text = "${SCHEDULE:=0 3 * * *}"
    assert pointed_at(text, leaf(text).writes[-1].place) == "0 3 * * *"


def test_a_variable_is_written_where_it_is_defined() -> None:
    made = leaf("a-${SET}")
    assert [piece.write.place for piece in made.pieces] == [Place(DocumentId("a.yaml", 0), ("a",), (0, 2)), DEFINED]
    assert leaf("${SET}").writes[-1].place == DEFINED


texts = st.lists(
    st.sampled_from(["a", "$", "${SET}", "${NONE:=z}", "$${SET}", "${NONE}", "${SET^}", "}", "{", " ", "'"]), max_size=6
).map("".join)


@given(texts)
def test_pieces_tile_what_is_composed(text: str) -> None:
    tree = Leaf(text, (Write(Layer.BASE, Place(DocumentId("a.yaml", 0), ("a",))),))
    made = substitute(tree, VARIABLES)
    assert isinstance(made, Leaf)
    whole = made.value.text if isinstance(made.value, Hole) else made.value
    assert isinstance(whole, str)
    at = 0
    for piece in made.pieces:
        assert piece.start == at
        at = piece.end
    assert not made.pieces or at == len(whole)


@given(texts)
def test_a_text_without_references_changes_only_by_its_escapes(text: str) -> None:
    if not references(text):
        made = substitute(Leaf(text, ()), VARIABLES)
        assert isinstance(made, Leaf)
        assert made.value == text.replace("$${", "${")


def test_what_is_too_much_stays_unknown() -> None:
    long = Variables({"LONG": Variable("x" * (MAX_VALUE + 1), DEFINED), "SHORT": Variable("x" * MAX_VALUE, DEFINED)})
    assert leaf("${SHORT}", long).value == "x" * MAX_VALUE
    assert leaf("${LONG}", long).value == Hole("${LONG}", "${LONG} is longer than 10,000 characters")
    assert leaf("${SET}" * MAX_REFERENCES).value == "x" * MAX_REFERENCES
    many = "${SET}" * (MAX_REFERENCES + 1)
    assert leaf(many).value == Hole(many, "it has more than 200 variables")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${q:='}3${q:='}", "3"),
        ("${NONE:=[]}", []),
        ("${NONE:=[a, b]}", ["a", "b"]),
        ("'${NONE:=[]}'", "[]"),
        ("${NONE:=[broken}", "[broken"),
    ],
)
def test_what_begins_with_a_quote_or_a_bracket_is_read_once_more(text: str, value: object) -> None:
    reading = repository_of({"a.yaml": f"a: {text}\n"}).read("a.yaml")
    tree = substitute(grow(reading.documents[0], DocumentId("a.yaml", 0)), VARIABLES)
    assert plain(tree) == {"a": value}
