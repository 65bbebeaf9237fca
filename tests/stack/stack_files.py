"""Stacks of a few manifests in memory."""

from __future__ import annotations

from in_memory import stacks_of

from immichlint.stack.container import Container
from immichlint.stack.stack import Stack


def stack_of(*documents: str) -> Stack:
    """The one stack of some documents."""
    (found,) = stacks_of({"immich.yaml": "---\n".join(documents)})
    return found


def server(container: str = "", pod: str = "", namespace: str = "photos") -> str:
    """A Deployment of Immich's server with more fields in its container and its pod, in flow style."""
    extra = f", {container}" if container else ""
    more = f", {pod}" if pod else ""
    image = "image: 'ghcr.io/immich-app/immich-server:v2.0.0'"
    space = f", namespace: {namespace}" if namespace else ""
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: immich-server{space}}}\n"
        f"spec: {{template: {{spec: {{containers: [{{name: main, {image}{extra}}}]{more}}}}}}}\n"
    )


def main(*documents: str) -> Container:
    """The container named main."""
    return next(item for item in stack_of(*documents).containers if item.container_name == "main")
