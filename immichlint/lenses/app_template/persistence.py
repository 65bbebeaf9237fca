"""Volumes and mounts: app-template's `persistence`."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.gitops.manifest import text_at
from immichlint.lenses.app_template.enabled import enabled
from immichlint.lenses.app_template.environment import key_writes
from immichlint.lenses.app_template.names import Names
from immichlint.trees.merge import is_null
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Seq, Tree, Write, Writes, get
from immichlint.yamltree.lookup import Route


def items(values: Map) -> Iterator[tuple[str, Map]]:
    """The enabled persistence items, in the chart's order."""
    yield from sorted(enabled(values.items.get("persistence")), key=lambda pair: pair[0])


def volumes(values: Map, names: Names, controller: str) -> Seq:
    """The `volumes` of a controller's pod: items that are mounted in other controllers only are none of them
    (common 4.1.1, `templates/lib/pod/fields/_volumes.tpl`)."""
    found: list[Tree] = [_volume(name, item, names) for name, item in items(values) if _is_for(item, controller)]
    field = values.items.get("persistence")
    return Seq(found, field.writes if field is not None else values.writes, _open(field, values))


def _is_for(item: Map, controller: str) -> bool:
    everywhere = _is_filled(item.items.get("globalMounts"))
    elsewhere = _is_filled(item.items.get("advancedMounts"))
    return everywhere or not elsewhere or _is_filled(get(item, ("advancedMounts", controller)))


def _is_filled(tree: Tree | None) -> bool:
    return isinstance(tree, (Map, Seq)) and bool(tree.items or tree.open)


def _open(field: Tree | None, values: Map) -> str | None:
    return field.open if isinstance(field, Map) else values.open


def _volume(name: str, item: Map, names: Names) -> Map:
    named = Leaf(name, key_writes(item.writes))
    given = item.items.get("type")
    if isinstance(given, Leaf) and isinstance(given.value, Hole):
        return Map({"name": named}, item.writes, open=given.value.why)
    kind = text_at(item, "type") or "persistentVolumeClaim"
    made: dict[str, Tree] = {"name": named}
    if kind == "persistentVolumeClaim":
        claim = item.items.get("existingClaim") or Leaf(names.claim(name, item), _computed(item.writes))
        made[kind] = Map({"claimName": claim}, item.writes)
    elif kind == "emptyDir":
        made[kind] = Map(_fields(item, medium="medium", sizeLimit="sizeLimit"), item.writes)
    elif kind == "hostPath":
        path = item.items.get("hostPath", Leaf(None, item.writes))
        made[kind] = Map({"path": path, **_fields(item, hostPathType="type")}, item.writes)
    elif kind == "nfs":
        made[kind] = Map(_fields(item, server="server", path="path"), item.writes)
    elif kind in ("configMap", "secret"):
        reference = item.items.get("name") or _referred(item, f"{kind}s", names) or Leaf(None, item.writes)
        name_field = "name" if kind == "configMap" else "secretName"
        fields = _fields(item, defaultMode="defaultMode", items="items")
        made[kind] = Map({name_field: reference, **fields}, item.writes)
    elif kind == "custom":
        spec = item.items.get("volumeSpec")
        made.update(spec.items if isinstance(spec, Map) else {})
    else:
        made[kind] = Map(item.items, item.writes)
    return Map(made, item.writes, open=item.open)


def _referred(item: Map, section: str, names: Names) -> Tree | None:
    """The name of the object that a persistence item refers to by its identifier."""
    identifier = item.items.get("identifier")
    name = names.referred(section, text_at(item, "identifier"))
    return identifier if identifier is None or name is None else Leaf(name, identifier.writes)


def _fields(item: Map, **names: str) -> dict[str, Tree]:
    """The fields of a volume's source that an item gives, under the names that Kubernetes has for them."""
    return {new: item.items[old] for old, new in names.items() if old in item.items}


def mounts(values: Map, own: Map, controller: str, container: str) -> Seq:
    """The `volumeMounts` of one container of a controller: of persistence items and of its claim templates."""
    found: list[Tree] = []
    for name, item in sorted({**dict(items(values)), **dict(_templates(own, controller))}.items()):
        spots = [*_listed(item, ("globalMounts",)), *_listed(item, ("advancedMounts", controller, container))]
        has_any = _is_filled(item.items.get("globalMounts")) or _is_filled(item.items.get("advancedMounts"))
        path = item.items.get("hostPath") if text_at(item, "type") == "hostPath" else None
        for spot in spots if has_any else [Map({}, item.writes)]:
            # A mount without a path has that of the one before it, as in the chart's template.
            given = spot.items.get("path")
            path = path if given is None or is_null(given) else given
            found.append(_mount(name, item, spot, path))
    field = values.items.get("persistence")
    return Seq(found, field.writes if field is not None else values.writes, _open(field, values))


def mount_route(values: Map, controller: str, container: str, path: str) -> Route | None:
    """The route in the values of the mount that a container has at a path; None where its path is not written."""
    for name, item in items(values):
        for below in (("globalMounts",), ("advancedMounts", controller, container)):
            for index, spot in enumerate(_spots(item, below)):
                if isinstance(spot, Map) and text_at(spot, "path") == path:
                    return ("persistence", name, *below, index)
    return None


def _spots(item: Map, route: tuple[str, ...]) -> list[Tree]:
    field = get(item, route)
    return field.items if isinstance(field, Seq) else []


def _listed(item: Map, route: tuple[str, ...]) -> list[Map]:
    return [spot for spot in _spots(item, route) if isinstance(spot, Map)]


def _mount(name: str, item: Map, spot: Map, path: Tree | None) -> Map:
    made: dict[str, Tree] = {
        "name": Leaf(name, key_writes(item.writes)),
        "mountPath": path or Leaf(f"/{name}", _computed(item.writes)),
    }
    for key in ("subPath", "subPathExpr", "readOnly", "mountPropagation"):
        given = spot.items.get(key)
        if isinstance(given, Leaf) and given.value:
            made[key] = given
    return Map(made, spot.writes)


def _templates(own: Map, controller: str) -> Iterator[tuple[str, Map]]:
    """A StatefulSet's claim templates as persistence items, as the chart's mounts take them."""
    for item in _listed(own, ("statefulset", "volumeClaimTemplates")):
        switch = item.items.get("enabled")
        if isinstance(switch, Leaf) and switch.value is False:
            continue
        mounted: dict[str, Tree] = {key: item.items[key] for key in ("globalMounts",) if key in item.items}
        if "advancedMounts" in item.items:
            mounted["advancedMounts"] = Map({controller: item.items["advancedMounts"]}, item.writes)
        yield text_at(item, "name"), Map(mounted, item.writes)


def claim_templates(own: Map) -> Seq | None:
    """The `volumeClaimTemplates` of a StatefulSet (common 4.1.1, `templates/lib/statefulset`)."""
    field = get(own, ("statefulset", "volumeClaimTemplates"))
    if not isinstance(field, Seq) or not field.items:
        return None
    return Seq([_template(item) for item in field.items if isinstance(item, Map)], field.writes, field.open)


def _template(item: Map) -> Map:
    named = _fields(item, name="name", labels="labels", annotations="annotations")
    spec = claim_spec(item)
    return Map({"metadata": Map(named, item.writes), "spec": spec}, item.writes)


def claim_spec(item: Map) -> Map:
    """The spec of the claim that an item describes (common 4.1.1, `templates/classes/_pvc.tpl`)."""
    writes = item.writes
    spec: dict[str, Tree] = {}
    if "accessMode" in item.items:
        spec["accessModes"] = Seq([item.items["accessMode"]], writes)
    if "size" in item.items:
        spec["resources"] = Map({"requests": Map({"storage": item.items["size"]}, writes)}, writes)
    storage = item.items.get("storageClass")
    if isinstance(storage, Leaf) and storage.value:
        spec["storageClassName"] = Leaf("", storage.writes) if storage.value == "-" else storage
    spec.update(_fields(item, dataSource="dataSource", dataSourceRef="dataSourceRef"))
    return Map(spec, writes, open=item.open)


def _computed(writes: Writes) -> Writes:
    """The writes of what the chart computes from an item: it has no place of its own."""
    return (Write(Layer.CHART_DEFAULT, key_writes(writes)[-1].place if writes else None),)
