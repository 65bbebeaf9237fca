"""What the planner's tests share: places in short, and the text after operations."""

from collections.abc import Iterator
from pathlib import Path

from immichlint.text import SourceText
from immichlint.text.edit import splice
from immichlint.yamltree.compose import compose
from immichlint.yamltree.lookup import Data, Route, data
from immichlint.yamltree.ops import Op, Refusal
from immichlint.yamltree.place import DocumentId, Place
from immichlint.yamltree.planner import plan

MAPPING: Data = {"x": 1, "y": "z"}
LIST: Data = ["p", "q"]
CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"


def route(text: str) -> Route:
    """`a/0/b` as a route."""
    return tuple(int(step) if step.isdigit() else step for step in text.split("/") if step)


def at(text: str, *hosts: str, part: tuple[int, int] | None = None, index: int = 0) -> Place:
    """A place in a document of a file, or in what the scalars at `hosts` hold."""
    return Place(DocumentId("file.yaml", index, tuple(map(route, hosts))), route(text), part)


def planned(text: str, *ops: Op) -> str:
    """The text after operations. Fails where they are refused."""
    source = SourceText(text)
    edits = plan(source, compose(source), ops)
    assert not isinstance(edits, Refusal), edits.reason
    return splice(text, edits)


def refused(text: str, *ops: Op) -> str:
    """The reason why operations are refused. Fails where they are not."""
    source = SourceText(text)
    edits = plan(source, compose(source), ops)
    assert isinstance(edits, Refusal), splice(text, edits)
    return edits.reason


def values(text: str) -> list[Data]:
    """The values of a text's documents."""
    return [data(document.root) for document in compose(SourceText(text))]


def routes(value: Data, route: Route = ()) -> Iterator[tuple[Route, Data]]:
    """All routes into a value, with what is there."""
    yield route, value
    if isinstance(value, dict):
        for key, child in value.items():
            yield from routes(child, (*route, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from routes(child, (*route, index))


def cells(table: list[tuple[str, ...]], values: list[Data]) -> list[tuple[str, Data, str]]:
    """The rows of a table: a text, then what it is with each of some values, in their order."""
    return [(before, value, after) for before, *rest in table for value, after in zip(values, rest, strict=True)]
