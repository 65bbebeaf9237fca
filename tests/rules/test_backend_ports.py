"""Routes to a port which the Service of the server does not have: who says so, and what is left alone."""

from __future__ import annotations

import pytest
from harness import findings_of, fixed

DEPLOYMENT = (
    "{apiVersion: apps/v1, kind: Deployment, metadata: {name: server, namespace: immich}, spec: {template: "
    "{metadata: {labels: {app: server}}, spec: {containers: [{name: server, "
    "image: 'ghcr.io/immich-app/immich-server:%s', ports: [{name: web, containerPort: 2283}]}]}}}}\n---\n"
)
SERVICE = (
    "{apiVersion: v1, kind: Service, metadata: {name: immich, namespace: immich}, spec: {selector: %s, %s}}\n---\n"
)
OWN = "{app: server}"
OLD = (
    "{apiVersion: extensions/v1beta1, kind: Ingress, metadata: {name: old, namespace: immich}, "
    "spec: {rules: [{http: {paths: [{backend: {serviceName: immich, servicePort: %s}}]}}]}}\n"
)
ROUTE = (
    "{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: new, namespace: %s}, "
    "spec: {rules: [{backendRefs: [{name: immich, namespace: immich, port: %s}]}]}}\n"
)


def stack(ports: str, route: str, *, tag: str = "v3.3.6", more: str = "", selector: str = OWN) -> dict[str, str]:
    service = SERVICE % (selector, f"ports: {ports}{more}")
    return {"m.yaml": DEPLOYMENT % tag + service + route}


BOTH = ("IML301", "IML214")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (stack("[{port: 2283}]", ROUTE % ("web", 2283)), []),
        (stack("[{port: 2283}]", ROUTE % ("web", 3001)), ["IML301"]),
        (stack("[{port: 2283}]", ROUTE % ("web", 3001), tag="latest"), ["IML214"]),
        (stack("[{port: 3001, targetPort: 2283}]", ROUTE % ("web", 3001)), []),
        (stack("[{port: 2283}]", OLD % 80), ["IML214"]),
        (stack("[{name: http, port: 2283}]", OLD % "http"), []),
        (stack("[{name: http, port: 2283}]", OLD % "'2283'"), []),
        (stack("[{name: http, port: 2283}]", OLD % "web"), ["IML214"]),
        (stack("[{name: http, port: 2283}]", OLD % "${PORT}"), []),
        (stack("[{name: '${NAME}', port: 2283}]", OLD % "web"), []),
        (stack("[{name: http, port: '${PORT}'}]", OLD % 80), []),
        (stack("[{port: 2283}]", OLD % 80, more=", type: ExternalName"), []),
        (stack("[{port: 2283}]", OLD % 80, selector="{app: proxy}"), []),
        (stack("[{port: 2283}]", OLD % 80 + "---\n" + SERVICE % (OWN, "ports: [{port: 80, targetPort: 2283}]")), []),
    ],
)
def test_which_port_a_route_may_name(files: dict[str, str], expected: list[str]) -> None:
    assert [item.rule for item in findings_of(files, BOTH)] == expected


def test_of_several_ports_the_one_that_reaches_the_server_is_taken() -> None:
    files = stack("[{port: 8081}, {port: 80, targetPort: web}]", ROUTE % ("web", 9000))
    assert "port: 80}]}]}}" in fixed(files, BOTH)["m.yaml"]


def test_where_several_reach_it_none_is_taken() -> None:
    files = stack("[{name: a, port: 8081}, {name: b, port: 8082}]", ROUTE % ("web", 3001))
    (finding,) = findings_of(files, BOTH)
    assert (finding.rule, finding.at) == ("IML214", "3001")
    assert "only 8081 (`a`) and 8082 (`b`)" in finding.message
    assert fixed(files, BOTH) == files


def test_a_number_takes_the_place_of_a_name_that_no_port_has() -> None:
    route = (
        (ROUTE % ("immich", 80))
        .replace("gateway.networking.k8s.io/v1", "networking.k8s.io/v1")
        .replace("HTTPRoute", "Ingress")
    )
    route = route.replace(
        "rules: [{backendRefs: [{name: immich, namespace: immich, port: 80}]}]",
        "defaultBackend: {service: {name: immich, port: {name: web}}}",
    )
    assert "port: {number: 2283}}" in fixed(stack("[{port: 2283}]", route), BOTH)["m.yaml"]
