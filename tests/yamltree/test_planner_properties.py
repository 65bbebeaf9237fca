"""What every edit keeps: the text is YAML, means the operation and no more, and touches no other line."""

import random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from planning import CORPUS, routes
from texts import json_values, keys, texts

from immichlint.text import NotTextError, SourceText, Span
from immichlint.text.edit import splice
from immichlint.yamltree.apply import apply, same
from immichlint.yamltree.compose import compose
from immichlint.yamltree.errors import YamlError
from immichlint.yamltree.lookup import data
from immichlint.yamltree.nodes import AliasNode
from immichlint.yamltree.ops import AddDocument, Append, Move, Op, Refusal, Remove, Rename, Set
from immichlint.yamltree.place import DocumentId, Place
from immichlint.yamltree.planner import Planner, plan
from immichlint.yamltree.style import walk

generated = settings(suppress_health_check=list(HealthCheck))


def check(source: SourceText, op: Op, index: int) -> str | None:
    """The text after an operation, held against the model; None where it is refused."""
    documents = compose(source)
    before = [data(document.root) for document in documents]
    edits = plan(source, documents, [op])
    if isinstance(edits, Refusal):
        assert edits.reason
        return None
    text = splice(source.text, edits)
    after = [data(document.root) for document in compose(source.with_text(text))]
    if isinstance(op, AddDocument):
        assert all(map(same, after, before))
        return text
    if not any(isinstance(node, AliasNode) for node in walk(documents[index].root)):
        before[index] = apply(before[index], op)
        assert len(before) == len(after)
        assert all(map(same, after, before)), (op, text)
    kept = untouched(source.text, [edit.span for edit in edits])
    found = text.splitlines(keepends=True)
    at = 0
    for line in kept:
        assert line in found[at:], (op, line)
        at = found.index(line, at) + 1
    return text


def untouched(text: str, spans: list[Span]) -> list[str]:
    """The lines that end with a line end and that no edit reaches into."""
    lines, start = [], 0
    for line in text.splitlines(keepends=True):
        whole = Span(start, start + len(line))
        start = whole.end
        if line.endswith("\n") and not any(span.start < whole.end and span.end > whole.start for span in spans):
            inside = any(whole.start < span.start < whole.end for span in spans)
            if not inside:
                lines.append(line)
    return lines


@st.composite
def operations(draw: st.DrawFn) -> tuple[SourceText, Op, int]:
    source = SourceText(draw(texts()))
    try:
        documents = compose(source)
    except YamlError:
        assume(False)
    index = draw(st.integers(0, len(documents) - 1))
    there = list(routes(data(documents[index].root)))
    document = DocumentId("f.yaml", index)
    route = draw(st.sampled_from(there))[0]
    place = Place(document, route)
    kind = draw(st.sampled_from(("set", "add", "append", "remove", "clear", "rename", "move", "document")))
    if kind == "append":
        lists = [way for way, held in there if isinstance(held, list)] or [("list",)]
        return source, Append(Place(document, draw(st.sampled_from(lists))), draw(json_values)), index
    if kind == "document":
        return source, AddDocument("f.yaml", "kind: New\nspec: {a: 1}\n"), index
    if kind == "add" or not route:
        mappings = [way for way, held in there if held is None or isinstance(held, dict)]
        way = (*draw(st.sampled_from(mappings)), "new", *draw(st.lists(keys, max_size=2)))
        return source, Set(Place(document, way), draw(json_values)), index
    if kind == "set":
        return source, Set(place, draw(json_values)), index
    if kind == "remove":
        return source, Remove(place), index
    if kind == "clear":
        hollow = Remove(place, hollow=True)
        # What is written beside the last entry keeps the mapping.
        assume(not any(mark in source.text for mark in "#&"))
        return source, hollow, index
    if kind == "rename" and isinstance(route[-1], str):
        return source, Rename(place, draw(st.sampled_from(("new", "on", "a b: c")))), index
    targets = [way for way, held in there if isinstance(held, dict) and way[: len(route)] != route]
    assume(bool(targets))
    return source, Move(place, Place(document, (*draw(st.sampled_from(targets)), "moved"))), index


@generated
@given(operations())
def test_an_operation_means_itself_and_leaves_other_lines(case: tuple[SourceText, Op, int]) -> None:
    check(*case)


def test_few_operations_on_generated_texts_are_refused() -> None:
    seen: list[bool] = []

    @settings(generated, max_examples=80, database=None, derandomize=True)
    @given(operations())
    def count(case: tuple[SourceText, Op, int]) -> None:
        seen.append(check(*case) is None)

    count()
    assert sum(seen) < len(seen) * 0.1


@generated
@given(texts(), st.data())
def test_what_was_planned_before_changes_no_plan(text: str, draw: st.DataObject) -> None:
    source = SourceText(text)
    documents = compose(source)
    document = DocumentId("f.yaml", 0)
    there = [Place(document, route) for route, _ in routes(data(documents[0].root))]
    places = st.sampled_from([*there, Place(document, ("new",))])
    values = json_values | st.sampled_from((1, 1.0, True, "1"))
    op = st.one_of(places.map(Remove), st.builds(Set, places, values), st.builds(Append, places, values))
    planner = Planner()
    for ops in draw.draw(st.lists(st.lists(op, max_size=3), min_size=2, max_size=4)):
        assert planner.plan(source, documents, ops) == plan(source, documents, ops)


def test_values_that_are_equal_and_not_the_same_are_planned_apart() -> None:
    source = SourceText("a: 0\n")
    documents, planner, place = compose(source), Planner(), Place(DocumentId("f.yaml", 0), ("a",))
    found = [planner.plan(source, documents, [Set(place, value)]) for value in (1, True, 1.5, "1")]
    made = [splice(source.text, edits) for edits in found if not isinstance(edits, Refusal)]
    assert made == ["a: 1\n", "a: true\n", "a: 1.5\n", 'a: "1"\n']


@generated
@given(texts(), st.data(), json_values)
def test_set_and_set_back_restores_the_value(text: str, draw: st.DataObject, value: object) -> None:
    source = SourceText(text)
    documents = compose(source)
    before = data(documents[0].root)
    route, old = draw.draw(st.sampled_from([pair for pair in routes(before) if pair[0]] or [((), before)]))
    place = Place(DocumentId("f.yaml", 0), route)
    changed = check(source, Set(place, value), 0)  # type: ignore[arg-type]
    assume(changed is not None)
    restored = check(SourceText(changed or ""), Set(place, old), 0)
    assert restored is not None
    assert same(data(compose(SourceText(restored))[0].root), before)


@generated
@given(texts(), st.data())
def test_setting_what_is_there_is_no_edit(text: str, draw: st.DataObject) -> None:
    source = SourceText(text)
    documents = compose(source)
    route, value = draw.draw(st.sampled_from(list(routes(data(documents[0].root)))))
    assert plan(source, documents, [Set(Place(DocumentId("f.yaml", 0), route), value)]) == ()


_LONG = 2_000
_SAMPLE = 250


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside this checkout")
def test_operations_on_real_files() -> None:
    """A sample of them; every one with `--hypothesis-profile=long`."""
    chance = random.Random(20260101)
    files = sorted(path for path in CORPUS.rglob("*") if path.suffix in (".yaml", ".yml") and path.is_file())
    made = refusals = 0
    most = len(files) if settings().max_examples >= _LONG else _SAMPLE
    for path in chance.sample(files, min(most, len(files))):
        try:
            source = SourceText.decode(path.read_bytes())
            documents = compose(source)
        except (YamlError, NotTextError):
            continue
        if not documents or len(source.text) > 60_000:
            continue
        index = chance.randrange(len(documents))
        document = DocumentId("f.yaml", index)
        there = list(routes(data(documents[index].root)))
        route, _ = chance.choice(there)
        mapping = chance.choice([way for way, held in there if held is None or isinstance(held, dict)] or [()])
        items = [way for way, held in there if isinstance(held, list)]
        ops: list[Op] = [Set(Place(document, (*mapping, "new", "sub")), {"a": "on", "b": [1, "x"]})]
        if route:
            ops += [Set(Place(document, route), "0 0 * * *"), Remove(Place(document, route))]
        if items:
            ops.append(Append(Place(document, chance.choice(items)), {"name": "X", "value": "true"}))
        for op in ops:
            if not isinstance(data(documents[index].root), (dict, list)):
                continue
            if check(source, op, index) is None:
                refusals += 1
            else:
                made += 1
    assert made > 100
    assert refusals < made * 0.03
