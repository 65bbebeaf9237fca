"""What the Immich chart makes beside its workloads: Services, claims and the file of the configuration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from immichlint.findings.change import Effect
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.lenses.app_template.enabled import enabled
from immichlint.lenses.app_template.workloads import default
from immichlint.lenses.effective import Alternative
from immichlint.lenses.immich_chart.components import Component, chart_claims
from immichlint.lenses.immich_chart.merging import is_empty
from immichlint.lenses.release import Release
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, get
from immichlint.yamltree.ops import Refusal

_CONFIGURATION: Final = ("immich", "configuration")


class ComputedWriter(NamedTuple):
    """The way back to what the chart computes: there is none. `name`: of the object."""

    name: str

    def ways(self, effects: Sequence[Effect]) -> Iterator[Alternative]:
        """Always a refusal."""
        yield Refusal(f"the Immich chart computes {self.name}; its fields are not changed one by one")


def objects(component: Component) -> Iterator[Manifest]:
    """The Services and claims of a component, and with the server the file of the configuration."""
    yield from _services(component)
    yield from _claims(component)
    configuration = get(component.values, _CONFIGURATION)
    existing = get(component.values, ("immich", "existingConfiguration"))
    inline = configuration is not None and not is_empty(configuration)
    if component.name == "server" and inline and (existing is None or is_empty(existing)):
        yield from _configuration(component, configuration)


def _services(component: Component) -> Iterator[Manifest]:
    full = component.as_app_template.name
    services = list(enabled(component.values.items.get("service")))
    for key, service in services:
        ports = [_port(name, port) for name, port in enabled(service.items.get("ports"))]
        bare = len(services) == 1 or (not component.edition.layered and _is_primary(service))
        spec: dict[str, Tree] = {"ports": Seq(list(ports), service.writes, service.open)}
        if "type" in service.items:
            spec["type"] = service.items["type"]
        yield _manifest(component.release, "Service", full if bare else f"{full}-{key}", {"spec": spec}, service)


def _is_primary(service: Map) -> bool:
    switch = service.items.get("primary")
    return isinstance(switch, Leaf) and switch.value is True


def _port(name: str, port: Map) -> Map:
    fields: dict[str, Tree] = {"name": Leaf(name, port.writes)}
    fields.update({key: item for key, item in port.items.items() if key in ("port", "targetPort", "appProtocol")})
    return Map(fields, port.writes)


def _claims(component: Component) -> Iterator[Manifest]:
    full = component.as_app_template.name
    found = component.as_app_template.values
    claims = chart_claims(component.values if component.edition.layered else found)
    for key, item in claims.items():
        name = text_at(found, "persistence", key, "existingClaim") or f"{full}-{key}"
        spec: dict[str, Tree] = {}
        if "accessMode" in item.items:
            spec["accessModes"] = Seq([item.items["accessMode"]], item.writes)
        if "size" in item.items:
            requests = Map({"storage": item.items["size"]}, item.writes)
            spec["resources"] = Map({"requests": requests}, item.writes)
        storage = item.items.get("storageClass")
        if isinstance(storage, Leaf) and storage.value:
            spec["storageClassName"] = Leaf("", storage.writes) if storage.value == "-" else storage
        for field in ("volumeName", "dataSource", "dataSourceRef"):
            if field in item.items:
                spec[field] = item.items[field]
        yield _manifest(component.release, "PersistentVolumeClaim", name, {"spec": spec}, item)


def _configuration(component: Component, configuration: Tree | None) -> Iterator[Manifest]:
    assert configuration is not None
    secret = text_at(component.values, "immich", "configurationKind") == "Secret"
    text = Leaf(Hole("", "the chart writes it from immich.configuration"), configuration.writes)
    data: dict[str, Tree] = {"immich-config.yaml": text}
    kind, field = ("Secret", "stringData") if secret else ("ConfigMap", "data")
    source = configuration if isinstance(configuration, Map) else component.values
    yield _manifest(component.release, kind, f"{component.release.name}-immich-config", {field: data}, source)


def _manifest(release: Release, kind: str, name: str, body: dict[str, dict[str, Tree]], source: Map) -> Manifest:
    metadata: dict[str, Any] = {"name": Leaf(name, ())}
    if release.namespace:
        metadata["namespace"] = Leaf(release.namespace, ())
    fields: dict[str, Tree] = {
        "apiVersion": default(release, "v1"),
        "kind": default(release, kind),
        "metadata": Map(metadata, ()),
        **{key: Map(items, source.writes) for key, items in body.items()},
    }
    return Manifest(Map(fields, source.writes), release.manifest.home, release.manifest.unsettled)
