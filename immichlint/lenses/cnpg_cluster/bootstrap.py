"""How a Cluster of the chart begins: anew, or from a backup (`templates/_bootstrap.tpl`, `_external_clusters.tpl`)."""

from __future__ import annotations

from immichlint.gitops.manifest import text_at
from immichlint.lenses.cnpg_cluster.chart import Chart
from immichlint.lenses.cnpg_cluster.store import store
from immichlint.lenses.merging import is_empty
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, get

_OTHERWISE = "the chart makes it for this mode"
_SOURCES = {"object_store": "objectStoreRecoveryCluster", "plugin": "pluginRecoveryCluster"}


def bootstrap(chart: Chart) -> Tree:
    """`spec.bootstrap`, as far as the mode is one of those that are modelled."""
    mode = chart.text("mode")
    if mode == "standalone":
        given = chart.at("cluster", "initdb")
        writes = given.writes if given is not None else chart.values.writes
        items = dict(given.items) if isinstance(given, Map) else {}
        items.pop("import", None)
        why = given.open if isinstance(given, Map) else chart.values.open
        return Map({"initdb": Map(items, writes, open=why)}, writes)
    values = chart.at("recovery")
    method = chart.text("recovery", "method")
    if mode != "recovery" or method not in (*_SOURCES, "backup") or values is None:
        return Map({}, chart.values.writes, open=_OTHERWISE)
    fields: dict[str, Tree] = {}
    for key in ("database", "owner"):
        found = chart.at("recovery", key)
        if found is not None and not is_empty(found) and chart.holds("0.3.1"):
            fields[key] = found
    if method == "backup":
        fields["backup"] = Map({"name": _value(chart, "recovery", "backupName")}, values.writes)
    else:
        fields["source"] = chart.default(_SOURCES[method])
    return Map({"recovery": Map(fields, values.writes)}, values.writes)


def external_clusters(chart: Chart) -> dict[str, Tree]:
    """`spec.externalClusters`: the source of a recovery."""
    mode, method = chart.text("mode"), chart.text("recovery", "method")
    values = chart.at("recovery")
    if mode == "standalone" or (mode == "recovery" and method == "backup"):
        return {}
    if mode != "recovery" or method not in _SOURCES or values is None:
        return {"externalClusters": Leaf(Hole("", _OTHERWISE), chart.values.writes)}
    server = _value(chart, "recovery", "clusterName")
    entry: dict[str, Tree] = {"name": chart.default(_SOURCES[method])}
    if method == "object_store":
        made = store(chart, "recovery", "recovery")
        entry["barmanObjectStore"] = Map({**made.items, "serverName": server}, made.writes, open=made.open)
    else:
        given = chart.at("recovery", "pluginConfiguration")
        own = get(given, ("parameters",)) if given is not None else None
        inner = dict(own.items) if isinstance(own, Map) else {}
        inner.update(barmanObjectName=chart.default(f"{chart.full}-recovery"), serverName=server)
        name = chart.default(text_at(given, "name")) if given is not None else chart.default(Hole("", _OTHERWISE))
        entry["plugin"] = Map({"name": name, "parameters": Map(inner, values.writes)}, values.writes)
    return {"externalClusters": Seq([Map(entry, values.writes)], values.writes)}


def _value(chart: Chart, *route: str) -> Tree:
    return chart.at(*route) or chart.default(None)
