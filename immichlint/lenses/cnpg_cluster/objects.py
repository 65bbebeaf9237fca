"""What the `cluster` chart makes: Cluster, ScheduledBackups, ObjectStores, Databases and Poolers (`templates/`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.facts import load
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.lenses.cnpg_cluster.bootstrap import bootstrap, external_clusters
from immichlint.lenses.cnpg_cluster.chart import Chart, is_on
from immichlint.lenses.cnpg_cluster.store import store
from immichlint.lenses.merging import is_empty
from immichlint.named_tuple import NamedTuple
from immichlint.trees.pieces import joined
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, Writes, get, replaced
from immichlint.yamltree.lookup import Route

_API: Final = "postgresql.cnpg.io/v1"
_STORE_API: Final = "barmancloud.cnpg.io/v1"
_IN_TREE: Final = "barmanObjectStore"
_PLUGIN: Final = "plugin"


class Made(NamedTuple):
    """An object, with the route of the entry of the values that it is made of; empty where it is all of them."""

    entry: Route
    manifest: Manifest


def objects(chart: Chart) -> Iterator[Made]:
    """The objects of a release."""
    yield Made((), _cluster(chart))
    if _method(chart) == _PLUGIN:
        yield Made(("backups",), _store(chart, "backups", "backup"))
    if chart.text("mode") == "recovery" and chart.text("recovery", "method") == _PLUGIN:
        yield Made(("recovery",), _store(chart, "recovery", "recovery"))
    yield from _scheduled(chart)
    for section, kind in (("databases", "Database"), ("poolers", "Pooler")):
        yield from _listed(chart, section, kind)


def _method(chart: Chart) -> str | Hole:
    """How the chart backs up: `barmanObjectStore`, `plugin`, or an empty text for not at all."""
    switched = is_on(chart.at("backups", "enabled"))
    if isinstance(switched, Hole) or not switched:
        return switched if isinstance(switched, Hole) else ""
    facts = load("cnpg_cluster_chart")
    method = chart.at("backups", "method") if chart.holds(facts["methods_since"]) else None
    if method is None or not isinstance(method, Leaf):
        return _IN_TREE
    if isinstance(method.value, Hole):
        return method.value
    named = chart.text("backups", "pluginConfiguration", "name") == facts["plugin"]
    return str(method.value) if method.value != _PLUGIN or named else ""


def _cluster(chart: Chart) -> Manifest:
    own = chart.at("cluster")
    writes = own.writes if own is not None else chart.values.writes
    tree: Tree = Map({}, writes)
    for row in load("cnpg_cluster_chart")["fields"]:
        found = chart.at(*row["from"].split("/"))
        if chart.holds(row.get("since")) and found is not None and _is_said(found):
            tree = replaced(tree, tuple(row["to"].split("/")), found)
    spec = get(tree, ("spec",))
    fields = dict(spec.items) if isinstance(spec, Map) else {}
    fields.update(_image(chart, fields))
    if (wal := chart.at("cluster", "walStorage")) is not None and is_on(get(wal, ("enabled",))) is True:
        sized = {key: item for key in ("size", "storageClass") if not is_empty(item := _child(wal, key))}
        fields["walStorage"] = Map(sized, wal.writes)
    fields.update(_preload(chart, fields))
    fields["monitoring"] = _monitoring(chart)
    fields["bootstrap"] = bootstrap(chart)
    fields.update(external_clusters(chart))
    fields.update(_backup(chart))
    fields.update(_plugins(chart))
    body = {"spec": Map(fields, writes, open=chart.values.open)}
    return chart.manifest(_API, "Cluster", chart.default(chart.full), body, writes)


def _is_said(tree: Tree) -> bool:
    """Whether a value is written into the object: what is false or 0 is, what is empty is not."""
    return tree.value != "" if isinstance(tree, Leaf) else not is_empty(tree)


def _child(tree: Tree, key: str) -> Tree:
    return get(tree, (key,)) or Leaf(None, tree.writes)


def _image(chart: Chart, fields: dict[str, Tree]) -> dict[str, Tree]:
    """The image: the values' own, else one of the chart's for the type of the database."""
    catalogued = chart.text("cluster", "imageCatalogRef", "name") or chart.at("imageCatalog", "images") is not None
    if catalogued or chart.text("type") == "timescaledb":
        fields.pop("imageName", None)
        return {"imageCatalogRef": chart.at("cluster", "imageCatalogRef") or chart.default(Hole("", "a catalog"))}
    version = chart.at("version", "postgresql")
    if "imageName" in fields or not isinstance(version, Leaf) or chart.text("type") != "postgresql":
        return {}
    return {"imageName": joined(["ghcr.io/cloudnative-pg/postgresql:", version])}


def _preload(chart: Chart, fields: dict[str, Tree]) -> dict[str, Tree]:
    """The libraries that are preloaded, with the one of an extension that the chart switches on."""
    extra = chart.at("cluster", "monitoring", "instrumentation", "pgStatStatements")
    options = fields.get("postgresql")
    if is_on(extra) is not True:
        return {}
    listed = get(options, ("shared_preload_libraries",)) if options is not None else None
    items = list(listed.items) if isinstance(listed, Seq) else []
    writes = listed.writes if listed is not None else chart.values.writes
    made = Seq([chart.default("pg_stat_statements"), *items], writes)
    return {"postgresql": replaced(options or Map({}, writes), ("shared_preload_libraries",), made)}


def _monitoring(chart: Chart) -> Map:
    monitoring = chart.at("cluster", "monitoring")
    writes = monitoring.writes if monitoring is not None else chart.values.writes
    switches = [is_on(chart.at("cluster", "monitoring", *route)) for route in (("enabled",), ("podMonitor", "enabled"))]
    hole = next((item for item in switches if isinstance(item, Hole)), None)
    made = hole if hole is not None else all(switches)
    own = not chart.holds(load("cnpg_cluster_chart")["pod_monitor_object_since"])
    return Map({"enablePodMonitor": Leaf(made, writes)} if own else {}, writes, open=None if own else "a PodMonitor")


def _backup(chart: Chart) -> dict[str, Tree]:
    method = _method(chart)
    values = chart.at("backups")
    writes = values.writes if values is not None else chart.values.writes
    if isinstance(method, Hole):
        return {"backup": Leaf(method, writes), "plugins": Leaf(method, writes)}
    if method != _IN_TREE:
        return {}
    fields: dict[str, Tree] = {"target": chart.default("prefer-standby"), _IN_TREE: store(chart, "backups", "backup")}
    retention = chart.at("backups", "retentionPolicy")
    if retention is not None:
        fields["retentionPolicy"] = retention
    return {"backup": Map(fields, writes)}


def _plugins(chart: Chart) -> dict[str, Tree]:
    """The plugins of the values, and barman's where the backups need it."""
    facts = load("cnpg_cluster_chart")
    listed = chart.at("cluster", "plugins") if chart.holds(facts["methods_since"]) else None
    items = list(listed.items) if isinstance(listed, Seq) else []
    if _method(chart) == _PLUGIN:
        named = {text_at(item, "name"): item for item in items}
        own = named.get(facts["plugin"])
        given = own if isinstance(own, Map) else Map({}, chart.values.writes)
        parameters = given.items.get("parameters")
        inner = dict(parameters.items) if isinstance(parameters, Map) else {}
        inner.setdefault("barmanObjectName", chart.default(f"{chart.full}-backups"))
        made: dict[str, Tree] = {
            "name": chart.default(facts["plugin"]),
            "enabled": given.items.get("enabled") or chart.default(True),
            "isWALArchiver": given.items.get("isWALArchiver") or chart.default(True),
            "parameters": Map(inner, given.writes),
        }
        items = [*(item for item in items if item is not own), Map(made, given.writes)]
    elif listed is not None and any(text_at(item, "name") == facts["plugin"] for item in items):
        return {"plugins": Leaf(Hole("", "the chart completes the entry of the plugin"), listed.writes)}
    writes = listed.writes if listed is not None else chart.values.writes
    return {"plugins": Seq(items, writes)} if items else {}


def _store(chart: Chart, scope: str, prefix: str) -> Manifest:
    values = chart.at(scope)
    assert values is not None
    spec: dict[str, Tree] = {"configuration": store(chart, scope, prefix)}
    for key in ("retentionPolicy", "instanceSidecarConfiguration"):
        found = chart.at(scope, key)
        if found is not None and not is_empty(found):
            spec[key] = found
    name = chart.default(f"{chart.full}-{scope}")
    return chart.manifest(_STORE_API, "ObjectStore", name, {"spec": Map(spec, values.writes)}, values.writes)


def _scheduled(chart: Chart) -> Iterator[Made]:
    listed = chart.at("backups", "scheduledBackups")
    if is_on(chart.at("backups", "enabled")) is not True or not isinstance(listed, Seq):
        return
    facts = load("cnpg_cluster_chart")
    for index, item in enumerate(listed.items):
        if not isinstance(item, Map):
            continue
        spec: dict[str, Tree] = {
            key: item.items[key]
            for key in facts["scheduled_backup"]
            if key in item.items and not is_empty(item.items[key])
        }
        spec["immediate"] = chart.default(True)
        spec["cluster"] = Map({"name": chart.default(chart.full)}, item.writes)
        name = Leaf(f"{chart.full}-{text_at(item, 'name')}", _named(item))
        manifest = chart.manifest(_API, "ScheduledBackup", name, {"spec": Map(spec, item.writes)}, item.writes)
        yield Made(("backups", "scheduledBackups", index), manifest)


def _listed(chart: Chart, section: str, kind: str) -> Iterator[Made]:
    facts = load("cnpg_cluster_chart")
    listed = chart.at(section)
    if not isinstance(listed, Seq) or (section == "databases" and not chart.holds(facts["databases_since"])):
        return
    for index, item in enumerate(listed.items):
        if isinstance(item, Map):
            named = text_at(item, "name")
            suffix = named.replace("_", "-") if kind == "Database" else f"pooler-{named}"
            cluster = Map({"name": chart.default(chart.full)}, item.writes)
            kept = {key: below for key, below in item.items.items() if _is_copied(key, kind)}
            body: dict[str, Tree] = {"spec": Map({**kept, "cluster": cluster}, item.writes)}
            name = Leaf(f"{chart.full}-{suffix}", _named(item))
            yield Made((section, index), chart.manifest(_API, kind, name, body, item.writes))


def _is_copied(key: str, kind: str) -> bool:
    """Whether the template takes a key of an item over. The one for Databases names those that it knows."""
    return key in load("cnpg_cluster_chart")["database_keys"] if kind == "Database" else key != "name"


def _named(item: Map) -> Writes:
    name = item.items.get("name")
    return name.writes if name is not None else item.writes
