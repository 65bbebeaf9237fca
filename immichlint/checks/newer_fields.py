"""Fields that came with a later release of the operator than the one that runs (IML903)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from immichlint.facts import load
from immichlint.facts.crd import Crd
from immichlint.findings.finding import Related
from immichlint.rules.model import Claim
from immichlint.stack.field_history import Later
from immichlint.stack.fields import a_kind, said, schema_at
from immichlint.stack.release import Release, Running
from immichlint.stack.view import View
from immichlint.trees.tree import decided_at
from immichlint.yamltree.lookup import Route

_NAMES = {"cnpg": "CloudNativePG", "plugin-barman-cloud": "the barman-cloud plugin"}


def newer_fields(view: View, found: Sequence[Later], running: Running, crd: Crd, own: Crd | None) -> Iterator[Claim]:
    """IML903, of what the operator that runs does not know yet: nothing that a definition in the repository has."""
    owners = load("crd_field_owners")["fields"]
    above: list[Route] = []
    for item in sorted(found, key=lambda item: len(item.route)):
        is_below = any(item.route[: len(route)] == route for route in above)
        if is_below or item.route[-1] in owners or _has(own, item):
            continue
        above.append(item.route)
        yield _claim(view, item, running, crd.project)


def _has(own: Crd | None, item: Later) -> bool:
    schema = schema_at(own, item.route) if own is not None else None
    return item.value in schema.get("enum", (item.value,)) if isinstance(schema, dict) else schema is not None


def _claim(view: View, item: Later, running: Running, project: str) -> Claim:
    kind, name, operator = a_kind(view.object.manifest.kind), said(item.route), _NAMES[project]
    first = _first(item.since, running.release or ())
    what = f"The value `{item.value}` of `{name}`" if item.value else f"`{name}`"
    effect = (
        "the API server refuses the object"
        if item.value
        else "the field has no effect. Helm drops it in silence; Flux, Argo CD and kubectl refuse the object, and with "
        "it all that is applied together"
    )
    place = decided_at(item.node)
    if place is not None and not item.value and not place.key:
        place = place.key_of()
    return Claim(
        f"{what} of {kind} came with {operator} {first}, and {running.version} runs here: {effect}. Update the operator"
        f" first, or take the {'value' if item.value else 'field'} away.",
        place or view.nearest(*item.route),
        related=(Related(running.place, f"deploys {operator} {running.version}"),) if running.place else (),
        no_fix="either the operator is to be updated, or this is not for it",
    )


def _first(since: Sequence[str], release: Release) -> str:
    """The first release of the running one's branch, else of the first branch after it."""
    later = [item for item in since if tuple(map(int, item.split("."))) > release]
    return later[0] if later else since[-1]
