"""What app-template makes beside its workloads: Services, claims, ConfigMaps and Secrets (common 1.5.1 to 4.1.1:
`templates/classes`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.gitops.manifest import Manifest, text_at
from immichlint.lenses.app_template import persistence
from immichlint.lenses.app_template.common import Common
from immichlint.lenses.app_template.enabled import enabled
from immichlint.lenses.app_template.environment import key_writes
from immichlint.lenses.app_template.routes import routes
from immichlint.lenses.app_template.services import controller_of
from immichlint.named_tuple import NamedTuple
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree

_DATA: Final = (("configMaps", "ConfigMap", ("data", "binaryData")), ("secrets", "Secret", ("type", "stringData")))
_PORT_FIELDS: Final = ("nodePort", "appProtocol")
_SERVICE_FIELDS: Final = (
    "clusterIP",
    "externalName",
    "loadBalancerIP",
    "sessionAffinity",
    "internalTrafficPolicy",
    "externalTrafficPolicy",
)
_CLAIM: Final = "persistentVolumeClaim"
KEPT: Final = "helm.sh/resource-policy"
"""What makes Helm leave an object alone that its release does not have any more."""


class Made(NamedTuple):
    """An object, with the section and the identifier of the values that it is made of."""

    section: str
    identifier: str
    manifest: Manifest


def objects(common: Common) -> Iterator[Made]:
    """The objects of a release beside its workloads, as far as they are modelled."""
    values = common.release.values
    for identifier, item in enabled(values.items.get("service")):
        yield Made("service", identifier, _service(common, identifier, item))
    for identifier, item in claims(values):
        yield Made("persistence", identifier, _claim(common, identifier, item))
    for section, kind, fields in _DATA:
        for identifier, item in enabled(values.items.get(section)):
            name = Leaf(common.names.listed(section, identifier, item), key_writes(item.writes))
            body = {field: item.items[field] for field in fields if field in item.items}
            yield Made(section, identifier, common.manifest("v1", kind, name, body, item))
    for section, identifier, manifest in routes(common):
        yield Made(section, identifier, manifest)


def claims(values: Map) -> Iterator[tuple[str, Map]]:
    """The persistence items for which the chart certainly makes a PersistentVolumeClaim."""
    for identifier, item in persistence.items(values):
        kind, existing = item.items.get("type"), item.items.get("existingClaim")
        known = not item.open and not any(_is_hole(field) for field in (kind, existing))
        if known and (text_at(item, "type") or _CLAIM) == _CLAIM and not text_at(item, "existingClaim"):
            yield identifier, item


def _is_hole(field: Tree | None) -> bool:
    return isinstance(field, Leaf) and isinstance(field.value, Hole)


def _service(common: Common, identifier: str, item: Map) -> Manifest:
    ports = item.items.get("ports")
    made = [_port(common, name, port) for name, port in sorted(enabled(ports), key=lambda pair: pair[0])]
    writes = ports.writes if ports is not None else item.writes
    why = ports.open if isinstance(ports, Map) else item.open
    spec: dict[str, Tree] = {
        "type": item.items["type"] if text_at(item, "type") else common.default("ClusterIP"),
        "ports": Seq(list(made), writes, why),
        "selector": _selector(common, item),
    }
    spec.update({field: item.items[field] for field in _SERVICE_FIELDS if text_at(item, field)})
    nodes = item.items.get("allocateLoadBalancerNodePorts")
    if nodes is not None:
        spec["allocateLoadBalancerNodePorts"] = nodes
    name = Leaf(common.names.listed("service", identifier, item), key_writes(item.writes))
    return common.manifest("v1", "Service", name, {"spec": Map(spec, item.writes, open=item.open)}, item)


def _selector(common: Common, item: Map) -> Map:
    made = common.selector(controller_of(common.release.values, item))
    extra = item.items.get("extraSelectorLabels")
    return Map({**made.items, **extra.items}, made.writes, open=made.open) if isinstance(extra, Map) else made


def _port(common: Common, name: str, port: Map) -> Map:
    number = port.items.get("port")
    named = Leaf(name, key_writes(port.writes))
    fields: dict[str, Tree] = {"name": named}
    if number is not None:
        fields["port"] = number
    target = port.items.get("targetPort")
    if isinstance(target, Leaf) and target.value is not None:
        fields["targetPort"] = target
    elif common.defaults["target_port"] == "name":
        fields["targetPort"] = common.default(name)
    elif isinstance(number, Leaf):
        fields["targetPort"] = number
    protocol = port.items.get("protocol")
    is_tcp = text_at(port, "protocol") in ("", "HTTP", "HTTPS", "TCP")
    fields["protocol"] = common.default("TCP") if protocol is None or (is_tcp and not _is_hole(protocol)) else protocol
    fields.update({field: port.items[field] for field in _PORT_FIELDS if _is_filled(port.items.get(field))})
    return Map(fields, port.writes, open=port.open)


def _is_filled(field: Tree | None) -> bool:
    return isinstance(field, Leaf) and bool(field.value)


def _claim(common: Common, identifier: str, item: Map) -> Manifest:
    spec = dict(persistence.claim_spec(item).items)
    if _is_filled(item.items.get("volumeName")):
        spec["volumeName"] = item.items["volumeName"]
    name = Leaf(common.names.claim(identifier, item), key_writes(item.writes))
    body: dict[str, Tree] = {"spec": Map(spec, item.writes, open=item.open)}
    return common.manifest("v1", "PersistentVolumeClaim", name, body, _retained(item))


def _retained(item: Map) -> Map:
    """The values of a claim with the annotation that `retain` gives it (`templates/classes/_pvc.tpl`)."""
    retain = item.items.get("retain")
    if not isinstance(retain, Leaf) or not retain.value:
        return item
    given = item.items.get("annotations")
    value = retain.value if isinstance(retain.value, Hole) else "keep"
    annotations = {**(given.items if isinstance(given, Map) else {}), KEPT: Leaf(value, retain.writes)}
    return Map({**item.items, "annotations": Map(annotations, item.writes)}, item.writes, open=item.open)
