"""The flat layout of common 1 (app-template 1, the Immich chart up to 0.9), seen in the layout of the later
versions."""

from __future__ import annotations

from typing import Final

from immichlint.facts import load
from immichlint.gitops.manifest import text_at
from immichlint.trees.tree import Leaf, Map, Seq, Tree, get, replaced

_POD: Final = ("spec", "template", "spec")
_NO_MOUNT: Final = "-"
_KEPT: Final = ("service", "global", "fullnameOverride")
_OFF: Final = ("ingress", "route", "configMaps", "secrets")
"""Sections whose entries are off unless they say that they are on (common 1.5.1, `templates/render`)."""


def lifted(values: Map, name: str) -> Map:
    """The values with one controller `main`, whose container has the full name: of the release, or the component."""
    facts = load("app_template")["flat"]
    container = {new: values.items[old] for old, new in facts["container"].items() if old in values.items}
    for key in ("command", "args"):
        if isinstance(container.get(key), Leaf):
            container[key] = Seq([container[key]], container[key].writes)
    ports = _ports(values)
    if ports.items:
        container["ports"] = ports
    containers: dict[str, Tree] = {name: Map(container, values.writes, open=values.open)}
    for key in ("sidecars", "additionalContainers"):
        containers.update(_entries(values.items.get(key)))
    own = values.items.get("controller")
    controller = {key: item for key, item in _entries(own).items() if key in facts["controller"]}
    pod = {new: values.items[old] for old, new in facts["pod"].items() if old in values.items}
    controller["pod"] = Map(pod, values.writes, open=values.open)
    controller["containers"] = Map(containers, values.writes)
    if isinstance(values.items.get("initContainers"), Map):
        controller["initContainers"] = values.items["initContainers"]
    made = {key: item for key, item in values.items.items() if key in _KEPT}
    for key in _OFF:
        if key in values.items:
            made[key] = _switched_on(values.items[key])
    if "enabled" in _entries(own):
        controller["enabled"] = _entries(own)["enabled"]
    controllers = Map({"main": Map(controller, values.writes, open=values.open)}, values.writes)
    return Map(
        {**made, "controllers": controllers, "persistence": _persistence(values, name)}, values.writes, open=values.open
    )


def _entries(tree: Tree | None) -> dict[str, Tree]:
    return dict(tree.items) if isinstance(tree, Map) else {}


def is_on(item: Tree) -> bool:
    """Whether something that has to be switched on is, or may be."""
    switch = item.items.get("enabled") if isinstance(item, Map) else None
    return isinstance(switch, Leaf) and bool(switch.value)


def _switched_on(section: Tree) -> Tree:
    if not isinstance(section, Map):
        return section
    items = {key: item for key, item in section.items.items() if is_on(item)}
    return Map(items, section.writes, section.deleted, section.open)


def _ports(values: Map) -> Seq:
    """The container's ports: those of all Services (common 1.4, `lib/container/_ports.tpl`)."""
    services = values.items.get("service")
    found: list[Tree] = []
    for service in _entries(services).values():
        if not isinstance(service, Map) or _is_off(service):
            continue
        for name, port in _entries(service.items.get("ports")).items():
            number = (port.items.get("targetPort") or port.items.get("port")) if isinstance(port, Map) else None
            if isinstance(port, Map) and number is not None and not _is_off(port):
                found.append(Map({"name": Leaf(name, port.writes), "containerPort": number}, port.writes))
    return Seq(found, services.writes if services is not None else values.writes)


def _is_off(item: Map) -> bool:
    switch = item.items.get("enabled")
    return isinstance(switch, Leaf) and not switch.value


def _persistence(values: Map, name: str) -> Map:
    kinds = load("app_template")["flat"]["volume_kinds"]
    field = values.items.get("persistence")
    items: dict[str, Tree] = {}
    for key, item in _entries(field).items():
        if not isinstance(item, Map) or not is_on(item):
            continue
        made = {field: below for field, below in item.items.items() if field not in ("mountPath", "subPath")}
        kind = item.items.get("type")
        if isinstance(kind, Leaf) and isinstance(kind.value, str):
            made["type"] = Leaf(kinds.get(kind.value, kind.value), kind.writes)
        made["advancedMounts"] = Map({"main": Map(_spots(key, item, name), item.writes)}, item.writes)
        items[key] = Map(made, item.writes, open=item.open)
    return Map(items, field.writes if field is not None else values.writes, open=values.open)


def _spots(key: str, item: Map, name: str) -> dict[str, Tree]:
    """The mounts of an item (common 1.4, `lib/container/_volumemounts.tpl`)."""
    several = item.items.get("subPath")
    if isinstance(several, Seq):
        renamed = [_spot(one, one) for one in several.items if isinstance(one, Map)]
        return {name: Seq(list(renamed), several.writes)}
    container = _NO_MOUNT if text_at(item, "mountPath") == _NO_MOUNT else name
    spot = _spot(item, Map({"subPath": several} if several is not None else {}, item.writes))
    return {container: Seq([spot], item.writes)}


def _spot(item: Map, below: Map) -> Map:
    made = {new: item.items[old] for old, new in (("mountPath", "path"), ("readOnly", "readOnly")) if old in item.items}
    part = below.items.get("path") if below is item else below.items.get("subPath")
    if part is not None:
        made["subPath"] = part
    return Map(made, item.writes)


def with_own_mounts(tree: Map, values: Map) -> Map:
    """The workload with the mounts of containers that are written as Kubernetes has them."""
    made: Tree = tree
    raw = {
        key: item
        for field in ("initContainers", "sidecars", "additionalContainers")
        for key, item in _entries(values.items.get(field)).items()
    }
    for section in ("initContainers", "containers"):
        listed = get(tree, (*_POD, section))
        for index, container in enumerate(listed.items if isinstance(listed, Seq) else ()):
            own = raw.get(text_at(container, "name"))
            mounts = own.items.get("volumeMounts") if isinstance(own, Map) else None
            if mounts is not None:
                made = replaced(made, (*_POD, section, index, "volumeMounts"), mounts)
    assert isinstance(made, Map)
    return made
