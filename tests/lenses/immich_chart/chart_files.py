"""A release of the Immich chart in memory."""

from __future__ import annotations

from typing import Any

from in_memory import stacks_of

from immichlint.trees.tree import plain

HEAD = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: NAME, namespace: photos}
spec:
  chart: {spec: {chart: immich, version: "VERSION", sourceRef: {kind: HelmRepository, name: immich}}}
EXTRA  values:
    immich: {persistence: {library: {existingClaim: photos}}}
"""
POD = ("spec", "template", "spec")


def chart(values: str, version: str, *, name: str = "immich", extra: str = "") -> str:
    """A HelmRelease of the chart with the claim that it asks for, and these values."""
    head = HEAD.replace("NAME", name).replace("VERSION", version).replace("EXTRA", f"  {extra}\n" if extra else "")
    return head + "".join(f"    {line}\n" if line else "\n" for line in values.splitlines())


def objects(text: str) -> dict[str, Any]:
    """The data of what the chart makes, by kind and name."""
    found = stacks_of({"release.yaml": text})
    return {
        f"{item.manifest.kind} {item.manifest.name}": plain(item.manifest.tree)
        for stack in found
        for item in stack.objects
        if item.source is not item.manifest
    }


def pod(text: str, name: str) -> dict[str, Any]:
    """The data of the pod of a Deployment."""
    found: dict[str, Any] = objects(text)[f"Deployment {name}"]["spec"]["template"]["spec"]
    return found


def container(text: str, name: str) -> dict[str, Any]:
    """The data of the first container of a Deployment."""
    found: dict[str, Any] = pod(text, name)["containers"][0]
    return found


def variables(text: str, name: str) -> dict[str, Any]:
    """The variables of the first container of a Deployment: their values, else where they come from."""
    return {item["name"]: item.get("value", item.get("valueFrom")) for item in container(text, name)["env"]}
