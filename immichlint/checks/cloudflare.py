"""Uploads through Cloudflare, which takes no request of more than 100 MB (IML811)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from immichlint.findings.finding import Severity
from immichlint.gitops.drafts import is_put_away
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.ingress import controller_of
from immichlint.stack.services import Service, service_host
from immichlint.stack.stack import Stack
from immichlint.stack.view import View
from immichlint.yamltree.place import FILE, DocumentId, Place

_PROXIED: Final = "external-dns.alpha.kubernetes.io/cloudflare-proxied"
_CLASS: Final = "kubernetes.io/ingress.class"
_TUNNEL: Final = "cloudflare-tunnel"
_CATCH_ALL: Final = b"http_status:"
"""Every configuration of cloudflared ends in a rule with this service."""
_SERVICE: Final = r"(?m)^[ \t-]*[\"']?service[\"']?:[ \t]*[\"']?(https?://([\w.-]+)(?::\d+)?)"
_WHY: Final = (
    "Cloudflare takes no request of more than 100 MB on its Free and Pro plans and answers 413, and Immich's app "
    "uploads a file in one request: longer videos are never backed up by this way. Let phones reach Immich by "
    "another one as well, such as at home or through a VPN (the app can switch its URL by itself), or by a name "
    "that is not proxied."
)


def proxied(server: Container, context: Context) -> Iterator[Claim]:
    """IML811: a name, an Ingress or a tunnel that leads through Cloudflare to the server."""
    stacks = (context.stack, *context.stack.others)
    for route in (route for stack in stacks for route in stack.routes if server in route.containers):
        asked = route.field("metadata", "annotations", _PROXIED)
        if asked.text == "true" and asked.place is not None:
            yield _claim(f"The {route.kind} {route.name} is proxied by Cloudflare.", asked.place, route)
        elif controller_of(route, context.stack) == _TUNNEL:
            name = route.field("spec", "ingressClassName")
            place = (route.field("metadata", "annotations", _CLASS) if name.absent else name).place
            what = f"The Ingress {route.name} is served by a tunnel of Cloudflare's."
            yield _claim(what, place or route.object.name_place, route)
    for service in context.stack.all_services:
        if any(server in workload.running for workload in service.workloads):
            for place in _tunnels(service, context.stack):
                yield _claim(f"A tunnel of Cloudflare's leads to the Service {service.name}.", place, service)


def _claim(what: str, place: Place, view: View) -> Claim:
    return Claim(f"{what} {_WHY}", place, severity=Severity.INFO, object=view.ref)


def _tunnels(service: Service, stack: Stack) -> Iterator[Place]:
    """Where configurations of cloudflared name a Service."""
    repository = stack.repository
    for path in repository.containing(service.name.encode(), _CATCH_ALL) if repository is not None else ():
        source = repository.read(path).source if repository is not None else None
        if source is None or is_put_away(posixpath.dirname(path)):
            continue
        for match in re.finditer(_SERVICE, source.text):
            host = service_host(match[2], "")
            if host is not None and (host.name, host.namespace) == (service.name, service.namespace):
                yield Place(DocumentId(path, FILE), (), part=match.span(1))
