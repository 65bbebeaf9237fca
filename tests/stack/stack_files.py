"""Stacks of a few manifests in memory."""

from __future__ import annotations

from collections.abc import Mapping

from immichlint.repo.repository import Repository
from immichlint.repo.walk import File
from immichlint.stack.container import Container
from immichlint.stack.stack import Stack, stacks


def stacks_of(files: Mapping[str, str]) -> tuple[Stack, ...]:
    """The stacks of these files."""
    return stacks(Repository({path: File(path, files[path].encode()) for path in sorted(files)}))[1]


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
