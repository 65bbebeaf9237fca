"""What the chart says itself: its `values.yaml`, and what its templates set for each component."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from immichlint.facts import load
from immichlint.gitops.manifest import text_at
from immichlint.lenses.immich_chart.edition import Edition, holds, latest
from immichlint.lenses.merging import is_empty
from immichlint.lenses.release import Release
from immichlint.trees.merge import merge
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, Writes, get, replaced

_MAIN_IMAGE = ("controllers", "main", "containers", "main", "image", "tag")


def chart_values(edition: Edition, release: Release) -> Map:
    """The chart's `values.yaml`, as far as workloads depend on it."""
    facts = load("immich_chart")
    made: Tree = _made(facts["values"], edition, release, frozenset())
    route = _MAIN_IMAGE if edition.layered else ("image", "tag")
    made = replaced(made, route, _tag(facts["image_tags"], edition, release))
    if edition.layered:
        made = replaced(made, ("valkey", *_MAIN_IMAGE), _tag(facts["valkey_tags"], edition, release))
    assert isinstance(made, Map)
    return made


def hardcoded(edition: Edition, component: str, release: Release, values: Map) -> Map:
    """What the template of a component sets where the values are empty; `values`: all of the release."""
    return _made(load("immich_chart")["hardcoded"][component], edition, release, _conditions(values))


def _tag(rows: Mapping[str, str | None], edition: Edition, release: Release) -> Leaf:
    tag = latest(rows, edition.version) if edition.exact else None
    why = "the tag is the default of a version of the chart that is not known"
    return Leaf(Hole("", why) if tag is None else tag, release.by_chart)


def _made(rows: Iterable[Mapping[str, Any]], edition: Edition, release: Release, conditions: frozenset[str]) -> Map:
    own = release.by_chart
    made: Tree = Map({}, own)
    for row in rows:
        if holds(row, edition.version) and all(_is_true(item, conditions) for item in row.get("if", ())):
            made = merge(made, _tree(row["values"], own))
    assert isinstance(made, Map)
    return made


def _is_true(condition: str, conditions: frozenset[str]) -> bool:
    negated = condition.removeprefix("not ")
    return (negated in conditions) == (negated == condition)


def _conditions(values: Map) -> frozenset[str]:
    """What the templates ask of the values."""
    metrics = get(values, ("immich", "metrics", "enabled"))
    configuration = get(values, ("immich", "configuration"))
    existing = get(values, ("immich", "existingConfiguration"))
    found = {
        "metrics": isinstance(metrics, Leaf) and metrics.value is True,
        "inline": configuration is not None and not is_empty(configuration),
        "existing": existing is not None and not is_empty(existing),
        "secret": text_at(values, "immich", "configurationKind") == "Secret",
    }
    found["configured"] = found["inline"] or found["existing"]
    return frozenset(name for name, holding in found.items() if holding)


def _tree(data: Any, own: Writes) -> Tree:
    if isinstance(data, dict):
        return Map({key: _tree(item, own) for key, item in data.items()}, own)
    if isinstance(data, list):
        return Seq([_tree(item, own) for item in data], own)
    return Leaf(Hole(data, "it is a template") if isinstance(data, str) and "{{" in data else data, own)
