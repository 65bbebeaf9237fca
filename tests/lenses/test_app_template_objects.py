"""app-template: Services, claims, routes and data beside the workloads, and the way back. Expectations are the chart's
(names and fields as `templates/` and `tests/` of common 1.5.1, 2.6.0, 3.7.3 and 4.1.1 have them)."""

from __future__ import annotations

from typing import Any

import pytest
from release_files import key_of, outcomes, release, server, stacks_of

from immichlint.findings.change import Effect
from immichlint.trees.tree import Hole, plain

SECOND = "  ml:\n    containers: {main: {image: {repository: busybox, tag: '1'}}}\n"
APP = "app: {controller: server, ports: {http: {port: 2283}}}"
ONE = f"service: {{{APP}}}\n"
TWO = f"service: {{{APP}, ml: {{controller: ml, ports: {{http: {{port: 3003}}}}}}}}\n"


def made(values: str, version: str = "4.1.1") -> dict[tuple[str, Any], Any]:
    """The data of all objects that a release makes, by kind and name."""
    (stack,) = stacks_of({"release.yaml": release(values, version)})
    found = [item.manifest.tree for item in stack.objects if item.source is not item.manifest]
    data: list[Any] = [plain(tree) for tree in found]
    return {(item["kind"], item["metadata"]["name"]): item for item in data}


def names(kind: str, values: str, version: str) -> list[Any]:
    return sorted(name for of, name in made(values, version) if of == kind)


@pytest.mark.parametrize(
    ("version", "more", "found"),
    [
        ("2.6.0", ONE, ["immich-app"]),
        ("2.6.0", "service: {main: {ports: {http: {port: 2283}}}}\n", ["immich"]),
        ("2.6.0", "service: {app: {primary: true, controller: server, ports: {http: {port: 1}}}}\n", ["immich"]),
        ("3.7.3", ONE, ["immich"]),
        ("3.7.3", SECOND + TWO, ["immich-app", "immich-ml"]),
        ("3.7.3", SECOND + TWO.replace("app: {", "app: {primary: true, "), ["immich", "immich-ml"]),
        ("3.7.3", SECOND + TWO.replace("app: {", "app: {nameOverride: api, "), ["immich-api", "immich-ml"]),
        ("4.1.1", ONE, ["immich"]),
        ("4.1.1", SECOND + TWO, ["immich-app", "immich-ml"]),
        ("4.1.1", SECOND + TWO.replace("app: {", "app: {forceRename: Api, "), ["api", "immich-ml"]),
        ("4.1.1", SECOND + TWO.replace("app: {", "app: {enabled: false, "), ["immich"]),
        ("4.1.1", ONE + "global: {fullnameOverride: photos}\n", ["photos"]),
        ("4.1.1", ONE + "global: {nameOverride: app}\n", ["immich-app"]),
        ("4.1.1", ONE.replace("app: {", "app: {forceRename: '{{ .Release.Name }}-x', "), ["immich-x"]),
    ],
)
def test_the_names_of_services(version: str, more: str, found: list[str]) -> None:
    assert names("Service", server("", more=more), version) == found


def test_the_name_of_a_service_of_a_version_that_is_not_known() -> None:
    (name,) = names("Service", server("", more=ONE), "'*'")
    assert isinstance(name, Hole)
    assert names("Service", server("", more=SECOND + TWO), "'*'") == ["immich-app", "immich-ml"]


def test_a_service_finds_the_pods_of_its_controller() -> None:
    objects = made(server("", more=SECOND + TWO))
    service, workload = objects["Service", "immich-app"], objects["Deployment", "immich-server"]
    assert service["spec"]["selector"] == workload["spec"]["selector"]["matchLabels"]
    assert service["spec"]["selector"].items() <= workload["spec"]["template"]["metadata"]["labels"].items()
    assert service["spec"]["selector"] != objects["Deployment", "immich-ml"]["spec"]["selector"]["matchLabels"]
    assert service["spec"]["selector"] == {
        "app.kubernetes.io/name": "immich",
        "app.kubernetes.io/instance": "immich",
        "app.kubernetes.io/controller": "server",
    }


@pytest.mark.parametrize(("version", "label"), [("3.7.3", "component"), ("4.1.1", "controller")])
def test_a_service_of_the_only_controller(version: str, label: str) -> None:
    objects = made(server("", more="service: {app: {controller: server, ports: {http: {port: 80}}}}\n"), version)
    assert objects["Service", "immich"]["spec"]["selector"][f"app.kubernetes.io/{label}"] == "server"
    objects = made(server("", more="service: {app: {ports: {http: {port: 80}}}}\n"))
    assert objects["Service", "immich"]["spec"]["selector"]["app.kubernetes.io/controller"] == "server"


def test_the_ports_of_a_service() -> None:
    http = "http: {port: 80, targetPort: web, protocol: HTTP, appProtocol: kubernetes.io/ws}"
    ports = f"{{{http}, off: {{enabled: false, port: 1}}, dns: {{port: 53, protocol: UDP}}}}"
    objects = made(server("", more=f"service: {{app: {{controller: server, ports: {ports}}}}}\n"))
    spec = objects["Service", "immich"]["spec"]
    assert spec["type"] == "ClusterIP"
    assert spec["ports"] == [
        {"name": "dns", "port": 53, "targetPort": 53, "protocol": "UDP"},
        {"name": "http", "port": 80, "targetPort": "web", "protocol": "TCP", "appProtocol": "kubernetes.io/ws"},
    ]


def test_a_claim() -> None:
    item = "library: {accessMode: ReadWriteOnce, size: 10Gi, storageClass: '-', annotations: {a: b}}"
    other = "nas: {type: nfs, server: nas, path: /p}, old: {existingClaim: x}"
    objects = made(server("", more=f"persistence: {{{item}, {other}}}\n"))
    (claim,) = [data for (kind, _), data in objects.items() if kind == "PersistentVolumeClaim"]
    assert claim["metadata"] == {"name": "immich", "namespace": "photos", "annotations": {"a": "b"}}
    assert claim["spec"] == {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "10Gi"}},
        "storageClassName": "",
    }


def test_variables_of_a_config_map_that_the_chart_makes() -> None:
    objects = made(server("", more="configMaps: {settings: {data: {TZ: Europe/Berlin}}}\n"), "3.7.3")
    assert objects["ConfigMap", "immich-settings"]["data"] == {"TZ": "Europe/Berlin"}
    (stack,) = stacks_of(
        {
            "release.yaml": release(
                server(
                    "envFrom: [{configMapRef: {identifier: settings}}]",
                    more="configMaps: {settings: {data: {TZ: UTC}}}\n",
                )
            )
        }
    )
    assert stack.containers[0].variable("TZ").text == "UTC"


INGRESS = "ingress: {app: {className: nginx, hosts: [{host: photos.example, paths: [{path: /%s}]}]}}\n"


@pytest.mark.parametrize(
    ("version", "service", "backend"),
    [
        ("4.1.1", "", {"name": "immich", "port": {"number": 2283}}),
        ("4.1.1", ", service: {identifier: app}", {"name": "immich", "port": {"number": 2283}}),
        ("4.1.1", ", service: {identifier: app, port: http}", {"name": "immich", "port": {"number": 2283}}),
        ("4.1.1", ", service: {name: other, port: 80}", {"name": "other", "port": {"number": 80}}),
        ("3.7.3", ", service: {identifier: app, port: 80}", {"name": "immich", "port": {"number": 80}}),
        ("2.6.0", ", service: {name: app, port: http}", {"name": "immich-app", "port": {"number": 2283}}),
    ],
)
def test_the_backend_of_an_ingress(version: str, service: str, backend: Any) -> None:
    objects = made(server("", more=ONE + INGRESS % service), version)
    (ingress,) = [data for (kind, _), data in objects.items() if kind == "Ingress"]
    assert ingress["spec"]["ingressClassName"] == "nginx"
    assert ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"] == backend


@pytest.mark.parametrize(("version", "said"), [("4.1.1", "identifier"), ("3.7.3", "name")])
def test_a_route(version: str, said: str) -> None:
    rules = f"[{{backendRefs: [{{{said}: app}}], timeouts: {{request: 0s}}}}]"
    route = f"route: {{app: {{hostnames: [photos.example], rules: {rules}}}}}\n"
    data = made(server("", more=ONE + route), version)["HTTPRoute", "immich"]
    assert data["apiVersion"] == "gateway.networking.k8s.io/v1"
    backend = {"group": "", "kind": "Service", "name": "immich", "namespace": "photos", "port": 2283, "weight": 1}
    assert data["spec"]["rules"] == [{"timeouts": {"request": "0s"}, "backendRefs": [backend]}]


@pytest.mark.parametrize(
    ("kind", "more", "route", "value", "text"),
    [
        ("Service", ONE, ("spec", "ports", "[name=http]", "port"), 80, "ports: {http: {port: 80, targetPort: 2283}}"),
        ("Service", ONE, ("spec", "type"), "LoadBalancer", "type: LoadBalancer"),
        ("Ingress", INGRESS % "", ("metadata", "annotations", "a"), "b", "annotations: {a: b}"),
    ],
)
def test_the_way_back(kind: str, more: str, route: tuple[str, ...], value: Any, text: str) -> None:
    service = "" if kind == "Service" else ONE
    files = {"release.yaml": release(server("", more=service + more))}
    made, wrong = next(outcomes(files, [Effect(key_of(files, kind, "immich"), route, value)]))
    assert text in made["release.yaml"]
    assert wrong == ""


def test_what_the_chart_has_no_value_for_is_refused() -> None:
    files = {"release.yaml": release(server("", more=ONE))}
    effect = Effect(key_of(files, "Service", "immich"), ("spec", "selector", "app"), "x")
    assert list(outcomes(files, [effect])) == [({}, "the chart has no value for spec/selector/app of a Service")]


def test_a_route_without_rules_leads_to_the_only_service() -> None:
    data = made(server("", more=ONE + "route: {app: {hostnames: [photos.example]}}\n"))["HTTPRoute", "immich"]
    (rule,) = data["spec"]["rules"]
    assert [(item["name"], item["port"]) for item in rule["backendRefs"]] == [("immich", 2283)]


def test_an_ingress_with_a_default_backend_has_no_rules() -> None:
    more = ONE + INGRESS.replace("className: nginx", "className: nginx, defaultBackend: {resource: {kind: x}}") % ""
    assert "rules" not in made(server("", more=more))["Ingress", "immich"]["spec"]
