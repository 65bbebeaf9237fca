"""Volumes and mounts: app-template's `persistence`."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.gitops.manifest import text_at
from immichlint.lenses.app_template.environment import key_writes
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Seq, Tree, Write, Writes, get


def items(values: Map) -> Iterator[tuple[str, Map]]:
    """The enabled persistence items."""
    field = values.items.get("persistence")
    for name, item in (field.items if isinstance(field, Map) else {}).items():
        if isinstance(item, Map):
            enabled = item.items.get("enabled")
            if not (isinstance(enabled, Leaf) and enabled.value is False):
                yield name, item


def volumes(values: Map, release: str, controller: str) -> Seq:
    """The `volumes` of a controller's pod: items that are mounted in other controllers only are none of them
    (common 4.1.1, `templates/lib/pod/fields/_volumes.tpl`)."""
    found: list[Tree] = [_volume(name, item, release) for name, item in items(values) if _is_for(item, controller)]
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


def _volume(name: str, item: Map, release: str) -> Map:
    named = Leaf(name, key_writes(item.writes))
    given = item.items.get("type")
    if isinstance(given, Leaf) and isinstance(given.value, Hole):
        return Map({"name": named}, item.writes, open=given.value.why)
    kind = text_at(item, "type") or "persistentVolumeClaim"
    made: dict[str, Tree] = {"name": named}
    if kind == "persistentVolumeClaim":
        claim = item.items.get("existingClaim") or Leaf(f"{release}-{name}", _computed(item.writes))
        made[kind] = Map({"claimName": claim}, item.writes)
    elif kind == "emptyDir":
        made[kind] = Map(_fields(item, medium="medium", sizeLimit="sizeLimit"), item.writes)
    elif kind == "hostPath":
        path = item.items.get("hostPath", Leaf(None, item.writes))
        made[kind] = Map({"path": path, **_fields(item, hostPathType="type")}, item.writes)
    elif kind == "nfs":
        made[kind] = Map(_fields(item, server="server", path="path"), item.writes)
    elif kind in ("configMap", "secret"):
        reference = item.items.get("name") or item.items.get("identifier") or Leaf(None, item.writes)
        name_field = "name" if kind == "configMap" else "secretName"
        fields = _fields(item, defaultMode="defaultMode", items="items")
        made[kind] = Map({name_field: reference, **fields}, item.writes)
    elif kind == "custom":
        spec = item.items.get("volumeSpec")
        made.update(spec.items if isinstance(spec, Map) else {})
    else:
        made[kind] = Map(item.items, item.writes)
    return Map(made, item.writes, open=item.open)


def _fields(item: Map, **names: str) -> dict[str, Tree]:
    """The fields of a volume's source that an item gives, under the names that Kubernetes has for them."""
    return {new: item.items[old] for old, new in names.items() if old in item.items}


def mounts(values: Map, controller: str, container: str) -> Seq:
    """The `volumeMounts` of one container."""
    found: list[Tree] = []
    for name, item in items(values):
        spots = [*_listed(item, ("globalMounts",)), *_listed(item, ("advancedMounts", controller, container))]
        has_any = _is_filled(item.items.get("globalMounts")) or _is_filled(item.items.get("advancedMounts"))
        found += [_mount(name, item, spot) for spot in spots] if has_any else [_mount(name, item, None)]
    field = values.items.get("persistence")
    return Seq(found, field.writes if field is not None else values.writes, _open(field, values))


def _listed(item: Map, route: tuple[str, ...]) -> list[Map]:
    field = get(item, route)
    return [spot for spot in field.items if isinstance(spot, Map)] if isinstance(field, Seq) else []


def _mount(name: str, item: Map, spot: Map | None) -> Map:
    writes = spot.writes if spot is not None else item.writes
    path = spot.items.get("path") if spot is not None else None
    if path is None and text_at(item, "type") == "hostPath":
        path = item.items.get("hostPath")
    made: dict[str, Tree] = {
        "name": Leaf(name, key_writes(item.writes)),
        "mountPath": path or Leaf(f"/{name}", _computed(item.writes)),
    }
    if spot is not None:
        made.update(
            {
                key: spot.items[key]
                for key in ("subPath", "subPathExpr", "readOnly", "mountPropagation")
                if key in spot.items
            }
        )
    return Map(made, writes)


def _computed(writes: Writes) -> Writes:
    """The writes of what the chart computes from an item: it has no place of its own."""
    return (Write(Layer.CHART_DEFAULT, key_writes(writes)[-1].place if writes else None),)
