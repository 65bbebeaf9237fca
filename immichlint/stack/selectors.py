"""Label selectors, judged against labels of which not all may be known: true, false, or nobody can tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from immichlint.gitops.manifest import text_at
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, get

Verdict = bool | None


def every(verdicts: Iterable[Verdict]) -> Verdict:
    """Whether all hold."""
    found = list(verdicts)
    return False if False in found else None if None in found else True


def some(verdicts: Iterable[Verdict]) -> Verdict:
    """Whether any holds."""
    found = list(verdicts)
    return True if True in found else None if None in found else False


def matches(selector: Tree | None, labels: Mapping[str, str | None], *, complete: bool) -> Verdict:
    """Whether a selector (`matchLabels`, `matchExpressions`) selects what has these labels."""
    if not isinstance(selector, Map):
        return None
    verdicts: list[Verdict] = [None] if selector.open else []
    wanted = selector.items.get("matchLabels")
    for key, value in wanted.items.items() if isinstance(wanted, Map) else ():
        verdicts.append(_is_one_of(key, [value], labels, complete=complete))
    expressions = selector.items.get("matchExpressions")
    listed = expressions.items if isinstance(expressions, Seq) else ()
    return every((*verdicts, *(_holds(item, labels, complete=complete) for item in listed)))


def _holds(expression: Tree, labels: Mapping[str, str | None], *, complete: bool) -> Verdict:
    key, operator = text_at(expression, "key"), text_at(expression, "operator")
    values = get(expression, ("values",))
    listed = values.items if isinstance(values, Seq) else []
    if operator in ("Exists", "DoesNotExist"):
        there: Verdict = True if key in labels else False if complete else None
        return _inverse(there) if operator == "DoesNotExist" else there
    found = _is_one_of(key, listed, labels, complete=complete)
    return found if operator == "In" else _inverse(found) if operator == "NotIn" else None


def _inverse(verdict: Verdict) -> Verdict:
    return None if verdict is None else not verdict


def _is_one_of(key: str, values: list[Tree], labels: Mapping[str, str | None], *, complete: bool) -> Verdict:
    if key not in labels:
        return False if complete else None
    own = labels[key]
    texts = [value.value if isinstance(value, Leaf) else None for value in values]
    if own is None or any(text is None or isinstance(text, Hole) for text in texts):
        return None
    return own in [str(text) for text in texts]
