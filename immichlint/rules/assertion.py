"""Declarative rules: an assertion over the effective target that fires only where it is certainly false."""

from __future__ import annotations

import re
from collections.abc import Iterator

from immichlint.findings.change import REMOVED, Change, Effect, Safety
from immichlint.lenses.keyed import indexed
from immichlint.rules.model import Claim, Context, FixSpec
from immichlint.rules.schema import holds
from immichlint.rules.steps import route_of
from immichlint.stack.view import View
from immichlint.trees.field import Field
from immichlint.trees.tree import get
from immichlint.yamltree.lookup import Route
from immichlint.yamltree.place import Place


def declared(target: View, context: Context) -> Iterator[Claim]:
    """The claim of a rule file's assertion on a target, if the assertion is certainly false."""
    rule = context.rule
    tree = get(target.tree, target.route)
    if rule.assertion is None or tree is None or holds(rule.assertion, tree) is not False:
        return
    steps = indexed(tree, route_of(rule.at))
    field = target.field(*steps)
    yield Claim(
        _filled(rule.message, target, field),
        _place(target, field, steps),
        change=_change(rule.fix, target, field) if rule.fix else None,
    )


def _filled(template: str, target: View, field: Field) -> str:
    """A template with the target's words in it. Nothing but these words is replaced, whatever they hold."""
    words = {
        "name": target.name,
        "namespace": target.namespace,
        "kind": target.object.manifest.kind,
        "value": _written(target, field),
    }
    return re.sub(r"\{(name|namespace|kind|value)\}", lambda found: words[found[1]], template)


def _written(target: View, field: Field) -> str:
    """The value as a message may show it: what a Secret holds stays hidden."""
    value = field.value
    if target.object.manifest.kind == "Secret" and field.route[:1] in (("data",), ("stringData",)):
        return "***"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _place(target: View, field: Field, steps: Route) -> Place:
    """Where the field is decided; where nothing in a file decides it, what is nearest."""
    place = field.place
    return place if place is not None and place.route else target.nearest(*steps)


def _change(fix: FixSpec, target: View, field: Field) -> Change:
    effects = tuple(_effect(target, route_of(route), value) for route, value in fix.set.items())
    return Change(_filled(fix.title, target, field), Safety(fix.safety), effects, after=fix.after)


def _effect(target: View, route: Route, value: object) -> Effect:
    return target.effect(*route, value=REMOVED if value is None else value)  # type: ignore[arg-type]  # JSON
