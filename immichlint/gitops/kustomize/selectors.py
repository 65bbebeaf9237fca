"""Label selectors as text: `tier=db, app in (a, b), !old`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from immichlint.trees.tree import Leaf, Map, Tree


def matches(selector: str, labels: Tree | None) -> bool:
    """Whether labels meet all terms of a selector, as Kubernetes reads it; an empty one selects everything."""
    values = (
        {key: leaf.value for key, leaf in labels.items.items() if isinstance(leaf, Leaf)}
        if isinstance(labels, Map)
        else {}
    )
    return all(_holds(term, values) for term in _terms(selector))


def _terms(selector: str) -> Iterator[str]:
    """The terms between those commas that stand in no parentheses."""
    term, depth = "", 0
    for character in selector:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            yield term.strip()
            term = ""
        else:
            term += character
    if term.strip():
        yield term.strip()


def _holds(term: str, values: Mapping[str, object]) -> bool:
    head, parenthesis, rest = term.partition("(")
    if parenthesis:
        key, _, operator = head.strip().rpartition(" ")
        among = values.get(key.strip()) in [item.strip() for item in rest.rstrip(" )").split(",")]
        return among if operator == "in" else not among
    key, differs, value = term.partition("!=")
    if differs:
        return values.get(key.strip()) != value.strip()
    key, equals, value = term.replace("==", "=").partition("=")
    if equals:
        return values.get(key.strip()) == value.strip()
    return term[1:].strip() not in values if term.startswith("!") else term in values
