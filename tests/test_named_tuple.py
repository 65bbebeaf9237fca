"""The quick `NamedTuple` is the one of `typing` in all that is asked of it."""

from __future__ import annotations

import copy
import pickle
import typing
from collections.abc import Callable
from typing import Any, Final

import pytest

from immichlint.named_tuple import NamedTuple


class Ours(NamedTuple):
    """A place."""

    path: str
    line: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        return f"{self.path}:{self.line}"

    def moved(self, by: int) -> Ours:
        return self._replace(line=(self.line or 0) + by)


class Theirs(typing.NamedTuple):
    """A place."""

    path: str
    line: int | None = None
    notes: tuple[str, ...] = ()


class Empty(NamedTuple):
    pass


USES: Final[dict[str, Callable[[Any], object]]] = {
    "all by position": lambda kind: tuple(kind("a", 2, ("b",))),
    "some by name": lambda kind: tuple(kind(notes=("b",), path="a")),
    "defaults": lambda kind: tuple(kind("a")),
    "fields": lambda kind: (kind._fields, kind.__match_args__, kind("a", 2).path, kind("a", 2).line),
    "equal": lambda kind: (kind("a") == kind("a"), kind("a") == ("a", None, ()), hash(kind("a"))),
    "order": lambda kind: sorted([kind("b"), kind("a", 2), kind("a", 1)])[0].line,
    "unpacked": lambda kind: [*kind("a", 2)],
    "replaced": lambda kind: tuple(kind("a", 2)._replace(line=3)),
    "as a dictionary": lambda kind: kind("a")._asdict(),
    "made": lambda kind: tuple(kind._make(["a", 2, ()])),
    "shown": lambda kind: repr(kind("a")).removeprefix(kind.__name__),
    "text": lambda kind: kind.__doc__,
    "copied": lambda kind: tuple(copy.deepcopy(kind("a", 2))),
    "pickled": lambda kind: pickle.loads(pickle.dumps(kind("a", 2))) == kind("a", 2),
    "annotations": lambda kind: kind.__annotations__.keys(),
    "no attributes of its own": lambda kind: hasattr(kind("a"), "__dict__"),
}

MISUSES: Final[dict[str, Callable[[Any], object]]] = {
    "one is missing": lambda kind: kind(),
    "one too many": lambda kind: kind("a", 1, (), 2),
    "no such name": lambda kind: kind("a", file="b"),
    "twice": lambda kind: kind("a", path="b"),
    "replaced by nothing known": lambda kind: kind("a")._replace(file="b"),
    "set": lambda kind: setattr(kind("a"), "path", "b"),
}


@pytest.mark.parametrize("use", USES)
def test_it_is_used_like_the_other(use: str) -> None:
    assert USES[use](Ours) == USES[use](Theirs)


@pytest.mark.parametrize("misuse", MISUSES)
def test_it_refuses_what_the_other_refuses(misuse: str) -> None:
    with pytest.raises(Exception) as theirs:
        MISUSES[misuse](Theirs)
    # Up to Python 3.12 a name that `_replace` does not know is a ValueError there.
    expected = TypeError if theirs.type is ValueError else theirs.type
    with pytest.raises(expected) as ours:
        MISUSES[misuse](Ours)
    assert str(ours.value).removeprefix("Ours") == str(theirs.value).removeprefix("Theirs")


def test_it_has_properties_and_methods() -> None:
    assert Ours("a", 1).moved(2).shown == "a:3"
    match Ours("a", 1):
        case Ours(path, line):
            assert (path, line) == ("a", 1)


def test_a_field_without_a_default_follows_none_with_one() -> None:
    with pytest.raises(TypeError, match=r"^Wrong: `second` has no default and follows a field that has one$"):

        class Wrong(NamedTuple):
            first: int = 0
            second: int  # type: ignore[misc]


def test_it_may_have_no_field() -> None:
    assert Empty() == ()


def test_annotations_that_are_no_texts_are_fields_too() -> None:
    """From Python 3.14 on a class body has a function in their place, unless its module wants texts."""
    body = "class Lazy(NamedTuple):\n    path: str\n    line: int = 2\n"
    found: dict[str, Any] = {"NamedTuple": NamedTuple, "__name__": __name__}
    exec(compile(body, "lazy", "exec", dont_inherit=True), found)
    assert found["Lazy"]("a") == ("a", 2)
    assert found["Lazy"]._fields == ("path", "line")
