"""Where backups go, and where a recovery comes from: `templates/_barman_object_store.tpl`."""

from __future__ import annotations

from immichlint.facts import load
from immichlint.gitops.manifest import text_at
from immichlint.lenses.cnpg_cluster.chart import Chart
from immichlint.lenses.merging import is_empty
from immichlint.trees.pieces import joined
from immichlint.trees.tree import Hole, Leaf, Map, Tree, get, replaced
from immichlint.yamltree.lookup import Route


def store(chart: Chart, scope: str, prefix: str) -> Map:
    """The configuration of barman for a section of the values (`backups`, `recovery`). `prefix`: of the Secret that
    the chart makes for it."""
    facts = load("cnpg_cluster_chart")
    values = chart.at(scope)
    assert isinstance(values, Map)
    made: Tree = Map({}, values.writes, open=values.open)
    for row in facts["store"]:
        route: Route = tuple(row["from"].split("/"))
        found = get(values, route)
        if found is not None and not is_empty(found):
            made = replaced(made, tuple(row["to"].split("/")), found)
    assert isinstance(made, Map)
    provider = text_at(values, "provider")
    fields = {**made.items, **_address(values, provider, made)}
    own = facts["credentials"].get(provider)
    if own is not None:
        secret = _secret(chart, values, f"{prefix}-{provider}-creds")
        fields[own["field"]] = _credentials(chart, values, provider, secret)
    return Map(fields, made.writes, open=made.open)


def _secret(chart: Chart, values: Map, otherwise: str) -> Leaf:
    name = get(values, ("secret", "name"))
    if isinstance(name, Leaf) and name.value:
        return name
    return chart.default(f"{chart.full}-{otherwise}")


def _address(values: Map, provider: str, made: Map) -> dict[str, Tree]:
    """The endpoint and the destination, put together where the values do not say them."""
    section = values.items.get(provider)
    found: dict[str, Tree] = {}
    if not isinstance(section, Map):
        return found
    if provider == "s3" and "endpointURL" not in made.items:
        found["endpointURL"] = _text("https://s3.", section, "region", ".amazonaws.com")
    if "destinationPath" not in made.items and provider in ("s3", "google"):
        scheme = "s3://" if provider == "s3" else "gs://"
        found["destinationPath"] = _text(scheme, section, "bucket", section.items.get("path"))
    elif "destinationPath" not in made.items:
        hole = Hole("", "the chart puts it together")
        found["destinationPath"] = Leaf(hole, section.writes)
    return found


def _text(before: str, section: Map, key: str, after: Tree | str | None) -> Leaf:
    value = section.items.get(key)
    parts: list[Leaf | str] = [before, value if isinstance(value, Leaf) else ""]
    parts.append(after if isinstance(after, (Leaf, str)) else "")
    return joined(parts)


def _credentials(chart: Chart, values: Map, provider: str, secret: Leaf) -> Map:
    row = load("cnpg_cluster_chart")["credentials"][provider]
    section = values.items.get(provider)
    writes = section.writes if section is not None else values.writes
    inherit = get(values, (provider, row["inherit"]))
    if isinstance(inherit, Leaf) and inherit.value is True:
        return Map({row["inherit"]: inherit}, writes)
    if "keys" not in row:
        return Map({}, writes, open="the chart chooses among the kinds of credentials")
    fields: dict[str, Tree] = {
        field: Map({"name": secret, "key": chart.default(key)}, writes) for field, key in row["keys"].items()
    }
    return Map(fields, writes)
