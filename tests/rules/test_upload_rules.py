"""Uploads through a proxy: what is a limit, whose annotation counts, and what is left alone."""

from __future__ import annotations

import pytest
from harness import findings_of, fixed

from immichlint.rules.model import Profile, Settings
from immichlint.stack.ingress import seconds, size

NGINX = "nginx.ingress.kubernetes.io"
SERVER = """
{apiVersion: apps/v1, kind: Deployment, metadata: {name: server, namespace: immich}, spec: {template: {
  metadata: {labels: {app: server}}, spec: {containers: [{name: server,
  image: 'ghcr.io/immich-app/immich-server:v3.3.6'}]}}}}
---
{apiVersion: v1, kind: Service, metadata: {name: server, namespace: immich},
  spec: {selector: {app: server}, ports: [{port: 2283}]}}
---
"""


def ingress(annotations: str, ingress_class: str = "nginx") -> dict[str, str]:
    named = f"ingressClassName: {ingress_class}, " if ingress_class else ""
    return {
        "immich.yaml": f"{SERVER}{{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {{name: photos, "
        f"namespace: immich, annotations: {{{annotations}}}}}, spec: {{{named}defaultBackend: {{service: {{name: "
        "server, port: {number: 2283}}}}}\n"
    }


def route(rest: str, *, kind: str = "HTTPRoute") -> dict[str, str]:
    return {
        "immich.yaml": f"{SERVER}{{apiVersion: gateway.networking.k8s.io/v1, kind: {kind}, metadata: {{name: photos, "
        f"namespace: immich}}, spec: {{rules: [{{backendRefs: [{{name: server, port: 2283}}], {rest}}}]}}}}\n"
    }


@pytest.mark.parametrize(
    ("annotations", "ingress_class", "severity"),
    [
        (f"{NGINX}/proxy-body-size: 50m", "nginx", "error"),
        (f"{NGINX}/proxy-body-size: 900m", "", "error"),
        (f"{NGINX}/proxy-body-size: 2g", "external", "warning"),
        (f"{NGINX}/proxy-body-size: '8388608'", "nginx", "error"),
        ("nginx.org/client-max-body-size: 10m", "", "error"),
        ("nginx.org/client-max-body-size: 10m", "nginx", "error"),
        ("nginx.org/proxy-buffering: 'false'", "nginx", "warning"),
        ("haproxy-ingress.github.io/proxy-body-size: 512m", "", "error"),
        ("", "nginx", "warning"),
        ("kubernetes.io/ingress.class: nginx", "", "warning"),
        (f"{NGINX}/ssl-redirect: 'true'", "internal", "warning"),
    ],
)
def test_a_limit_of_the_controller_that_serves_it(annotations: str, ingress_class: str, severity: str) -> None:
    found = findings_of(ingress(annotations, ingress_class), ["IML806"])
    assert [item.severity for item in found] == [severity]


@pytest.mark.parametrize(
    ("annotations", "ingress_class"),
    [
        (f"{NGINX}/proxy-body-size: '0'", "nginx"),
        (f"{NGINX}/proxy-body-size: 50G", "nginx"),
        (f"{NGINX}/proxy-body-size: '${{LIMIT}}'", "nginx"),
        (f"{NGINX}/proxy-body-size: much", "nginx"),
        (f"{NGINX}/proxy-body-size: 50m", "traefik"),
        (f"{NGINX}/proxy-body-size: 50m", "cilium"),
        ("", ""),
        ("", "external"),
        ("haproxy-ingress.github.io/timeout-server: 600s", ""),
        ("nginx.org/client-max-body-size: '0'", "nginx"),
        (f"nginx.org/proxy-buffering: 'false', {NGINX}/ssl-redirect: 'true'", "nginx"),
    ],
)
def test_no_limit_or_not_known(annotations: str, ingress_class: str) -> None:
    assert findings_of(ingress(annotations, ingress_class), ["IML806"]) == []


def test_an_ingress_class_says_who_serves_it() -> None:
    files = ingress("", "photos")
    files["class.yaml"] = (
        "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata:\n  name: photos\n"
        "spec:\n  controller: k8s.io/ingress-nginx\n"
    )
    assert len(findings_of(files, ["IML806"])) == 1
    files["class.yaml"] = files["class.yaml"].replace("k8s.io/ingress-nginx", "example.org/mine")
    assert findings_of({**files, **ingress(f"{NGINX}/proxy-body-size: 50m", "photos")}, ["IML806"]) == []


def test_a_limit_for_all_in_the_controllers_release() -> None:
    release = "kind: HelmRelease\nspec: {values: {controller: {config: {proxy-body-size: 0}}}}\n"
    assert findings_of({**ingress(""), "ingress-nginx.yaml": release}, ["IML806"]) == []
    assert len(findings_of({**ingress(""), "archive/ingress-nginx.yaml": release}, ["IML806"])) == 1


@pytest.mark.parametrize("group", ["traefik.io", "traefik.containo.us"])
def test_a_middleware_of_an_ingress(group: str) -> None:
    chain = "traefik.ingress.kubernetes.io/router.middlewares: immich-limit@kubernetescrd"
    files = ingress(chain, "traefik")
    files["limit.yaml"] = (
        f"apiVersion: {group}/v1alpha1\nkind: Middleware\nmetadata: {{name: limit, namespace: immich}}\n"
        "spec: {buffering: {maxRequestBodyBytes: 1000000}}\n"
    )
    (found,) = findings_of(files, ["IML806"])
    assert (found.at, found.file) == ("1000000", "limit.yaml")
    assert "maxRequestBodyBytes: 0" in fixed(files, ["IML806"])["limit.yaml"]


@pytest.mark.parametrize("rest", ["timeouts: {request: 30s}", "timeouts: {request: 0s, backendRequest: 1m30s}"])
def test_a_short_time_for_a_whole_request(rest: str) -> None:
    assert len(findings_of(route(rest), ["IML807"])) == 1
    assert "30s" not in fixed(route(rest), ["IML807"])["immich.yaml"]


@pytest.mark.parametrize("rest", ["", "timeouts: {request: 0s}", "timeouts: {request: 10m}", "timeouts: {request: x}"])
def test_time_enough(rest: str) -> None:
    assert findings_of(route(rest), ["IML807"]) == []


def test_timeouts_of_a_controller() -> None:
    short = f"{NGINX}/proxy-read-timeout: '60', haproxy-ingress.github.io/timeout-server: 5s"
    (found,) = findings_of(ingress(short), ["IML807"])
    assert found.at == "'60'"
    assert "timeout-server: 5s" in fixed(ingress(short), ["IML807"])["immich.yaml"]
    assert (
        findings_of(ingress(f"{NGINX}/proxy-read-timeout: '300'"), ["IML807"], Settings(profile=Profile.RECOMMENDED))
        == []
    )


def test_default_timeouts_are_strict() -> None:
    assert [item.severity for item in findings_of(ingress(""), ["IML807"])] == ["info"]
    assert findings_of(ingress(""), ["IML807"], Settings(profile=Profile.RECOMMENDED)) == []


@pytest.mark.parametrize(("text", "value"), [("50m", 50 * 2**20), ("1G", 2**30), ("7", 7), ("7x", None), ("", None)])
def test_sizes(text: str, value: int | None) -> None:
    assert size(text) == value


@pytest.mark.parametrize(("text", "value"), [("60", 60), ("1m30s", 90), ("500ms", 0.5), ("1h", 3600), ("soon", None)])
def test_timeouts(text: str, value: float | None) -> None:
    assert seconds(text) == value
