"""A release of app-template in memory: its values in, its effective objects and the texts of fixes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from in_memory import repository_of, stacks_of

from immichlint.findings.change import Effect
from immichlint.fixing.effects import difference, effective_data, expected
from immichlint.fixing.texts import texts
from immichlint.stack.stack import stacks
from immichlint.stack.workload import is_workload
from immichlint.trees.tree import Map, plain
from immichlint.yamltree.ops import Refusal

HEAD = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: immich, namespace: photos}
spec:
  chart: {spec: {chart: app-template, version: VERSION, sourceRef: {kind: HelmRepository, name: bjw-s}}}
EXTRA  values:
"""
IMAGE = "{repository: ghcr.io/immich-app/immich-server, tag: v2.0.0}"


def release(values: str, version: str = "4.1.1", extra: str = "") -> str:
    """A HelmRelease with values of two spaces less indentation than they will have."""
    head = HEAD.replace("VERSION", version).replace("EXTRA", f"  {extra}\n" if extra else "")
    return head + "".join(f"    {line}\n" if line else "\n" for line in values.splitlines())


def server(container: str, *, controller: str = "", more: str = "") -> str:
    """Values with one controller `server` of one container `main`."""
    inner = "".join(f"        {line}\n" for line in container.splitlines())
    outer = "".join(f"    {line}\n" for line in controller.splitlines())
    return f"controllers:\n  server:\n{outer}    containers:\n      main:\n        image: {IMAGE}\n{inner}{more}"


def workloads(text: str) -> dict[str, Map]:
    """The effective workloads of a release, by name."""
    found = {}
    for stack in stacks_of({"release.yaml": text}):
        for item in stack.objects:
            if item.source is not item.manifest and is_workload(item):
                found[item.manifest.name] = item.manifest.tree
    return found


def pod(text: str, name: str = "immich") -> dict[str, Any]:
    """The data of the pod of one workload."""
    return pods(text)[name]


def pods(text: str) -> dict[str, dict[str, Any]]:
    """The data of the pods of all workloads, by the workload's name."""
    made: dict[str, Any] = {name: plain(tree) for name, tree in workloads(text).items()}
    return {name: data["spec"]["template"]["spec"] for name, data in made.items()}


def container(text: str, name: str = "immich") -> dict[str, Any]:
    """The data of the first container of one workload."""
    found: dict[str, Any] = pod(text, name)["containers"][0]
    return found


def outcomes(files: Mapping[str, str], effects: Sequence[Effect]) -> Iterator[tuple[dict[str, str], str]]:
    """For each way to bring about effects: the files that it changes, and what is different from what was meant."""
    repository = repository_of(files)
    found = stacks(repository)[1]
    objects = {item.key: item for stack in found for item in stack.objects}
    wanted = expected(effective_data(found), effects)
    for way in objects[effects[0].object].ways(effects):
        if isinstance(way, Refusal):
            yield {}, way.reason
            continue
        made = texts(repository, way)
        if isinstance(made, Refusal):
            yield {}, made.reason
            continue
        after = stacks(repository.with_texts(made))[1]
        changed = {path: source.encode().decode() for path, source in made.items()}
        differing = difference(wanted, effective_data(after))
        yield changed, differing.said if differing is not None else ""


def key_of(files: Mapping[str, str], kind: str, name: str) -> str:
    """The identity of an effective object."""
    for stack in stacks_of(files):
        for item in stack.objects:
            if (item.manifest.kind, item.manifest.name) == (kind, name):
                return item.key
    raise AssertionError(f"{kind} {name} is not there")
