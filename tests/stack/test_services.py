"""Services, what they select, and the routes that lead to them."""

from __future__ import annotations

import pytest
from stack_files import stack_of

from immichlint.stack.services import Service, containers_at, containers_behind, is_loopback, selects, service_host
from immichlint.stack.stack import Stack

WORKLOAD = """apiVersion: apps/v1
kind: Deployment
metadata: {name: immich, namespace: photos}
spec:
  template:
    metadata: {labels: {app: immich, part: server}}
    spec:
      containers:
        - {name: main, image: 'ghcr.io/immich-app/immich-server:v2.0.0', ports: [{name: http, containerPort: 2283}]}
        - {name: ml, image: 'ghcr.io/immich-app/immich-machine-learning:v2.0.0', ports: [{containerPort: 3003}]}
"""


def service(spec: str, namespace: str = "photos") -> str:
    return f"apiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: {namespace}}}\nspec: {{{spec}}}\n"


def one(spec: str, namespace: str = "photos") -> Service:
    (found,) = stack_of(WORKLOAD, service(spec, namespace)).services
    return found


@pytest.mark.parametrize(
    ("selector", "namespace", "selected"),
    [
        ("{app: immich}", "photos", True),
        ("{app: immich, part: server}", "photos", True),
        ("{app: immich, part: ml}", "photos", False),
        ("{app: immich, other: x}", "photos", False),
        ("{app: immich}", "other", False),
        ("{app: '${APP}'}", "photos", None),
        ("{app: '${APP}', part: ml}", "photos", False),
        ("{}", "photos", False),
    ],
)
def test_what_a_service_selects(selector: str, namespace: str, selected: bool | None) -> None:
    found = one(f"selector: {selector}", namespace)
    (workload,) = stack_of(WORKLOAD).workloads
    assert selects(found, workload) is selected
    assert (len(found.workloads), len(found.perhaps)) == (selected is True, selected is None)


def test_a_service_without_a_selector_selects_nothing() -> None:
    found = one("ports: [{port: 80}]")
    assert found.workloads == found.perhaps == ()
    assert not found.is_complete


@pytest.mark.parametrize(
    ("ports", "wanted", "names"),
    [
        ("{port: 80, targetPort: http}", 80, ["main"]),
        ("{port: 80, targetPort: 2283}", "80", ["main"]),
        ("{name: web, port: 3003}", "web", ["ml"]),
        ("{port: 80, targetPort: 9}", 80, []),
        ("{port: 80}", 81, []),
        ("{port: 80}", None, ["main", "ml"]),
    ],
)
def test_the_container_behind_a_port(ports: str, wanted: int | str | None, names: list[str]) -> None:
    found = containers_behind(one(f"selector: {{app: immich}}, ports: [{ports}]"), wanted)
    assert [container.container_name for container in found] == names


INGRESS = "networking.k8s.io/v1 Ingress"
ROUTE = "gateway.networking.k8s.io/v1 HTTPRoute"
TRAEFIK = "traefik.io/v1alpha1 IngressRoute"


@pytest.mark.parametrize(
    ("kind", "spec", "hosts"),
    [
        (
            INGRESS,
            "rules: [{host: a.b, http: {paths: [{backend: {service: {name: web, port: {number: 80}}}}]}}]",
            ("a.b",),
        ),
        (INGRESS, "defaultBackend: {service: {name: web, port: {name: http}}}", ()),
        ("extensions/v1beta1 Ingress", "backend: {serviceName: web, servicePort: 80}", ()),
        (ROUTE, "hostnames: [a.b], rules: [{backendRefs: [{name: web, port: 80}]}]", ("a.b",)),
        (ROUTE, "rules: [{backendRefs: [{kind: Service, group: '', namespace: photos, name: web, port: 80}]}]", ()),
        (TRAEFIK, "routes: [{match: 'Host(`a.b`)', services: [{name: web, port: http}]}]", ()),
    ],
)
def test_routes(kind: str, spec: str, hosts: tuple[str, ...]) -> None:
    found = routed(kind, spec)
    (route,) = found.routes
    assert [backend.service for backend in route.backends] == ["web"]
    assert [container.component for container in route.containers] == ["server"]
    assert route.hosts == hosts


def test_a_backend_that_is_no_service_or_of_another_namespace() -> None:
    entries = "{kind: Bucket, name: web}, {name: web, namespace: other, port: 80}, {name: '${X}', port: 80}"
    (route,) = routed(ROUTE, f"rules: [{{backendRefs: [{entries}]}}]").routes
    assert [(backend.namespace, backend.containers) for backend in route.backends] == [("other", ())]


@pytest.mark.parametrize(("kind", "count"), [("LoadBalancer", 1), ("NodePort", 1), ("ClusterIP", 0)])
def test_a_service_that_is_exposed(kind: str, count: int) -> None:
    found = stack_of(WORKLOAD, service(f"type: {kind}, selector: {{app: immich}}, ports: [{{port: 2283}}]"))
    assert len(found.routes) == count
    assert all([item.component for item in route.containers] == ["server"] for route in found.routes)


@pytest.mark.parametrize(
    ("ports", "names"),
    [
        (", ports: [{port: 80, targetPort: http}, {port: 3003}]", ["server", "machine-learning"]),
        (", ports: [{port: 3003}]", ["machine-learning"]),
        (", ports: [{port: 80}]", []),
        (", ports: [{port: '${PORT}'}]", ["server", "machine-learning"]),
        (", ports: '${PORTS}'", ["server", "machine-learning"]),
        ("", []),
    ],
)
def test_an_exposed_service_leads_where_its_ports_do(ports: str, names: list[str]) -> None:
    (route,) = stack_of(WORKLOAD, service(f"type: NodePort, selector: {{app: immich}}{ports}")).routes
    assert [item.component for item in route.containers] == names


def routed(kind: str, spec: str) -> Stack:
    version, _, name = kind.partition(" ")
    route = f"apiVersion: {version}\nkind: {name}\nmetadata: {{name: r, namespace: photos}}\nspec: {{{spec}}}\n"
    ports = "ports: [{name: http, port: 80, targetPort: http}]"
    return stack_of(WORKLOAD, service(f"selector: {{app: immich}}, {ports}"), route)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("redis", ("redis", "photos", True)),
        ("redis.cache", ("redis", "cache", False)),
        ("redis.cache.svc", ("redis", "cache", True)),
        ("redis.cache.svc.cluster.local.", ("redis", "cache", True)),
        ("pod-0.redis.cache.svc.example.internal", ("redis", "cache", True)),
        ("db.example.org", None),
        ("localhost", None),
        ("10.0.0.1", None),
        ("[::1]", None),
        ("svc", ("svc", "photos", True)),
        ("a..b", None),
    ],
)
def test_hosts(host: str, expected: tuple[str, str, bool] | None) -> None:
    assert service_host(host, "photos") == expected


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("[::1]", True),
        ("10.0.0.1", False),
        ("localhost.photos", False),
        ("immich", False),
    ],
)
def test_a_loopback_address_is_the_own_pods(host: str, own: bool) -> None:
    assert is_loopback(host) is own


def test_what_a_host_means_for_a_container() -> None:
    other = WORKLOAD.replace("name: immich,", "name: twin,").replace("app: immich", "app: twin")
    stack = stack_of(WORKLOAD, other, service("selector: {app: twin}, ports: [{port: 80}]"))
    server = next(item for item in stack.containers if item.object.manifest.name == "immich")

    def found(host: str | None) -> list[tuple[str, str]]:
        return [(item.object.manifest.name, item.container_name) for item in containers_at(host, server, stack)]

    assert found("localhost") == [("immich", "main"), ("immich", "ml")]
    assert found("web.photos.svc") == [("twin", "main"), ("twin", "ml")]
    assert found("nothing") == found("10.0.0.1") == found(None) == []
