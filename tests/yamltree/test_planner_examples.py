"""The edits of typical fixes, to the letter."""

import pytest
from planning import at, planned, refused

from immichlint.text import SourceText
from immichlint.yamltree.compose import compose
from immichlint.yamltree.ops import AddDocument, Append, Move, Remove, Rename, Set
from immichlint.yamltree.planner import plan

SECURITY = {"runAsNonRoot": True, "runAsUser": 1000, "fsGroup": 1000, "seccompProfile": {"type": "RuntimeDefault"}}
NEW = {"name": "TZ", "value": "12"}


def test_schedule_keeps_its_quotes_and_immediate_goes_last() -> None:
    text = (
        'kind: ScheduledBackup\nspec:\n  schedule: "0 0 * * *" # daily\n  cluster:\n    name: db\n\n# next\n---\na: 1\n'
    )
    assert planned(text, Set(at("spec/schedule"), "0 0 0 * * *"), Set(at("spec/immediate"), False)) == (
        'kind: ScheduledBackup\nspec:\n  schedule: "0 0 0 * * *" # daily\n  cluster:\n    name: db\n'
        "  immediate: false\n\n# next\n---\na: 1\n"
    )


@pytest.mark.parametrize("written", ["gzip", '"gzip"'])
def test_a_nested_text_is_quoted_like_that_of_its_sibling(written: str) -> None:
    text = f'a: "s3://a"\nb: "x"\nwal:\n  compression: {written}\n'
    assert planned(text, Set(at("data/compression"), "gzip")) == f"{text}data:\n  compression: {written}\n"
    text = text.replace('"s3://a"', "s3://a").replace('"x"', "x")
    assert planned(text, Set(at("data/compression"), "gzip")) == f"{text}data:\n  compression: {written}\n"


def test_security_context_in_a_pod_spec() -> None:
    text = "spec:\n  containers:\n  - name: a\n    image: b\nstatus: {}"
    assert planned(text, Set(at("spec/securityContext"), SECURITY)) == (
        "spec:\n  containers:\n  - name: a\n    image: b\n  securityContext:\n    runAsNonRoot: true\n"
        "    runAsUser: 1000\n    fsGroup: 1000\n    seccompProfile:\n      type: RuntimeDefault\nstatus: {}"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:\n  b:\n    c: 1\n    # d: 2\n", "a:\n  b:\n    c: 1\n    # d: 2\n  new: 1\n"),
        (
            "a:\n  b:\n    c: 1\n    # d: 2\n    # e\n  # of a\nz: 1\n",
            "a:\n  b:\n    c: 1\n    # d: 2\n    # e\n  new: 1\n  # of a\nz: 1\n",
        ),
        ("a:\n  b:\n    c: 1\n    # d: 2", "a:\n  b:\n    c: 1\n    # d: 2\n  new: 1"),
        ("a:\n  b: 1\n  # of a\n", "a:\n  b: 1\n  new: 1\n  # of a\n"),
    ],
)
def test_a_comment_that_stands_deeper_stays_with_what_it_ends(text: str, expected: str) -> None:
    assert planned(text, Set(at("a/new"), 1)) == expected


def test_keys_of_one_missing_ancestor_are_one_insertion() -> None:
    source = SourceText("spec:\r\n    a: 1\r\n")
    ops = [Set(at("spec/env/A"), "on"), Set(at("spec/env/B"), "it's"), Append(at("spec/list"), 1)]
    edits = plan(source, compose(source), ops)
    assert [tuple(edit) for edit in edits] == [
        ((17, 17), '    env:\r\n        A: "on"\r\n        B: it\'s\r\n    list:\r\n        - 1\r\n')
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("env:\n- name: A\n  value: b\n", '- name: TZ\n  value: "12"\n- name: U\n  value: x\n'),
        ("env:\n    - name: A\n      value: b\n", '    - name: TZ\n      value: "12"\n    - name: U\n      value: x\n'),
        ("env:\n  -   name: A\n", '  -   name: TZ\n      value: "12"\n  -   name: U\n      value: x\n'),
        ("env:\n  - { name: A }\n", '  - { name: TZ, value: "12" }\n  - { name: U, value: x }\n'),
        ("env:\n- name: A\n  value: 'b'\n", "- name: TZ\n  value: '12'\n- name: U\n  value: x\n"),
        ("env: # why\n", '  - name: TZ\n    value: "12"\n  - name: U\n    value: x\n'),
    ],
)
def test_two_env_items_in_the_shape_of_the_list(text: str, expected: str) -> None:
    assert planned(text, Append(at("env"), NEW), Append(at("env"), {"name": "U", "value": "x"})) == text + expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("env:\n  A: b # c\n  # D: e\nx: 1\n", 'env:\n  A: b # c\n  TZ: "12"\n  U: x\n  # D: e\nx: 1\n'),
        ("env: {}\nx: 1\n", 'env:\n  TZ: "12"\n  U: x\nx: 1\n'),
        ("env: # c\nx: 1\n", 'env: # c\n  TZ: "12"\n  U: x\nx: 1\n'),
        ("env: null # c\n", 'env: # c\n  TZ: "12"\n  U: x\n'),
        ("env: &e {}\n", 'env: &e\n  TZ: "12"\n  U: x\n'),
        ("env: {A: b}\n", 'env: {A: b, TZ: "12", U: x}\n'),
        ("env: { A: b, }\n", 'env: { A: b, TZ: "12", U: x }\n'),
        ("env: {\n  A: b # c\n}\n", 'env: {\n  A: b, # c\n  TZ: "12",\n  U: x\n}\n'),
        ("env:\n  A: 'b'", "env:\n  A: 'b'\n  TZ: '12'\n  U: 'x'"),
        ('env:\n  A: "b"\n  C: "d"\n', 'env:\n  A: "b"\n  C: "d"\n  TZ: "12"\n  U: "x"\n'),
        ("env:\n  A: |+\n    b\n\n\nx: 1\n", 'env:\n  A: |+\n    b\n\n\n  TZ: "12"\n  U: x\nx: 1\n'),
    ],
)
def test_two_keys_into_a_mapping(text: str, expected: str) -> None:
    text_after = planned(text, Set(at("env/TZ"), "12"), Set(at("env/U"), "x"))
    assert text_after.replace(", }", " }") == expected


def test_json() -> None:
    text = '{\n  "a": 1,\n  "b": {\n    "c": []\n  }\n}\n'
    ops = [Set(at("b/d"), "x"), Append(at("b/c"), {"q": None}), Set(at("z/y"), True), Set(at("a"), "on")]
    assert planned(text, *ops) == (
        '{\n  "a": "on",\n  "b": {\n    "c": [\n      {\n        "q": null\n      }\n    ],\n    "d": "x"\n  },\n'
        '  "z": {\n    "y": true\n  }\n}\n'
    )
    assert planned('{"a": []}', Append(at("a"), {"x": "z"})) == '{"a": [{"x": "z"}]}'


def test_through_an_alias_and_a_merge() -> None:
    text = "base: &env\n  A: 1\nb:\n  <<: *env\nc:\n  env: *env # hi\nd: {env: *env}\nl:\n- *env\n"
    ops = [Set(at("b/K"), "v"), Set(at("c/env/K"), "v"), Set(at("d/env/K"), "v"), Set(at("l/0/K"), "v")]
    assert planned(text, *ops) == (
        "base: &env\n  A: 1\nb:\n  <<: *env\n  K: v\nc:\n  env: # hi\n    <<: *env\n    K: v\n"
        "d: {env: {<<: *env, K: v}}\nl:\n- <<: *env\n  K: v\n"
    )


def test_a_merged_mapping_is_written_out_beside_its_merge() -> None:
    text = "base: &b\n  probe:\n    port: 80\nuse: *b\n"
    assert planned(text, Set(at("use/probe/timeout"), 5)) == (
        "base: &b\n  probe:\n    port: 80\nuse:\n  <<: *b\n  probe:\n    port: 80\n    timeout: 5\n"
    )


def test_a_scalar_alias_is_replaced_and_an_anchored_scalar_keeps_its_anchor() -> None:
    text = "a: &s old\nb: *s\nc: *s\n"
    assert planned(text, Set(at("b"), "new")) == "a: &s old\nb: new\nc: *s\n"
    assert planned(text, Set(at("a"), "new")) == "a: &s new\nb: *s\nc: *s\n"
    both = "a: &s new\nb: *s\nc: *s\n"
    assert planned(text, Set(at("b"), "new"), Set(at("a"), "new")) == both
    assert planned(text, Set(at("a"), "new"), Set(at("c"), "new")) == both


def test_inside_a_literal_block() -> None:
    text = "helm:\n  values: |\n    server:\n      env:\n        TZ: x # c\n\n    other: 1\n  z: 1\n"
    host = "helm/values"
    ops = [Set(at("server/env/HF", host), "/c"), Set(at("server/tag", host), "1"), Set(at("new", host), [1])]
    assert planned(text, *ops) == (
        "helm:\n  values: |\n    server:\n      env:\n        TZ: x # c\n        HF: /c\n"
        '      tag: "1"\n\n    other: 1\n    new:\n      - 1\n  z: 1\n'
    )


def test_inside_an_inline_patch() -> None:
    text = "patches:\n- patch: |-\n    - op: add\n      value: 1\n  target: {}\n- patch: |-\n    spec:\n      a: 1"
    ops = [
        Append(at("", "patches/0/patch"), {"op": "remove", "path": "/x"}),
        Set(at("0/value", "patches/0/patch"), "on"),
        Set(at("spec/b", "patches/1/patch"), 2),
        Remove(at("spec/a", "patches/1/patch")),
    ]
    assert planned(text, *ops) == (
        'patches:\n- patch: |-\n    - op: add\n      value: "on"\n    - op: remove\n      path: /x\n  target: {}\n'
        "- patch: |-\n    spec:\n      b: 2"
    )


def test_inside_quotes_and_nested() -> None:
    assert planned("a: '{\"x\": 1}'\n", Set(at("y", "a"), "z's")) == 'a: \'{"x": 1, "y": "z\'\'s"}\'\n'
    assert planned('a: "x: 1\\ny: 2\\n"\n', Set(at("z", "a"), 3)) == 'a: "x: 1\\ny: 2\\nz: 3\\n"\n'
    text = 'a: |\n  b: |\n    c: "d: 1"\n'
    assert planned(text, Set(at("e", "a", "b"), 1), Set(at("d", "a", "b", "c"), 2)) == (
        'a: |\n  b: |\n    c: "d: 2"\n    e: 1\n'
    )


def test_a_part_of_a_scalar() -> None:
    text = 's: ${V:=0 0 * * *} # x\ni: "a/b:v1"\nj: {i: ab}\nm: |\n  one\n  two\n'
    ops = [
        Set(at("s", part=(5, 14)), "0 0 0 * * *"),
        Set(at("i", part=(4, 6)), "v2"),
        Set(at("j/i", part=(1, 2)), "v2, z"),
        Set(at("m", part=(4, 7)), "2"),
    ]
    assert planned(text, *ops) == 's: ${V:=0 0 0 * * *} # x\ni: "a/b:v2"\nj: {i: "av2, z"}\nm: |\n  one\n  2\n'


def test_scalars_and_collections_replace_each_other() -> None:
    text = "a:\n  b: 1 # b\n  c: # c\n    - 1\n    - 2\nd: |- # d\n    x\ne: >-\n  x\n  y\n"
    ops = [Set(at("a/c"), "x"), Set(at("a/b"), {"q": 1}), Set(at("d"), "1\n2"), Set(at("e"), "one")]
    assert planned(text, *ops) == "a:\n  b: # b\n    q: 1\n  c: x # c\nd: |- # d\n    1\n    2\ne: one\n"


def test_a_mapping_that_shares_keys_is_not_written_anew() -> None:
    text = "r:\n  requests:\n    cpu: 1 # c\n    memory: 2\n  limits: {cpu: 1}\n"
    assert planned(text, Set(at("r"), {"requests": {"cpu": 1, "x": 2}, "limits": {"cpu": 1}})) == (
        "r:\n  requests:\n    cpu: 1 # c\n    x: 2\n  limits: {cpu: 1}\n"
    )


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("a:\n  # of b\n  b: 1 # t\n  # of c\n  c: 2\n", "a/b", "a:\n  # of c\n  c: 2\n"),
        ("a:\n  # a group\n  b: 1\n  c: 2\n", "a/b", "a:\n  # a group\n  c: 2\n"),
        ("a:\n  # renovate: x\n  t: 1\n  c: 2\n", "a/t", "a:\n  c: 2\n"),
        ("a:\n  b:\n    c: 1\n    # d: 2\n  # e\n  f: 1\n", "a/b", "a:\n  # e\n  f: 1\n"),
        ("a:\n  b: 1\n\n  c: 2\n\nd: 3\n", "a/c", "a:\n  b: 1\n\nd: 3\n"),
        ("a:\n  b: 1", "a/b", "a: {}"),
        ("a: # c\n  b: 1\nd: 2\n", "a/b", "a: {} # c\nd: 2\n"),
        ("a: &x\n  b: 1\n", "a/b", "a: &x {}\n"),
        ("a:\n- 1\nb: 2\n", "a/0", "a: []\nb: 2\n"),
        ("a:\n- n: 1\n  v: 2\n- 3\n", "a/0/n", "a:\n- v: 2\n- 3\n"),
        ("a:\n- n: 1\n  # of v\n  v: 2\n", "a/0/n", "a:\n-\n  # of v\n  v: 2\n"),
        ("a:\n- n: 1\n- 3\n", "a/0/n", "a:\n- {}\n- 3\n"),
        ("a: {b: 1, c: 2, d: 3}\n", "a/b", "a: {c: 2, d: 3}\n"),
        ("a: {b: 1, c: 2, d: 3}\n", "a/d", "a: {b: 1, c: 2}\n"),
        ('{\n  "b": 1,\n  "c": 2\n}\n', "c", '{\n  "b": 1\n}\n'),
        ("a: 1\nb: 2", "b", "a: 1"),
        ("a: 1\r\nb: 2", "b", "a: 1"),
    ],
)
def test_remove(text: str, place: str, expected: str) -> None:
    assert planned(text, Remove(at(place))) == expected


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("m:\n  n: x\n  a:\n    k: v\ns: 1\n", "m/a/k", "m:\n  n: x\ns: 1\n"),
        ("m:\n  a: # of a\n    # of k\n    k: v # t\n  n: x\n", "m/a/k", "m:\n  n: x\n"),
        ("m:\n  n: x\n  # of a\n  a:\n    k: v\n", "m/a/k", "m:\n  n: x\n"),
        ("m:\n  a:\n    k: v\n    # l: w\n  n: x\n", "m/a/k", "m:\n  a: {}\n    # l: w\n  n: x\n"),
        ("m:\n  a:\n    # some words\n\n    k: v\n  n: x\n", "m/a/k", "m:\n  a: {}\n    # some words\n\n  n: x\n"),
        ("m:\n  a:\n    k: v\n", "m/a/k", "m: {}\n"),
        ("m:\n  a: &x\n    k: v\n  n: *x\n", "m/a/k", "m:\n  a: &x {}\n  n: *x\n"),
        ("m:\n  a:\n    k: &x v\n  n: 1\n", "m/a/k", "m:\n  a: {}\n  n: 1\n"),
        ("m: {n: x, a: {k: v}}\n", "m/a/k", "m: {n: x}\n"),
        ("m: {a: {k: v}, n: x}\n", "m/a/k", "m: {n: x}\n"),
        ("m:\n  n: x\n  a: {k: v}\n", "m/a/k", "m:\n  n: x\n"),
        (
            '{\n  "m": {\n    "n": "x",\n    "a": {\n      "k": "v"\n    }\n  }\n}\n',
            "m/a/k",
            '{\n  "m": {\n    "n": "x"\n  }\n}\n',
        ),
        ("l:\n- a:\n    k: v\n  n: x\n", "l/0/a/k", "l:\n- n: x\n"),
        ("m:\r\n  n: x\r\n  a:\r\n    k: v", "m/a/k", "m:\r\n  n: x"),
        ("m:\n  a:\n    k: v\n    l: w\n", "m/a/k", "m:\n  a:\n    l: w\n"),
        ("k: v\n", "k", "{}\n"),
        ("a:\n  - k\nb: 1\n", "a/0", "a: []\nb: 1\n"),
        ("f: |\n  m:\n    n: x\n    a:\n      k: v\n", "m/a/k", "f: |\n  m:\n    n: x\n"),
    ],
)
def test_a_mapping_that_is_left_empty_goes_too(text: str, place: str, expected: str) -> None:
    op = Remove(at(place, "f") if text.startswith("f:") else at(place), hollow=True)
    assert planned(text, op) == expected


def test_the_last_of_several_takes_the_mapping_along() -> None:
    ops = [Remove(at("m/a/k"), hollow=True), Remove(at("m/a/l"), hollow=True)]
    assert planned("m:\n  a:\n    k: v\n    l: w\n  n: x\n", *ops) == "m:\n  n: x\n"


def test_indices_speak_of_the_list_as_it_was() -> None:
    ops = [Remove(at("a/0")), Remove(at("a/2")), Set(at("a/3"), 9), Append(at("a"), 5)]
    assert planned("a:\n- 1\n- 2\n- 3\n- 4\n", *ops) == "a:\n- 2\n- 9\n- 5\n"


def test_rename_and_move() -> None:
    text = "v:\n  # own env\n  env:\n    A: |\n      l1\n        l2\n    B: 2 # x\n  'c': 3\no:\n    n: 1\n"
    assert planned(text, Rename(at("v/c"), "on"), Move(at("v/env"), at("o/p/env2"))) == (
        "v:\n  'on': 3\no:\n    n: 1\n    p:\n      # own env\n      env2:\n"
        "        A: |\n          l1\n            l2\n        B: 2 # x\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1", "a: 1\n---\nb: 2\n"),
        ("a: 1\r\n...\r\n", "a: 1\r\n...\r\n---\r\nb: 2\r\n"),
        ("a: 1\n---\n", "a: 1\n---\nb: 2\n"),
        ("a: 1\n# end\n", "a: 1\n# end\n---\nb: 2\n"),
        ("", "b: 2\n"),
    ],
)
def test_add_document(text: str, expected: str) -> None:
    assert planned(text, AddDocument("file.yaml", "b: 2\n")) == expected


@pytest.mark.parametrize(
    ("text", "op", "why"),
    [
        ("l: &l [1]\nm: *l\n", Append(at("m"), 1), "only a mapping can be extended"),
        ("a: x {{ y }}\n", Set(at("a"), 1), "template"),
        ("a: 1\nsops: {mac: x}\n", Set(at("a"), 2), "SOPS"),
        ("a: ENC[AES,x]\n", Set(at("a"), 2), "SOPS"),
        ("? a\n: b\n? c\n: d\n", Remove(at("c")), "begin a line"),
        ("a: &x 1\nb: *x\n", Remove(at("a")), "no anchor"),
        ("a: x\n", Set(at("a/b"), 1), "scalar stands where a mapping should be"),
        ("a: [1]\n", Set(at("a/3"), 1), "no place [3]"),
        ("a: 1\nb: 2\na: 3\n", Remove(at("a")), "not mean exactly"),
        ("a: !!int 6\n", Set(at("a"), 7), "tag"),
        ("&k a: 1\nb:\n  *k : 2\n", Rename(at("b/a"), "c"), "alias"),
        ("a: |\n  x", Set(at("b"), 1), "not mean exactly"),
        ("a: 1\n", Set(at("b", index=3), 1), "no document 4"),
        ("a: '- x'\n", Set(at("b", "a"), 1), "a list stands where"),
        ("a: 1\nb: 2\n", Move(at("a"), at("b")), "there already"),
    ],
)
def test_refusals_say_why(text: str, op: Set, why: str) -> None:
    assert why in refused(text, op)


def test_a_text_without_a_last_line_end_takes_a_line_end_in_quotes() -> None:
    """A literal block would need the line end that the file does not have."""
    assert planned("name: []", Set(at("name"), "one\ntwo\n")) == 'name: "one\\ntwo\\n"'
    assert planned("name: []\n", Set(at("name"), "one\ntwo\n")) == "name: |\n  one\n  two\n"
    assert planned("name: []", Set(at("name"), "one\ntwo")) == "name: |-\n  one\n  two"


def test_lines_before_a_comment_are_written_in_quotes() -> None:
    assert planned("a: x # why\nb: 1\n", Set(at("a"), "one\ntwo")) == 'a: "one\\ntwo" # why\nb: 1\n'
