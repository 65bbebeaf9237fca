"""Checks of what can be reached from outside of the cluster, and how."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.findings.change import REMOVED, Change, Effect, Safety
from immichlint.findings.finding import Severity
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import Cluster
from immichlint.stack.container import Container
from immichlint.stack.image import CACHE, DATABASE, MACHINE_LEARNING, SERVER
from immichlint.stack.routes import Backend, Route
from immichlint.stack.stack import Stack, may_share
from immichlint.stack.view import View
from immichlint.trees.field import Field
from immichlint.trees.tree import Map, Seq
from immichlint.yamltree.lookup import Route as Steps
from immichlint.yamltree.place import Place

_EXPOSED: Final = ("LoadBalancer", "NodePort")
_ONLY_OUTSIDE: Final = (
    "loadBalancerIP",
    "loadBalancerClass",
    "loadBalancerSourceRanges",
    "allocateLoadBalancerNodePorts",
    "externalTrafficPolicy",
    "healthCheckNodePort",
)
"""Fields of a Service's spec (kubernetes/kubernetes, pkg/apis/core/validation, ValidateService)."""
_CERTAIN: Final = ("high", "medium")
_CLUSTER_LABEL: Final = "cnpg.io/cluster"
"""What CNPG labels its pods with (C§6)."""
_PRIVATE: Final = frozenset({"internal", "private", "tailscale", "vpn", "local", "lan"})
"""Words in the names of classes and Gateways that serve a private network."""
_NGINX: Final = "nginx"
_NGINX_KEY: Final = "nginx.ingress.kubernetes.io/"
_CHARTS_OWN: Final = "nginx.ingress.kubernetes.io/proxy-body-size"
_TERMINATED: Final = ("cloudflare", "tunnel", "tailscale", "force-ssl-redirect", "ssl-passthrough", "backend-protocol")
"""What in the annotations of an Ingress tells that something before it ends TLS, or that it ends in the pod."""


def machine_learning(view: View, context: Context) -> Iterator[Claim]:
    """IML706: machine learning can be reached from outside, and it asks nobody who he is (I§4.1)."""
    route = _route(view, context.stack)
    for backend in route.backends if route is not None else ():
        reached = _reached(backend, (MACHINE_LEARNING,))
        if route is None or reached is None:
            continue
        yield Claim(
            f"{_by(route)} leads to machine learning ({reached.label}), which asks nobody for a password: whoever "
            "reaches it has it compute, and reads any picture's features out of it. The server reaches it within "
            "the cluster.",
            _place(route, backend),
            severity=Severity.WARNING if _is_private(route) else None,
            no_fix="what uses it from outside needs another way first, such as a VPN",
        )
        return


def _route(view: View, stack: Stack) -> Route | None:
    """An object as a route; None for what is none, such as a Service within the cluster."""
    return next((route for route in stack.routes if route.object is view.object), None)


def _by(route: Route) -> str:
    kind = route.kind
    return f"The {route.field('spec', 'type').text} {route.name}" if kind == "Service" else f"The {kind} {route.name}"


def _is_private(route: Route) -> bool:
    """Whether what serves a route is told to be of a private network: an address of one's own, or a name."""
    names = [*route.gateways, route.field("spec", "ingressClassName").text or ""]
    return route.kind == "Service" or any(_PRIVATE & set(name.lower().split("-")) for name in names)


def _reached(backend: Backend, components: tuple[str, ...]) -> Container | None:
    return next((item for item in backend.containers if item.component in components), None)


def _place(route: Route, backend: Backend) -> Place:
    if route.kind == "Service":
        return route.field("spec", "type").place or route.object.name_place
    for name in ("name", "serviceName"):
        place = backend.view.field(name).place
        if place is not None:
            return place
    return route.object.name_place


def data_service(view: View, context: Context) -> Iterator[Claim]:
    """IML707: Immich's database or cache has a port outside of the cluster."""
    stack = context.stack
    if view.object.manifest.kind == "Cluster":
        for cluster in stack.clusters:
            if cluster.object is view.object and cluster.use.confidence in _CERTAIN:
                yield from _managed(cluster)
        return
    field = view.field("spec", "type")
    what = _data_behind(view, stack) if field.text in _EXPOSED else ""
    if what:
        yield _open(f"The Service {view.name}", what, field, view, ("spec", "type"))


def _data_behind(view: View, stack: Stack) -> str:
    """What a Service leads to, `database` or `cache` of Immich's; empty for anything else."""
    name = view.field("spec", "selector", _CLUSTER_LABEL).text
    for cluster in (item for other in (stack, *stack.others) for item in other.clusters if name is not None):
        if cluster.name == name and cluster.use.confidence in _CERTAIN and may_share(cluster.namespace, view.namespace):
            return DATABASE
    route = _route(view, stack)
    used = {id(item) for other in (stack, *stack.others) for item in other.parts}
    for backend in route.backends if route is not None else ():
        for item in backend.containers:
            if id(item) in used and item.component in (CACHE, DATABASE):
                return item.component
    return ""


def _managed(cluster: Cluster) -> Iterator[Claim]:
    """The Services that CNPG makes for a Cluster beside its own."""
    steps = ("spec", "managed", "services", "additional")
    tree = cluster.field(*steps).tree
    for index in range(len(tree.items)) if isinstance(tree, Seq) else ():
        route = (*steps, index, "serviceTemplate", "spec", "type")
        field = cluster.field(*route)
        if field.text in _EXPOSED:
            yield _open(f"A Service of the Cluster {cluster.name}", "database", field, cluster, route)


def _open(who: str, what: str, field: Field, view: View, route: Steps) -> Claim:
    guard = "a password, if it has one," if what == "cache" else "a password"
    return Claim(
        f"{who} is of the type `{field.text}`: Immich's {what} can be reached from outside of the cluster, and {guard} "
        "is all that keeps others out. Immich needs a `ClusterIP`.",
        field.place or view.object.name_place,
        change=Change(
            "keep it inside of the cluster",
            Safety.UNSAFE,
            (view.effect(*route, value="ClusterIP"), *_left_over(view, route[:-1])),
            after="See that nobody outside of the cluster connects to it.",
        ),
    )


def _left_over(view: View, spec: Steps) -> Iterator[Effect]:
    """What only a Service has that is open to the outside, and a `ClusterIP` is refused with or does nothing with."""
    for name in _ONLY_OUTSIDE:
        if not view.field(*spec, name).absent:
            yield view.effect(*spec, name, value=REMOVED)
    ports = view.field(*spec, "ports").tree
    for index in range(len(ports.items)) if isinstance(ports, Seq) else ():
        if not view.field(*spec, "ports", index, "nodePort").absent:
            yield view.effect(*spec, "ports", index, "nodePort", value=REMOVED)


def without_tls(view: View, context: Context) -> Iterator[Claim]:
    """IML709: an Ingress of ingress-nginx for Immich without TLS (I§9)."""
    route = _route(view, context.stack)
    if route is None or not any(_reached(item, (SERVER,)) for item in route.backends):
        return
    annotations = route.field("metadata", "annotations")
    tls = route.field("spec", "tls")
    none = tls.absent or (isinstance(tls.tree, Seq) and not tls.tree.items and tls.tree.open is None)
    if not none or annotations.unknown or _is_open(annotations):
        return
    ended = any(mark in key.lower() for key in _keys(annotations) for mark in _TERMINATED)
    if ended or not _is_nginx(route, annotations):
        return
    hosts = ", ".join(f"`{host}`" for host in route.hosts)
    yield Claim(
        f"The Ingress {route.name} serves Immich{f' at {hosts}' if hosts else ''} without TLS: passwords and photos "
        "cross the network as they are. Give it `tls` with a certificate (cert-manager makes one), unless something "
        "before it ends TLS.",
        tls.place.key_of() if tls.place is not None else route.nearest("spec", "tls"),
        no_fix="which certificate it gets, and from whom, is a decision about the site",
    )


def _keys(annotations: Field) -> list[str]:
    return list(annotations.tree.items) if isinstance(annotations.tree, Map) else []


def _is_open(annotations: Field) -> bool:
    return isinstance(annotations.tree, Map) and annotations.tree.open is not None


def _is_nginx(route: Route, annotations: Field) -> bool:
    """Whether ingress-nginx certainly serves it: by its class, or, without one, by its annotations, the one aside that
    the Immich chart writes for whatever controller there is."""
    name = route.field("spec", "ingressClassName")
    old = route.field("metadata", "annotations", "kubernetes.io/ingress.class")
    given = old if name.absent else name
    if given.absent:
        own = _CHARTS_OWN if route.object.chart else ""
        return any(key.startswith(_NGINX_KEY) and key != own for key in _keys(annotations))
    return given.text is not None and _NGINX in given.text.split("-")
