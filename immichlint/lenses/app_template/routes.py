"""How a release is reached from outside: app-template's `ingress` and `route`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.gitops.manifest import Manifest, text_at
from immichlint.lenses.app_template.common import Common
from immichlint.lenses.app_template.enabled import enabled, primary
from immichlint.lenses.app_template.environment import key_writes
from immichlint.trees.tree import Leaf, Map, Seq, Tree, get

_INGRESS: Final = "networking.k8s.io/v1"
_ROUTE: Final = "gateway.networking.k8s.io/v1"
_RULE_FIELDS: Final = ("matches", "filters", "timeouts", "sessionPersistence")


def routes(common: Common) -> Iterator[tuple[str, str, Manifest]]:
    """The Ingresses and Gateway API routes of a release, each with its section of the values and its identifier."""
    values = common.release.values
    for identifier, item in enabled(values.items.get("ingress")):
        yield "ingress", identifier, _ingress(common, identifier, item)
    for identifier, item in enabled(values.items.get("route")):
        yield "route", identifier, _route(common, identifier, item)


def _ingress(common: Common, identifier: str, item: Map) -> Manifest:
    spec: dict[str, Tree] = {}
    for field in ("className", "ingressClassName"):
        if text_at(item, field):
            spec["ingressClassName"] = item.items[field]
    for field in ("tls", "defaultBackend"):
        if isinstance(item.items.get(field), (Map, Seq)):
            spec[field] = item.items[field]
    hosts = item.items.get("hosts")
    if isinstance(hosts, Seq) and "defaultBackend" not in spec:
        spec["rules"] = Seq([_host(common, host) for host in hosts.items], hosts.writes, hosts.open)
    name = Leaf(common.names.listed("ingress", identifier, item), key_writes(item.writes))
    return common.manifest(_INGRESS, "Ingress", name, {"spec": Map(spec, item.writes, open=item.open)}, item)


def _host(common: Common, host: Tree) -> Tree:
    paths = host.items.get("paths") if isinstance(host, Map) else None
    if not isinstance(host, Map):
        return host
    made = [_path(common, path) for path in paths.items] if isinstance(paths, Seq) else []
    listed = Seq(list(made), paths.writes if paths is not None else host.writes)
    named = {"host": host.items["host"]} if "host" in host.items else {}
    return Map({**named, "http": Map({"paths": listed}, host.writes)}, host.writes)


def _path(common: Common, path: Tree) -> Tree:
    if not isinstance(path, Map):
        return path
    written = path.items.get("service")
    service = written if isinstance(written, Map) else Map({}, path.writes)
    name, target = _service(common, service)
    fields: dict[str, Tree] = {key: path.items[key] for key in ("path", "pathType") if key in path.items}
    backend: dict[str, Tree] = {"name": name} if name is not None else {}
    port = service.items.get("port")
    if port is None or (isinstance(port, Leaf) and port.value is None):
        port = _primary_port(target)
    elif isinstance(port, Leaf) and isinstance(port.value, str):
        port = get(target, ("ports", port.value, "port")) if target is not None else None
    if port is not None:
        backend["port"] = Map({"number": port}, port.writes)
    inner = Map({"service": Map(backend, service.writes)}, path.writes)
    return Map({**fields, "backend": inner}, path.writes)


def _primary_port(service: Map | None) -> Tree | None:
    port = primary(enabled(service.items.get("ports"))) if service is not None else None
    return port[1].items.get("port") if port is not None else None


def _service(common: Common, reference: Map) -> tuple[Tree | None, Map | None]:
    """The name of the Service that a backend refers to by name or identifier, and its values where it is the
    release's own: its only one where the backend does not say (common 4.1.1, `lib/ingress/_autoDetectService.tpl`).

    Before version 4 a name may be an identifier, too.
    """
    own = dict(enabled(common.release.values.items.get("service")))
    said = reference.items.get("identifier") or reference.items.get("name")
    if said is None:
        first = primary(own.items()) if common.defaults["naming"] == "primary" else None
        identifier = first[0] if first is not None else next(iter(own)) if len(own) == 1 else None
        if identifier is None:
            return None, None
        item = own[identifier]
        return Leaf(common.names.listed("service", identifier, item), key_writes(item.writes)), item
    text = said.value if isinstance(said, Leaf) and isinstance(said.value, str) else ""
    is_name = "identifier" not in reference.items and common.defaults["naming"] in ("count", "primary")
    found = None if is_name else own.get(text)
    if found is None:
        return said, next((item for key, item in own.items() if common.names.referred("service", key) == text), None)
    name = common.names.listed("service", text, found)
    return Leaf(name, said.writes), found


def _route(common: Common, identifier: str, item: Map) -> Manifest:
    kind = text_at(item, "kind") or "HTTPRoute"
    spec: dict[str, Tree] = {key: item.items[key] for key in ("parentRefs", "hostnames") if key in item.items}
    rules = _rules(common, item)
    if isinstance(rules, Seq):
        spec["rules"] = Seq([_rule(common, rule) for rule in rules.items], rules.writes, rules.open)
    name = Leaf(common.names.listed("route", identifier, item), key_writes(item.writes))
    return common.manifest(_ROUTE, kind, name, {"spec": Map(spec, item.writes, open=item.open)}, item)


def _rules(common: Common, item: Map) -> Tree | None:
    """The rules of a route; without any it leads to the only Service (common 4.1.1, `lib/routes`)."""
    rules = item.items.get("rules")
    given = isinstance(rules, Seq) and bool(rules.items)
    if given or item.open or common.defaults["naming"] != "count":
        return rules
    if len(list(enabled(common.release.values.items.get("service")))) != 1:
        return rules
    reference = Seq([Map({}, item.writes)], item.writes)
    return Seq([Map({"backendRefs": reference}, item.writes)], item.writes)


def _rule(common: Common, rule: Tree) -> Tree:
    if not isinstance(rule, Map):
        return rule
    fields: dict[str, Tree] = {key: rule.items[key] for key in _RULE_FIELDS if key in rule.items}
    references = rule.items.get("backendRefs")
    if isinstance(references, Seq):
        made = [_backend(common, reference) for reference in references.items]
        fields["backendRefs"] = Seq(list(made), references.writes, references.open)
    return Map(fields, rule.writes, rule.deleted, rule.open)


def _backend(common: Common, reference: Tree) -> Tree:
    if not isinstance(reference, Map) or text_at(reference, "kind") not in ("", "Service"):
        return reference
    name, target = _service(common, reference)
    given = {key: item for key, item in reference.items.items() if key != "identifier"}
    made = {"group": "", "kind": "Service", "namespace": common.release.namespace, "weight": 1}
    fields = {**{key: common.default(value) for key, value in made.items() if value != "" or key == "group"}, **given}
    if name is not None:
        fields["name"] = name
    port = _primary_port(target)
    if "port" not in fields and port is not None:
        fields["port"] = port
    return Map(fields, reference.writes, reference.deleted, reference.open)
